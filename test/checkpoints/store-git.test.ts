import { ChildProcess } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { runGit } from '../../src/checkpoints/store-git.ts';

it('a git that is not there and is aborted ends with an error, and signals nobody', async () => {
  // Node has no number of such a child and would signal whatever is in its place: the own process group, for one.
  const kill = vi.spyOn(ChildProcess.prototype, 'kill').mockReturnValue(true);
  const stopping = new AbortController();
  const running = runGit(['status'], { cwd: '/', env: { PATH: '/nowhere' }, signal: stopping.signal });
  stopping.abort();
  await expect(running).rejects.toThrow('git took too long');
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
});
