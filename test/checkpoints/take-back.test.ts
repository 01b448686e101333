import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EditedAnswer, EditedSince } from '../../src/core/run/taken-back.ts';
import { goBackBeforeTrouble, takeBack } from '../../src/session/take-back.ts';
import { checkpointsOf, commitFiles, makeSandpit, write } from './repository.ts';

/** A turn in which the agent edits a file, and `more`, while the user edits another one and makes a third. */
async function workTogether(more: Readonly<Record<string, string>> = {}) {
  const sandpit = makeSandpit();
  const cwd = sandpit.work;
  commitFiles(cwd, { 'cart.js': 'old\n', 'notes.txt': 'old\n', '.gitignore': '*.local\n' });
  const checkpoints = checkpointsOf(sandpit);
  await checkpoints.snapshot('turn', 0);
  write(cwd, { 'cart.js': 'agent\n', 'notes.txt': 'user\n', 'mine.txt': 'hours of work\n', ...more });
  await checkpoints.finishTurn(1);
  const edit = {
    callId: 'a',
    name: 'edit',
    output: '',
    isError: false,
    ms: 1,
    changedFiles: ['cart.js', ...Object.keys(more)].map((name) => join(cwd, name)),
  };
  const told: string[] = [];
  const run = {
    trajectory: { steps: [{ results: [edit] }] },
    inbox: { tell: (words: string) => void told.push(words) },
    sessionCheckpoints: { checkpoints },
  };
  const asked: EditedSince[] = [];
  const undo = (answer: EditedAnswer) =>
    takeBack(run, 'undo', {
      cwd,
      ask: (question) => {
        asked.push(question);
        return answer;
      },
    });
  const state = () => [
    ...['cart.js', 'notes.txt'].map((name) => readFileSync(join(cwd, name), 'utf8').trim()),
    existsSync(join(cwd, 'mine.txt')),
  ];
  return { run, cwd, asked, told, undo, state };
}

test('an undo asks before it touches what no edit of the agent wrote', async () => {
  const { run, cwd, asked, told, undo, state } = await workTogether();
  expect(await undo('nothing')).toMatchObject({ isDone: false });
  expect([...state(), told.length]).toEqual(['agent', 'user', true, 0]);
  const files = ['mine.txt', 'notes.txt'];
  expect(asked[0]).toMatchObject({ files, unwritten: files, removed: ['mine.txt'], others: 1, hasEarlier: false });
  expect(await undo('leave')).toEqual({
    isDone: true,
    words: 'Undid "turn": 1 file put back: cart.js; left, for they may hold changes of yours: mine.txt, notes.txt.',
  });
  expect(state()).toEqual(['old', 'user', true]);
  expect(told[0]).toContain('cart.js');
  expect(told[0]).not.toContain('mine.txt');
  expect(await undo('overwrite')).toEqual({
    isDone: true,
    words: 'Undid "turn": 1 file put back: notes.txt; 1 file removed: mine.txt.',
  });
  expect(state()).toEqual(['old', 'old', false]);
  expect(await undo('overwrite')).toEqual({
    isDone: false,
    words:
      "Nothing left to undo: the files are as they were before the agent's first change. /redo brings back what the last undo took.",
  });
  expect(await takeBack(run, 'redo', { cwd, ask: () => 'leave' })).toMatchObject({
    words: expect.stringMatching(/^Redid "turn": 2 files changed again: mine\.txt, notes\.txt\.$/),
  });
});

test('an undo names what the agent wrote and no checkpoint holds', async () => {
  const { cwd, undo } = await workTogether({
    'my.local': 'agent\n',
    'gone.local': 'agent\n',
  });
  rmSync(join(cwd, 'gone.local'));
  const said = 'No checkpoint holds my.local, so what the agent wrote there stays.';
  expect(await undo('overwrite')).toEqual({
    isDone: true,
    words: `Undid "turn": 2 files put back: cart.js, notes.txt; 1 file removed: mine.txt. ${said}`,
  });
  expect(readFileSync(join(cwd, 'my.local'), 'utf8')).toBe('agent\n');
  expect(await undo('overwrite')).toEqual({ isDone: false, words: `Nothing left to undo. ${said}` });
});

test('going back from where the agent is stuck leaves what no edit of the agent wrote, and says so', async () => {
  const { run, cwd, state } = await workTogether();
  expect(await goBackBeforeTrouble(run, cwd, 'It failed twice.')).toMatch(
    /^1 file put back: cart\.js; left, .*mine\.txt, notes\.txt\. It tries another way\.$/,
  );
  expect(state()).toEqual(['old', 'user', true]);
});

test('an undo puts a folder back in whose place a link is that git ignores, and says so', async () => {
  const sandpit = makeSandpit();
  const cwd = sandpit.work;
  commitFiles(cwd, { 'data/one.txt': 'kept\n' });
  write(cwd, { '.gitignore': 'data\n' });
  const checkpoints = checkpointsOf(sandpit);
  await checkpoints.snapshot('move it', 0);
  rmSync(join(cwd, 'data'), { recursive: true });
  symlinkSync('/tmp', join(cwd, 'data'));
  await checkpoints.finishTurn(1);
  const run = { trajectory: { steps: [] }, inbox: { tell: () => {} }, sessionCheckpoints: { checkpoints } };
  expect(await takeBack(run, 'undo', { cwd, ask: () => 'overwrite' })).toEqual({
    isDone: true,
    words: 'Undid "move it": 1 file put back: data/one.txt; a link in the way was removed: data (to /tmp).',
  });
  expect(readFileSync(join(cwd, 'data/one.txt'), 'utf8')).toBe('kept\n');
});
