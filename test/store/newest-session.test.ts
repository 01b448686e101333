import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findNewestSession, loadSession } from '../../src/store/load-session.ts';

const header = { type: 'header', session: 'a', at: '2026-03-01T09:00:00Z', model: 'scripted', cwd: '/code' };
const step = {
  type: 'step',
  index: 0,
  at: '2026-03-01T09:00:01Z',
  notes: [{ from: 'user', text: 'Fix it.', at: '2026-03-01T09:00:00Z' }],
  text: 'Done.',
  calls: [{ id: 'c', name: 'read', input: { path: 'a.ts' } }],
  results: [{ callId: 'c', name: 'read', output: '1', isError: false, ms: 3 }],
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: null },
  ms: 5,
  finish: 'stop',
};

function writeFolder(files: Readonly<Record<string, readonly unknown[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-newest-'));
  for (const [at, [name, lines]] of Object.entries(files).entries()) {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    utimesSync(path, 1000 + at, 1000 + at);
  }
  return folder;
}

test('the newest session is the one changed last that has a header, wherever in the file it is', () => {
  const older = { 'older.jsonl': [{ ...header, system: 'x'.repeat(200_000) }] };
  const folder = writeFolder({ ...older, 'newer.jsonl': ['{"broken', header], 'other.jsonl': [step], 'notes.txt': [] });
  expect(findNewestSession(folder)).toBe(join(folder, 'newer.jsonl'));
  const onlyOlder = writeFolder({ ...older, 'empty.jsonl': [] });
  expect(findNewestSession(onlyOlder)).toBe(join(onlyOlder, 'older.jsonl'));
  expect(() => findNewestSession(join(folder, 'none'))).toThrow('This repository has no saved session yet');
});

test('a session that was only opened is no newer one, unless there is no other', () => {
  const opened = { 'opened.jsonl': [header] };
  const folder = writeFolder({ 'worked.jsonl': [header, step], ...opened });
  expect(findNewestSession(folder)).toBe(join(folder, 'worked.jsonl'));
  const said = writeFolder({ 'said.jsonl': [header, { type: 'note', ...step.notes[0] }], ...opened });
  expect(findNewestSession(said)).toBe(join(said, 'said.jsonl'));
  const only = writeFolder(opened);
  expect(findNewestSession(only)).toBe(join(only, 'opened.jsonl'));
});

test('a step is read as it was written, and what an old one lacks is filled in', () => {
  const { ms, finish, usage, ...old } = { ...step, index: 1 };
  const broken = [
    { ...step, index: 2, notes: [{ from: 'nobody', text: '', at: '' }] },
    { ...step, index: 2, ms: '5' },
    { ...step, index: 2, finish: 'toString' },
    { ...step, index: 2, calls: [{ id: 'c', name: 'read', input: [] }] },
    { ...step, index: 2, results: [{ callId: 'c', name: 'read', output: '1', isError: 0 }] },
    { ...step, index: 2, usage: {} },
  ];
  const folder = writeFolder({ 'a.jsonl': [header, step, old, ...broken, { ...step, index: 2, text: 'More.' }] });
  const { steps, brokenLines } = loadSession(join(folder, 'a.jsonl'));
  expect(steps.slice(0, 2)).toEqual([
    step,
    { ...old, ms: 0, finish: 'stop', usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 } },
  ]);
  expect(steps[2]?.text).toBe('More.');
  expect(brokenLines).toBe(broken.length);
});
