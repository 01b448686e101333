import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { itemsOf, runGitWithoutDrivers, textOfPath } from './store-git.ts';
import { findUserRepository } from './user-repository.ts';

/** A file with work of the user's that is not committed. */
export type DirtyFile = { readonly path: string; readonly state: 'changed' | 'new' | 'deleted' | 'conflicted' };

/** More files than this are not named: those that git knows come first. */
const maxFiles = 2_000;

/**
 * The user's uncommitted work in the repository of a folder, as it is now. Reads only; the user's index is not refreshed. Empty outside a
 * repository, without git, and in a clean tree. After `quickMs` new files are named by their folders only, which git knows without a walk
 * through each. Never throws.
 */
export async function dirtyFiles(cwd: string, how: DirtyOptions = {}): Promise<DirtyFile[]> {
  return readStatus(cwd, how).catch(() => []);
}

export type DirtyOptions = { readonly signal?: AbortSignal; readonly quickMs?: number };

async function readStatus(cwd: string, { signal, quickMs }: DirtyOptions): Promise<DirtyFile[]> {
  const user = hasRepositoryAbove(cwd) ? await findUserRepository(cwd, signal) : undefined;
  if (!user) return [];
  const status = (untracked: string, signals: readonly (AbortSignal | undefined)[]) =>
    runGitWithoutDrivers(['status', '--porcelain=v1', '-z', untracked, '--no-renames', '--ignore-submodules=all'], {
      cwd,
      env: user.ignoring,
      signal: AbortSignal.any(signals.flatMap((each) => each ?? [])),
    });
  const isLong = quickMs === undefined ? undefined : AbortSignal.timeout(quickMs);
  const output = await status('-uall', [signal, isLong]).catch((error: unknown) => {
    if (signal?.aborted || !isLong?.aborted) throw error;
    return status('-unormal', [signal]);
  });
  const files: DirtyFile[] = [];
  for (const item of itemsOf(output)) {
    if (files.length === maxFiles) break;
    files.push({ path: join(user.root, textOfPath(item.slice(3))), state: stateOf(item.slice(0, 2)) });
  }
  return files;
}

/** Whether git would find a repository with a working tree from here; it is not started where there is none. */
function hasRepositoryAbove(cwd: string): boolean {
  for (let folder = realpathSync(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** The two letters of `git status --porcelain`: the index's and the work tree's. */
function stateOf(letters: string): DirtyFile['state'] {
  if (letters === '??') return 'new';
  if (/U|AA|DD/.test(letters)) return 'conflicted';
  if (letters.includes('D')) return 'deleted';
  return letters[0] === 'A' ? 'new' : 'changed';
}
