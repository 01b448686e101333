import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { noUsage, type Step, type ToolResult } from '../../src/core/types.ts';
import { loadSession } from '../../src/store/load-session.ts';
import { openSessionFile } from '../../src/store/session-file.ts';
import type { Header } from '../../src/store/session-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'wink-done-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const header = {
  type: 'header',
  format: 1,
  session: 's',
  at: '',
  version: '',
  model: 'm',
  cwd: '/',
  system: '',
} as const;
const result = (id: string): ToolResult => ({ callId: id, name: 'edit', output: `done ${id}`, isError: false, ms: 1 });
const start = (id: string): Event => ({ type: 'tool.start', callId: id, name: 'edit', input: { path: id }, title: id });
const end = (id: string): Event => ({ type: 'tool.end', callId: id, result: result(id) });
const step = (index: number, ...ids: string[]): Step => ({
  type: 'step',
  index,
  at: '',
  notes: [],
  text: '',
  calls: ids.map((id) => ({ id, name: 'edit', input: { path: id } })),
  results: ids.map(result),
  usage: noUsage,
  ms: 1,
  finish: 'tool-calls',
});

it('keeps the calls that were done when the program is killed at the question of a later one, and goes on behind them', () => {
  const file = openSessionFile(
    folder,
    's',
    (line) => line,
    () => {},
  );
  file.append({ ...header, baseUrl: '', repository: '', mode: 'on', approval: 'ask', task: 't' } satisfies Header);
  for (const event of [start('a'), end('a'), { type: 'step', step: step(0, 'a') } as const]) file.listen(event);
  // A step with one call leaves its own line alone.
  expect(readFileSync(file.path, 'utf8')).not.toContain('"type":"call"');
  for (const event of [start('b'), end('b'), start('c'), end('c'), start('d')]) file.listen(event);
  const killed = loadSession(file.path);
  expect(killed.steps.map(({ calls }) => calls.map(({ id }) => id))).toEqual([['a'], ['b', 'c']]);
  expect(killed.steps[1]?.results.map(({ output }) => output)).toEqual(['done b', 'done c']);
  // What is resumed goes on behind the step that was cut off.
  file.listen({ type: 'step', step: step(2, 'e') });
  expect(loadSession(file.path).steps.map(({ index }) => index)).toEqual([0, 1, 2]);
});

it('holds them once when the step became whole', () => {
  const file = openSessionFile(
    folder,
    's',
    (line) => line,
    () => {},
  );
  file.append({ ...header, baseUrl: '', repository: '', mode: 'on', approval: 'ask', task: 't' } satisfies Header);
  for (const event of [start('a'), end('a'), start('b'), end('b'), { type: 'step', step: step(0, 'a', 'b') } as const])
    file.listen(event);
  expect(loadSession(file.path).steps.map(({ calls }) => calls.length)).toEqual([2]);
});
