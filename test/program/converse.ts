import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { compiledCode } from '../compiled-code.ts';
import { makeFolder, serve } from './program.ts';

export const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.js');
export const go = { type: 'user', message: { role: 'user', content: 'go' } };
export const can = { type: 'capabilities', answers: ['permission'] };
export type Event = Record<string, unknown> & { type: string };

/** The built program fed line by line; `onPermission` gives what is written when it asks. */
export async function converse(
  scenario: Parameters<typeof serve>[0],
  first: readonly object[],
  onPermission: (event: Event) => object | undefined,
  cwd = makeFolder(),
): Promise<{ events: Event[]; cwd: string; code: number | null }> {
  const server = await serve(scenario);
  const home = makeFolder();
  const words = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--model', 'scripted'];
  const env = { PATH: process.env.PATH, HOME: home, WINK_HOME: join(home, '.wink'), ...compiledCode };
  const child = spawn(process.execPath, [launcher, ...words, '--base-url', server.url], { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  for (const line of first) child.stdin.write(`${JSON.stringify(line)}\n`);
  const events: Event[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const event: Event = JSON.parse(text);
    events.push(event);
    const answer = event.type === 'permission' ? onPermission(event) : undefined;
    if (answer) child.stdin.write(`${JSON.stringify(answer)}\n`);
    if (event.type === 'result') child.stdin.end();
  }
  return { events, cwd, code: await ended };
}
