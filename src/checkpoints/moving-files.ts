import { rmSync } from 'node:fs';
import { GitError, joinNul, type StoreGit } from './store-git.ts';

/**
 * Takes the files as they are now into the index and gives those that can't be read, since another program cuts them again and again: they
 * are found by halves. One that was moved away since the walk counts as removed.
 */
export async function takeIn(git: StoreGit, index: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  try {
    const packing = paths.length >= packedFrom && (await canPack(git)) ? inOnePack : [];
    await git([...packing, 'update-index', '--add', '--remove', '--replace', '-z', '--stdin'], joinNul(paths));
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

/** From so many files on they are put into one pack: a file for each takes half a millisecond of the disk's time. */
const packedFrom = 500;
/** Git streams what is "big" into a pack instead of making a file of it. */
const inOnePack = ['-c', 'core.bigFileThreshold=1'];

/** Whether `update-index` puts all that is streamed into the same pack; before git 2.38 each file would have its own. */
async function canPack(git: StoreGit): Promise<boolean> {
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec((await git(['version'])).toString('utf8')) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
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
