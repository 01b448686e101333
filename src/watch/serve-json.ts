import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../core/errors.ts';
import { readWatchEvent } from './agents/read-event.ts';
import { createWatchSessions, type OpenSession } from './resident/open-sessions.ts';

/**
 * The observer for agents without hooks: one event a line on `input` (the same JSON as hooks get), one answer a line on `output`:
 * `{"kind": "nothing" | "context" | "deny" | "ask" | "go-on" | "stop", ...}`. Ends with its input.
 */
export async function serveJson(open: OpenSession, input: Readable, output: Writable): Promise<void> {
  const write = (value: object) => output.write(`${JSON.stringify(value)}\n`);
  const fail = (error: unknown) => write({ kind: 'error', message: messageOf(error) });
  const sessions = createWatchSessions(open, fail);
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    const event = readWatchEvent(line);
    if (event === undefined) fail(new Error('This line is not a known event.'));
    else await sessions.take('other', event).then(({ answer }) => write(answer), fail);
  }
  await sessions.close();
}
