import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type FromWorker, parseFromWorker } from './protocol.ts';

/** Messages that a worker may send for each one it got, and at once; one that sends more is out of order. */
const messagesForOne = 16;
const maxMessages = 256;

/** What the worker has sent and nobody has taken yet. */
export type ReceivedMessages = {
  /** Takes what is there without waiting, a `seen` to `onSeen`; gives what is wrong with a worker out of order. */
  readonly receive: (port: MessagePort) => string | undefined;
  readonly take: () => readonly FromWorker[];
  readonly has: (kind: 'reviewing' | 'settled', index: number) => boolean;
  /** A message was sent to the worker: it may answer with so many more. */
  readonly allowMore: () => void;
  /** A new worker begins. */
  readonly reset: () => void;
  /** Whether the worker at hand has sent anything. */
  readonly hasBegun: () => boolean;
};

export function createReceivedMessages(onSeen: (index: number) => void): ReceivedMessages {
  let arrived: FromWorker[] = [];
  let credit = maxMessages;
  let hasBegun = false;
  return {
    receive: (port) => {
      for (; credit > 0; credit -= 1) {
        const received: { message: unknown } | undefined = receiveMessageOnPort(port);
        if (received === undefined) return undefined;
        hasBegun = true;
        const message = parseFromWorker(received.message);
        if (message === undefined) return "The observer's thread sent a message that is not one of its own.";
        if (message.kind === 'seen') onSeen(message.index);
        else arrived.push(message);
      }
      return "The observer's thread sent more messages than the steps can have caused.";
    },
    take: () => {
      const messages = arrived;
      arrived = [];
      return messages;
    },
    has: (kind, index) => arrived.some((message) => message.kind === kind && message.index === index),
    allowMore: () => {
      credit = Math.min(credit + messagesForOne, maxMessages);
    },
    reset: () => {
      credit = maxMessages;
      hasBegun = false;
    },
    hasBegun: () => hasBegun,
  };
}
