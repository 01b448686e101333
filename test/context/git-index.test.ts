import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findTrackedNames } from '../../src/context/git-index.ts';

const git = (cwd: string, ...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd, stdio: 'ignore' });

test('the tracked names of a linked worktree are read where its .git file points', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-index-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [main, linked] = [join(folder, 'main'), join(folder, 'linked')];
  git(folder, 'init', '-q', main);
  writeFileSync(join(main, 'a.txt'), 'one\n');
  git(main, 'add', '.');
  git(main, 'commit', '-qm', 'one');
  git(main, 'worktree', 'add', '-q', linked);
  expect([...findTrackedNames(linked)]).toEqual(['a.txt']);
  expect([...findTrackedNames(folder)]).toEqual([]);
});
