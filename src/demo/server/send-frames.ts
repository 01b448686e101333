import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Frames } from './frames.ts';
import type { Fault, ScriptedReply } from './scenario.ts';

/** Ends the answer in the middle: what was to follow is not sent. */
class Cut extends Error {}

/**
 * Streams an answer, one frame a write, no faster than the client takes it and no faster than the script says. A fault of the
 * reply happens at its place. Resolves when the last byte is written or the client has gone.
 */
export async function sendStream(
  response: ServerResponse,
  frames: Frames,
  reply: ScriptedReply,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  try {
    for (const frame of frames.opening) await write(response, frame, signal);
    if (reply.fault?.kind === 'reset' && reply.fault.at === 'first-byte')
      await cutShort(response, reply.fault, frames, signal);
    await sendContent(response, frames, reply, signal);
    if (reply.fault?.kind === 'no-finish') {
      if (reply.fault.isSaidDone) for (const frame of frames.done) await write(response, frame, signal);
      throw new Cut();
    }
    await sendClosing(response, frames, reply.fault, signal);
    if (reply.fault?.kind !== 'no-done') for (const frame of frames.done) await write(response, frame, signal);
    if (reply.fault?.kind === 'open-end') await silence(signal);
    response.end();
  } catch (error) {
    if (!(error instanceof Cut) && !signal.aborted) throw error;
    response.end();
  }
}

async function sendClosing(
  response: ServerResponse,
  frames: Frames,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (const frame of frames.closing()) {
    await write(response, frame, signal);
    if ((fault?.kind === 'reset' || fault?.kind === 'silence') && fault.at === 'end') {
      await cutShort(response, fault, frames, signal);
    }
  }
}

async function sendContent(
  response: ServerResponse,
  frames: Frames,
  reply: ScriptedReply,
  signal: AbortSignal,
): Promise<void> {
  const { fault, tokensPerSecond } = reply;
  const middle = Math.floor(frames.contentCount / 2);
  const startedAt = performance.now();
  let sent = 0;
  for (const frame of frames.content()) {
    if (sent === middle) {
      if (reply.midwayDelayMs) await wait(reply.midwayDelayMs, undefined, { signal });
      if (fault && !isLater(fault)) await cutShort(response, fault, frames, signal, frame);
    }
    if (tokensPerSecond) {
      const dueInMs = startedAt + (sent / tokensPerSecond) * 1000 - performance.now();
      if (dueInMs > 1) await wait(dueInMs, undefined, { signal });
    }
    const written = write(response, frame, signal);
    if (written) await written;
    sent += 1;
  }
}

/** Faults that come at the end of a stream, not in its middle. */
function isLater(fault: Fault): boolean {
  return (fault.kind === 'reset' || fault.kind === 'silence') && fault.at === 'end';
}

/** Does what a fault does in the middle of a stream; faults of other places do nothing here. */
async function cutShort(
  response: ServerResponse,
  fault: Fault,
  frames: Frames,
  signal: AbortSignal,
  frame = '',
): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      if (fault.at === 'before') return;
      await flush(response);
      response.socket?.resetAndDestroy();
      throw new Cut();
    case 'silence':
      await silence(signal);
      throw new Cut();
    case 'no-finish':
      if (fault.at === 'midway') throw new Cut();
      return;
    case 'truncated-json':
      await write(response, `${frame.trimEnd().slice(0, -12)}\n\n`, signal);
      throw new Cut();
    case 'invalid-utf8': {
      const [head, tail] = [frame.slice(0, frame.lastIndexOf('"') + 1), frame.slice(frame.lastIndexOf('"') + 1)];
      const place = head.search(/"(content|delta|arguments)":"/);
      const start = place === -1 ? head.length : head.indexOf(':"', place) + 2;
      response.write(
        Buffer.concat([
          Buffer.from(head.slice(0, start)),
          Buffer.from([0xff, 0xc3]),
          Buffer.from(head.slice(start) + tail),
        ]),
      );
      return;
    }
    case 'error-event':
      await write(response, frames.error(fault.message, fault.code), signal);
      throw new Cut();
    default:
      return;
  }
}

/** Resolves when the server closes or the client has gone. */
export function silence(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Writes a frame; a promise when the client has to catch up first. */
function write(response: ServerResponse, frame: string, signal: AbortSignal): Promise<void> | undefined {
  if (signal.aborted) throw new Cut();
  if (response.write(frame)) return undefined;
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    response.on('drain', go);
    signal.addEventListener('abort', go);
  });
}

/** Waits until everything written so far was handed to the system. */
function flush(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.write('', () => resolve()));
}

/** Sends a whole answer of another kind: JSON, an HTML page, a redirect. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
  response.end(body);
}
