import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { noUsage, type Step } from '../../src/core/types.ts';
import { loadSession } from '../../src/store/load-session.ts';
import { openSessionFile } from '../../src/store/session-file.ts';

const step = (index: number): Step => ({
  type: 'step',
  index,
  at: '2026-01-01T00:00:00Z',
  notes: [],
  text: `step ${index} é "x"`,
  calls: [],
  results: [],
  usage: noUsage,
  ms: 1,
  finish: 'stop',
});
const header = {
  type: 'header',
  format: 1,
  session: 's',
  at: '2026-01-01T00:00:00Z',
  version: '0',
  model: 'm',
  baseUrl: 'u',
  cwd: '/',
  repository: '/',
  mode: 'on',
  approval: 'ask',
  task: 't',
  system: 's',
} as const;

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-truncation-'));
  folders.push(folder);
  return folder;
}

it('the task of a session that began without one is what the user said first', () => {
  const file = openSessionFile(makeFolder(), 'typed', (line) => line, fail);
  const note = { from: 'user', text: 'fix the sum', at: header.at } as const;
  for (const line of [
    { ...header, task: '' },
    { ...step(0), notes: [note] },
  ])
    file.append(line);
  file.close();
  expect(loadSession(file.path).header.task).toBe('fix the sum');
});

it('words that were taken back before any answer are not said when the session goes on', () => {
  const file = openSessionFile(makeFolder(), 'unsaid', (line) => line, fail);
  const note = (text: string, at: string) => ({ type: 'note', from: 'user', text, at }) as const;
  file.append(header);
  file.append(note('first', '2026-01-01T00:00:01Z'));
  file.append({ type: 'taken-back', at: header.at, notes: ['2026-01-01T00:00:01Z'] });
  file.append(note('second', '2026-01-01T00:00:02Z'));
  file.close();
  expect(loadSession(file.path).openNotes.map(({ text }) => text)).toEqual(['second']);
});

it('a session file that was cut at any byte gives every step before the cut, and goes on', () => {
  const folder = makeFolder();
  const whole = openSessionFile(folder, 'whole', (line) => line, fail);
  for (const line of [header, step(0), step(1), step(2)]) whole.append(line);
  whole.close();
  const bytes = readFileSync(whole.path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
  for (let size = 0; size <= bytes.length; size++) {
    const path = join(folder, 'cut.jsonl');
    writeFileSync(path, bytes);
    truncateSync(path, size);
    const complete = ends.filter((end) => end <= size).length;
    if (complete === 0) {
      expect(() => loadSession(path)).toThrow(UserError);
      continue;
    }
    expect(loadSession(path).steps).toHaveLength(complete - 1);
    const file = openSessionFile(folder, 'cut', (line) => line, fail);
    file.append(step(complete - 1));
    file.close();
    const resumed = loadSession(path);
    expect(resumed.steps.map(({ index }) => index)).toEqual(Array.from({ length: complete }, (_, index) => index));
  }
});

it('a session that could not be written for a while is saved whole once it can be', () => {
  const folder = join(makeFolder(), 'sessions');
  writeFileSync(folder, 'in the way');
  const said: string[] = [];
  const file = openSessionFile(
    folder,
    'late',
    (line) => line,
    (message) => said.push(message),
  );
  for (const line of [header, step(0)]) file.append(line);
  rmSync(folder);
  file.append(step(1));
  file.close();
  expect(loadSession(file.path)).toMatchObject({ steps: [{ index: 0 }, { index: 1 }], brokenLines: 0 });
  expect(said).toEqual([
    expect.stringContaining('is not being saved'),
    expect.stringContaining('is being saved again'),
  ]);
});

function fail(message: string): never {
  throw new Error(message);
}
