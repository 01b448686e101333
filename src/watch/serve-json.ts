import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { readEvent, type WatchEvent } from './events.ts';
import type { WatchSession } from './session.ts';

/**
 * The observer for agents without hooks: one event a line on `input` (the same JSON as hooks get), one answer a line on `output`:
 * `{"kind": "nothing" | "context" | "deny" | "go-on" | "stop", ...}`. Ends with its input.
 */
export async function serveJson(
  open: (event: WatchEvent) => Promise<WatchSession>,
  input: Readable,
  output: Writable,
): Promise<void> {
  const sessions = new Map<string, WatchSession>();
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    const event = readEvent(line);
    if (event === undefined) {
      output.write(`${JSON.stringify({ kind: 'error', message: 'This line is no event that is known.' })}\n`);
      continue;
    }
    const session = sessions.get(event.session) ?? (await open(event));
    sessions.set(event.session, session);
    output.write(`${JSON.stringify(session.handle(event))}\n`);
    if (event.kind !== 'end') continue;
    session.close('done');
    sessions.delete(event.session);
  }
  for (const session of sessions.values()) session.close('aborted');
}
