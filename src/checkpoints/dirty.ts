import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runGitWithoutDrivers, splitNul } from './git.ts';
import { findUserRepository } from './user-repository.ts';

/** A file with work of the user's that is not committed. */
export type DirtyFile = { readonly path: string; readonly state: 'changed' | 'new' | 'deleted' | 'conflicted' };

export type DirtyFiles = {
  /** Absolute paths. Empty outside a repository, without git, and in a clean tree. */
  readonly files: readonly DirtyFile[];
  /** More files were dirty than are watched. */
  readonly isCut: boolean;
  /** Which of them are no longer as they were when this was made. */
  readonly touched: () => Promise<string[]>;
};

const maxFiles = 2_000;
const maxHashedBytes = 4_000_000;

/** The user's uncommitted work in the repository of a folder, as it is now. Reads only; the user's index is not refreshed. Never throws. */
export async function dirtyFiles(cwd: string, signal?: AbortSignal): Promise<DirtyFiles> {
  const files = await readStatus(cwd, signal).catch(() => []);
  const watched = files.slice(0, maxFiles);
  const before = await Promise.all(watched.map(({ path }) => fingerprint(path)));
  return {
    files: watched,
    isCut: files.length > maxFiles,
    touched: async () => {
      const now = await Promise.all(watched.map(({ path }) => fingerprint(path)));
      return watched.filter((_, index) => now[index] !== before[index]).map(({ path }) => path);
    },
  };
}

async function readStatus(cwd: string, signal: AbortSignal | undefined): Promise<DirtyFile[]> {
  const user = await findUserRepository(cwd, signal);
  if (!user) return [];
  const items = splitNul(
    await runGitWithoutDrivers(['status', '--porcelain=v1', '-z', '-uall', '--no-renames', '--ignore-submodules=all'], {
      cwd,
      env: user.ignoring,
      ...(signal ? { signal } : {}),
    }),
  );
  return items.map((item) => ({
    path: join(user.root, Buffer.from(item.slice(3), 'latin1').toString('utf8')),
    state: stateOf(item.slice(0, 2)),
  }));
}

/** The two letters of `git status --porcelain`: the index's and the work tree's. */
function stateOf(letters: string): DirtyFile['state'] {
  if (letters === '??') return 'new';
  if (/U|AA|DD/.test(letters)) return 'conflicted';
  if (letters.includes('D')) return 'deleted';
  return letters[0] === 'A' ? 'new' : 'changed';
}

/** What a file is: its content for small ones, size and time for large ones, the aim of a link. */
async function fingerprint(path: string): Promise<string> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return 'missing';
  if (stats.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!stats.isFile() || stats.size > maxHashedBytes) return `${stats.mode} ${stats.size} ${stats.mtimeMs}`;
  const hash = createHash('sha1');
  await pipeline(createReadStream(path), hash).catch(() => {});
  return `${stats.mode} ${hash.digest('hex')}`;
}
