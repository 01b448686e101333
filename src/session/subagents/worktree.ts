import { constants, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { runGitWithoutDrivers, splitNul, textOfPath } from '../../checkpoints/store-git.ts';
import { pinFolder } from '../../core/disk/pinned-folder.ts';
import { stageAll } from '../../core/process/safe-git.ts';
import { type ByteChanges, openByteStore } from './byte-patch.ts';

/** A copy of a repository as it stands now, uncommitted work included, for somebody who may write in it. */
export type Worktree = {
  /** The repository's own top folder. */
  readonly root: string;
  readonly folder: string;
  /** The folder in it that stands for the one the session works in. */
  readonly cwd: string;
  /** What was changed in it, as a patch and as paths from the root. */
  readonly findChanges: () => Promise<ByteChanges>;
  /** Applies a patch to the user's files byte for byte, all of it or nothing; the index stays as it is. Throws GitError where it does not fit. */
  readonly bringBack: (patch: Buffer) => Promise<void>;
  /** How the user does the same by hand. */
  readonly command: string;
  readonly remove: () => Promise<void>;
};

const maxUntracked = 2_000;
const maxUntrackedBytes = 50_000_000;
const diffFlags = ['--binary', '--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'];

/** Makes a linked worktree at `folder`. Throws GitError outside of a repository and in one without a commit. */
export async function openWorktree(cwd: string, folder: string): Promise<Worktree> {
  const git = (at: string, args: readonly string[], input?: Buffer) =>
    runGitWithoutDrivers(args, { cwd: at, ...(input === undefined ? {} : { input }) });
  const root = (await git(cwd, ['rev-parse', '--show-toplevel'])).toString('utf8').trimEnd();
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  await afterOthers(() => git(root, ['worktree', 'add', '--detach', '--force', folder, 'HEAD']));
  const changed = await git(root, ['diff', 'HEAD', ...diffFlags]);
  if (changed.length > 0) await git(folder, ['apply', '--binary', '--whitespace=nowarn', '-'], changed);
  await copyUntracked(
    root,
    folder,
    splitNul(await git(root, ['ls-files', '--others', '--exclude-standard', '-z'])).map(textOfPath),
  );
  const addAll = async () => {
    const found = (await git(folder, stageAll.find)).toString('utf8');
    await git(folder, stageAll.stage, Buffer.from(stageAll.input(found)));
  };
  await addAll();
  const base = (await git(folder, ['write-tree'])).toString('utf8').trim();
  const bytes = await openByteStore(root, folder, git);
  return {
    root,
    folder,
    cwd: join(folder, relative(root, cwd)),
    command: `git -C '${folder}' diff --cached --binary ${base} | git -C '${root}' apply`,
    findChanges: async () => {
      await addAll();
      return bytes.findChanges(base);
    },
    bringBack: bytes.apply,
    remove: async () => {
      await afterOthers(() => git(root, ['worktree', 'remove', '--force', folder])).catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let previous: Promise<unknown> = Promise.resolve();

/** One at a time: git reads the files of every worktree, and fails on those of one that another git is just making. */
function afterOthers<Value>(work: () => Promise<Value>): Promise<Value> {
  const own = previous.then(work);
  previous = own.catch(() => undefined);
  return own;
}

async function copyUntracked(root: string, folder: string, paths: readonly string[]): Promise<void> {
  let room = maxUntrackedBytes;
  const top = realpathSync(root);
  for (const path of paths.slice(0, maxUntracked)) room -= await copyFile(join(top, path), join(folder, path), room);
}

/**
 * Copies a regular file of at most `room` bytes and gives its size, 0 for anything else. Neither it nor a folder on its way may be a link, also not
 * one that is put there meanwhile.
 */
async function copyFile(path: string, aim: string, room: number): Promise<number> {
  const held = await pinFolder(dirname(path)).catch(() => undefined);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = held && (await open(join(held.path, basename(path)), flags).catch(() => undefined));
  try {
    const state = await file?.stat();
    if (!file || !state?.isFile() || state.size > room) return 0;
    mkdirSync(dirname(aim), { recursive: true });
    await writeFile(aim, await file.readFile(), { mode: state.mode & 0o777 });
    return state.size;
  } finally {
    await file?.close();
    await held?.close();
  }
}
