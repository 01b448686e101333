import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderSlug } from '../../src/core/text/slug.ts';
import { type Note, noUsage } from '../../src/core/types.ts';
import { listSessions } from '../../src/store/list-sessions.ts';
import { loadSession } from '../../src/store/load-session.ts';
import { makeFolder, run } from '../program/program.ts';

const at = '2026-11-29T10:00:00.000Z';
const line = (value: object) => `${JSON.stringify(value)}\n`;
const said = (text: string): Note => ({ from: 'user', text, at });
const step = (index: number, notes: readonly Note[] = [], text = 'x'.repeat(2_000)) =>
  line({ type: 'step', index, at, notes, text, calls: [], results: [], usage: noUsage, ms: 1, finish: 'stop' });
const header = (more: object = {}) =>
  line({ type: 'header', format: 1, session: 's', at, model: 'm', cwd: '/p', task: 'The task', system: '', ...more });
const steps = (count: number) => Array.from({ length: count }, (_, index) => step(index)).join('');
const call = { id: 'c', name: 'read', input: {} };
const doneCall = line({ type: 'call', at, call, result: { callId: 'c', name: 'read', output: '', isError: false } });
const rewind = (toStep: number) => line({ type: 'rewind', at, toStep });
const end = (outcome: string) => line({ type: 'end', at, outcome });
const note = (text: string) => line({ type: 'note', ...said(text) });

test.each([
  ['one that ended', header() + steps(400) + end('done')],
  ['one that was taken up again', header() + steps(400) + end('done') + note('more') + step(400)],
  ['one whose last words have no answer', header() + steps(400) + end('done') + note('more')],
  ['one that was cut off between two calls', header() + steps(400) + doneCall],
  ['one that went back after its end', header() + steps(400) + end('done') + rewind(3)],
  ['one whose last step is long', header() + steps(400) + step(400, [], 'y'.repeat(200_000)) + end('error')],
  ['one whose task is what was said first', header({ task: '' }) + note('Do it') + steps(400) + end('done')],
  [
    'one whose first step holds the task',
    header({ task: '' }) + step(0, [said('Do it')]) + steps(400).slice(step(0).length),
  ],
  ['one that begins with another line', note('before') + header() + steps(400) + end('done')],
  ['one whose last line is broken', `${header()}${steps(400)}{"type":"st`],
])('a long session is listed as it is read: %s', (_, text) => {
  const folder = makeFolder();
  const path = join(folder, 's.jsonl');
  writeFileSync(path, text);
  const whole = loadSession(path);
  expect(listSessions(folder)).toMatchObject([
    { id: 's', task: whole.header.task, steps: whole.steps.length, outcome: whole.ended ?? 'unfinished' },
  ]);
  writeFileSync(join(folder, 's.words'), line({ step: whole.steps.length, at, text: 'Cut' }));
  expect(listSessions(folder)[0]?.steps).toBe(loadSession(path).steps.length);
});

test('a session that is larger than what can be read at once is listed: only its ends are read', async () => {
  const [cwd, home] = [makeFolder(), makeFolder()];
  const folder = join(home, '.wink/sessions', folderSlug(cwd));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 's.jsonl');
  writeFileSync(path, header() + step(0));
  truncateSync(path, 3 * 2 ** 30);
  appendFileSync(path, `\n${step(40_000)}${step(40_001)}${end('done')}`);
  const { stdout } = await run(['sessions', '--format', 'json'], { cwd, home });
  expect(JSON.parse(stdout)).toMatchObject([{ id: 's', task: 'The task', steps: 40_002, outcome: 'done' }]);
});
