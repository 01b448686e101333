import { rmSync } from 'node:fs';
import { GitError, joinNul, type StoreGit } from './store-git.ts';

/**
 * Takes the files as they are now into the index and gives those that can't be read, since another program cuts them again and again: they
 * are found by halves. One that was moved away since the walk counts as removed.
 */
export async function takeIn(git: StoreGit, index: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  try {
    await git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], joinNul(paths));
    return [];
  } catch (error) {
    rmSync(`${index}.lock`, { force: true });
    if (!(error instanceof GitError) || error.isAborted) throw error;
    if (paths.length === 1) return paths;
    const middle = Math.ceil(paths.length / 2);
    const first = await takeIn(git, index, paths.slice(0, middle));
    return [...first, ...(await takeIn(git, index, paths.slice(middle)))];
  }
}

/**
 * Tries up to three times: git ends with a signal when a file shrinks while it reads it, and leaves the lock of its index, which is
 * ours alone, so that every later snapshot would fail too.
 */
export async function againWhileFilesMove<Value>(index: string, act: () => Promise<Value>): Promise<Value> {
  for (let left = 2; ; left--)
    try {
      return await act();
    } catch (error) {
      rmSync(`${index}.lock`, { force: true });
      if (!(error instanceof GitError) || error.isAborted || left === 0) throw error;
    }
}
