import { createMessageHandler } from './message-handler.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import type { WorkerClientOptions } from './thread-keeper.ts';
import type { WorkerClient } from './worker-client.ts';

/**
 * Looks at steps in this very thread, at once: for a process that does nothing else, and which nobody waits for. Nothing can be lost or late, and
 * many runs share one thread.
 */
export function createLocalClient({ settings, knownUntil }: WorkerClientOptions): WorkerClient {
  let arrived: FromWorker[] = [];
  let seenCount = 0;
  let isClosed = false;
  const settling = new Map<number, () => void>();
  let look: ((message: ToWorker) => void) | undefined;

  const receive = (message: FromWorker): void => {
    if (message.kind === 'settled') settling.get(message.index)?.();
    if (message.kind === 'seen' && message.index > knownUntil) seenCount += 1;
    if (message.kind !== 'seen') arrived.push(message);
  };

  const tell = (message: ToWorker): void => {
    if (isClosed) return;
    look ??= createMessageHandler(settings(), receive);
    look(message);
  };

  return {
    warm: () => {},
    warmSoon: () => {},
    send: (step) => tell({ kind: 'step', step }),
    tell,
    tellIfRunning: (message) => {
      if (look !== undefined) tell(message);
    },
    awaitSeen: async () => {},
    drain: () => {
      const messages = arrived;
      arrived = [];
      return messages;
    },
    health: () => 'ok',
    seenCount: () => seenCount,
    settle: async (index, seconds, signal) => {
      let timer: NodeJS.Timeout | undefined;
      let stop = () => {};
      const over = new Promise<void>((resolve) => {
        stop = resolve;
        settling.set(index, resolve);
        timer = setTimeout(resolve, seconds * 1000);
        signal.addEventListener('abort', stop, { once: true });
      });
      tell({ kind: 'turn-end', index });
      await over;
      clearTimeout(timer);
      settling.delete(index);
      signal.removeEventListener('abort', stop);
      if (signal.aborted) tell({ kind: 'cut-turn-end' });
    },
    close: async () => {
      isClosed = true;
    },
  };
}
