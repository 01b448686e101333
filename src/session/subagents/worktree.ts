import { constants, existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { GitError, runGitWithoutDrivers, splitNul, textOfPath } from '../../checkpoints/store-git.ts';
import { pinFolder } from '../../core/disk/pinned-folder.ts';
import { readRegular } from '../../core/disk/read-text.ts';
import { errorCode } from '../../core/errors.ts';
import { stageAll } from '../../core/git/guard-git.ts';
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

/** A worktree's own name for the tree that its subagent began with. */
const baseRef = 'refs/worktree/wink-agent';
const maxUntracked = 2_000;
const maxUntrackedBytes = 50_000_000;
const diffFlags = ['--binary', '--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'];

/**
 * Makes a linked worktree at `wanted`, or beside it where one that is kept has that name. Throws GitError outside of a repository and in one
 * without a commit.
 */
export async function openWorktree(cwd: string, wanted: string): Promise<Worktree> {
  const { root, list, objects } = await findPlaces(cwd);
  const { folder, own } = await afterOthers(() => addWorktree(root, wanted, list));
  const git = gitBeside(folder, own);
  const changed = await git(root, ['diff', 'HEAD', ...diffFlags]);
  if (changed.length > 0) await git(folder, ['apply', '--binary', '--whitespace=nowarn', '-'], changed, [folder, own]);
  await copyUntracked(
    root,
    folder,
    splitNul(await git(root, ['ls-files', '--others', '--exclude-standard', '-z'])).map(textOfPath),
  );
  const addAll = () => stage(git, folder, [own, objects]);
  await addAll();
  const base = (await git(folder, ['write-tree'], undefined, [own, objects])).toString('utf8').trim();
  // Under a name of its own: it is there when the program was killed, and git keeps it.
  await git(folder, ['update-ref', baseRef, base], undefined, [own, objects]);
  const bytes = await openByteStore({ root, folder, store: join(own, 'bytes'), objects }, git);
  return {
    root,
    folder,
    cwd: join(folder, relative(root, cwd)),
    command: bringBackByHand(folder, root),
    findChanges: async () => {
      await addAll();
      return bytes.findChanges(base);
    },
    bringBack: bytes.apply,
    remove: () => afterOthers(async () => removeWorktree(folder, own)),
  };
}

/**
 * Makes a worktree at `folder` that an earlier run left ready for the user, who would start what is in it by staging it themselves. Gives how they bring
 * its changes back; undefined where that can't be said.
 */
export async function readyLeftWorktree(cwd: string, folder: string): Promise<string | undefined> {
  try {
    const { root, list, objects } = await findPlaces(cwd);
    const own = join(list, basename(readOwn(folder)));
    const git = gitBeside(folder, own);
    await git(folder, ['rev-parse', '--verify', '--quiet', baseRef]);
    await stage(git, folder, [own, objects]);
    return bringBackByHand(folder, root);
  } catch (error) {
    // It was killed while the worktree was being made, or the repository is another one now.
    if (error instanceof GitError || errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** The repository's top folder, and in its git folder those of its worktrees and of its objects. */
async function findPlaces(cwd: string): Promise<{ root: string; list: string; objects: string }> {
  const asked = ['--show-toplevel', '--git-path', 'worktrees', '--git-path', 'objects'];
  const answer = await runGitWithoutDrivers(['rev-parse', '--path-format=absolute', ...asked], { cwd });
  const [root = '', list = '', objects = ''] = answer.toString('utf8').trimEnd().split('\n');
  return { root, list, objects };
}

type WorktreeGit = ReturnType<typeof gitBeside>;

function gitBeside(folder: string, own: string) {
  return (at: string, args: readonly string[], input?: Buffer, writes: readonly string[] = []) =>
    runGitWithoutDrivers(args, { cwd: at, writes, keeps: actingIn(folder, own), ...(input && { input }) });
}

async function stage(git: WorktreeGit, folder: string, writes: readonly string[]): Promise<void> {
  const found = (await git(folder, stageAll.find)).toString('utf8');
  await git(folder, stageAll.stage, Buffer.from(stageAll.input(found)), writes);
}

/**
 * Gives the new worktree and its git folder. Git writes nothing of the repository but what is new among its worktrees. `list`: the folder of their
 * git folders.
 */
async function addWorktree(root: string, wanted: string, list: string): Promise<{ folder: string; own: string }> {
  mkdirSync(list, { recursive: true });
  const folder = makeFreeFolder(wanted, list);
  const before = readdirSync(list);
  const rights = { writes: [folder, list], keeps: before.map((name) => join(list, name)) };
  try {
    await runGitWithoutDrivers(['worktree', 'add', '--detach', '--force', folder, 'HEAD'], { cwd: root, ...rights });
    const own = basename(readOwn(folder));
    if (before.includes(own)) throw new GitError('git did not say where it is kept');
    return { folder, own: join(list, own) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    removeIfEmpty(list);
    throw error;
  }
}

/** The git folder of a worktree, as it says itself. */
function readOwn(folder: string): string {
  const own = /^gitdir: (.+)\n$/.exec(readRegular(join(folder, '.git')).toString('utf8'))?.[1];
  if (own === undefined) throw new GitError('git did not say where it is kept');
  return own;
}

/** A folder that was not there. A name that git still keeps for a worktree whose folder was deleted is taken, too. */
function makeFreeFolder(wanted: string, list: string): string {
  mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    if (existsSync(join(list, basename(folder)))) continue;
    try {
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** What decides which repository the worktree belongs to, and so what git starts there. */
function actingIn(folder: string, own: string): string[] {
  return [join(folder, '.git'), ...['commondir', 'gitdir', 'config.worktree'].map((name) => join(own, name))];
}

function removeWorktree(folder: string, own: string): void {
  for (const path of [folder, own]) rmSync(path, { recursive: true, force: true });
  removeIfEmpty(dirname(own));
}

/** As git leaves it when there is no worktree any more. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There are others.
  }
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

function bringBackByHand(folder: string, root: string): string {
  return `git -C ${quote(folder)} diff --cached --binary ${baseRef} | git -C ${quote(root)} apply`;
}

/** One word for a shell. */
export function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
