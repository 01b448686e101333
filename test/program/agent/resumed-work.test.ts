import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../program.ts';
import { done, runTask, shell, write } from '../task.ts';

it('what a session wrote before it is taken up again is its own: it may remove that, and not what the user has not committed', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...args], { cwd: place.cwd });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  writeFileSync(join(place.cwd, 'mine.txt'), 'my own work\n');
  const flags = ['--approval', 'full'];
  await runTask({ place, flags, prompt: 'Write agents.txt.', replies: [write('agents.txt', 'x\n'), done] });
  const { result } = await runTask({
    place,
    flags: [...flags, '--continue'],
    prompt: 'Tidy up.',
    replies: [shell('rm agents.txt'), shell('rm mine.txt'), done],
  });
  expect(result.outcome).toBe('done');
  expect([existsSync(join(place.cwd, 'agents.txt')), existsSync(join(place.cwd, 'mine.txt'))]).toEqual([false, true]);
});
