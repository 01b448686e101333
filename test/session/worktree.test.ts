import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorktree } from '../../src/session/subagents/worktree.ts';
import { makeFolder } from '../program/program.ts';

test('a worktree takes no name that one has which is kept, nor one that git keeps for a folder that was deleted', async () => {
  const cwd = makeFolder();
  const user = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  execFileSync('git', ['init', '-q'], { cwd });
  execFileSync('git', [...user, 'commit', '-q', '--allow-empty', '-m', 'first'], { cwd });
  const folder = makeFolder();
  const wanted = join(folder, 's-a1');
  const { folder: first } = await openWorktree(cwd, wanted);
  writeFileSync(join(first, 'kept'), 'kept');
  const second = await openWorktree(cwd, wanted);
  rmSync(second.folder, { recursive: true });
  const third = await openWorktree(cwd, wanted);
  expect([first, second.folder, third.folder]).toEqual([wanted, `${wanted}-2`, `${wanted}-3`]);
  expect(readdirSync(first).sort()).toEqual(['.git', 'kept']);
  await third.remove();
  expect(readdirSync(folder)).toEqual(['s-a1']);
});
