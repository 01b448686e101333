import { errorCode } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { sanitize } from '../core/text/sanitize.ts';

/** Writes to a stream that may be closed early (`| head`) or not be read at all: never throws, never waits. */
export type Output = {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly flush: () => Promise<void>;
  /** The code of the error that ended the writing (`ENOSPC`); undefined while all is well, and when the reader went away. */
  readonly fault: () => string | undefined;
};

/** More than this unread is dropped from a stream of progress; answers are always kept. In bytes. */
const progressBacklog = 1_000_000;

export function openOutput(stream: NodeJS.WriteStream, kind: 'answer' | 'progress'): Output {
  let isClosed = false;
  let fault: string | undefined;
  let pending = '';
  /** Everything that one piece of the model's answer leads to is one write. */
  const send = () => {
    const text = pending;
    pending = '';
    if (!isClosed && text !== '') stream.write(text);
  };
  stream.on('error', (error) => {
    isClosed = true;
    const code = errorCode(error) ?? error.message;
    if (code !== 'EPIPE' && code !== 'EBADF' && code !== 'EIO') fault = code;
  });
  return {
    fault: () => fault,
    isTerminal: stream.isTTY === true,
    write: (text) => {
      if (isClosed || (kind === 'progress' && stream.writableLength > progressBacklog)) return;
      if (pending === '') queueMicrotask(send);
      pending += text;
    },
    flush: () =>
      new Promise((resolve) => {
        send();
        if (isClosed) return resolve();
        stream.once('error', () => resolve());
        // An error of a write that is done already is reported a moment later.
        if (stream.writableLength === 0) return void setImmediate(resolve);
        stream.write('', () => resolve());
      }),
  };
}

/** The listener that writes one event a line. Text and reasoning are bare deltas; nothing large is repeated. */
export function streamJson(output: Output, session: string): (event: Event) => void {
  const clock = createClock();
  return (event) => {
    const line = Object.assign({ type: event.type, session, at: clock() }, withoutPictures(event));
    output.write(`${JSON.stringify(line)}\n`);
  };
}

/** The time as ISO text, written once a millisecond: many words of an answer come in one. */
function createClock(): () => string {
  let last = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) text = new Date(now).toISOString();
    last = now;
    return text;
  };
}

/** The pictures of a result come with its step; once is enough for megabytes. */
function withoutPictures(event: Event): Event {
  if (event.type !== 'tool.end' || event.result.images === undefined) return event;
  const { images: _, ...result } = event.result;
  return { ...event, result };
}

/** The listener that prints the answer of a run, and nothing else, when the run ends. */
export function answerText(output: Output): (event: Event) => void {
  return (event) => {
    if (event.type === 'result' && event.result.result) output.write(`${sanitize(event.result.result).trimEnd()}\n`);
  };
}

export function answerJson(output: Output): (event: Event) => void {
  return (event) => {
    if (event.type === 'result') output.write(`${JSON.stringify(event.result)}\n`);
  };
}
