import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { askForDrivers, mayNameDrivers, noSuchSetting, switchOff, withSettings } from '../../core/git/git-drivers.ts';
import { guardGit } from '../../core/git/guard-git.ts';
import { startGit } from '../../core/git/start-git.ts';

/** What git says of a repository at this moment. Paths are relative to the folder that was asked about. */
export type RepositoryState = {
  /** The branch on the remote that this one follows, and how many commits it is ahead; undefined without one. */
  readonly upstream: string | undefined;
  readonly ahead: number;
  /** Files with changes that are in no commit. `isStaged`: nothing of it is left unstaged. */
  readonly uncommitted: ReadonlyMap<string, { readonly isStaged: boolean }>;
  /** Whether a branch of any remote has the current commit; only asked for a branch that follows none. */
  readonly isOnRemote: boolean;
  /** Files of the commits of the last day, at most the last 30. */
  readonly recent: readonly string[];
};

const timeoutMs = 1500;
const maxBytes = 5_000_000;

/** Looks at a repository, reads only, and gives up after 1.5 seconds. Undefined outside a repository and whenever git can't say. */
export async function readRepositoryState(cwd: string): Promise<RepositoryState | undefined> {
  const deadline = Date.now() + timeoutMs;
  const drivers = mayNameDrivers(cwd) ? await runGit(cwd, askForDrivers, deadline) : '';
  if (drivers === undefined) return undefined;
  const off = switchOff(drivers);
  if (off === undefined) return undefined;
  const guards = withSettings({}, off);
  const [prefix, status, log] = await Promise.all([
    runGit(cwd, ['rev-parse', '--show-prefix'], deadline),
    runGit(
      cwd,
      ['status', '--porcelain=v2', '--branch', '-z', '-uall', '--no-renames', '--ignore-submodules=all'],
      deadline,
      guards,
    ),
    // A repository without a commit has no log.
    runGit(cwd, ['log', '-30', '--since=1.day', '--name-only', '--format='], deadline, guards),
  ]);
  if (status === undefined || prefix === undefined) return undefined;
  const state = parseStatus(status, prefix.trim());
  const onRemote =
    state.upstream === undefined
      ? await runGit(cwd, ['for-each-ref', '--count=1', '--contains', 'HEAD', 'refs/remotes'], deadline)
      : 'asked';
  return {
    ...state,
    // When git can't say, nothing is held against anybody.
    isOnRemote: onRemote !== '',
    recent: (log ?? '').split('\n').filter((path) => path !== ''),
  };
}

const histories = ['.git', '.hg', '.svn', '.jj'];

/** Whether a folder is under version control; undefined where there is no such folder, as for the runs of another machine. */
export function isInRepository(cwd: string): boolean | undefined {
  if (cwd === '' || !existsSync(cwd)) return undefined;
  for (let at = cwd; ; at = dirname(at)) {
    if (histories.some((name) => existsSync(join(at, name)))) return true;
    if (dirname(at) === at) return false;
  }
}

async function runGit(
  cwd: string,
  args: readonly string[],
  deadline: number,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const leftMs = deadline - Date.now();
  if (leftMs <= 0) return undefined;
  const signal = AbortSignal.timeout(leftMs);
  const ended = await startGit(guardGit(args), { cwd, env, signal, maxBytes }).catch(() => undefined);
  const isNone = args === askForDrivers && ended?.code === noSuchSetting;
  return (ended?.code === 0 || isNone) && !signal.aborted ? ended.output.toString('utf8') : undefined;
}

/** Reads `git status --porcelain=v2 --branch -z`; what lies outside `prefix` is left out. */
export function parseStatus(status: string, prefix: string): Omit<RepositoryState, 'recent' | 'isOnRemote'> {
  const uncommitted = new Map<string, { isStaged: boolean }>();
  let upstream: string | undefined;
  let ahead = 0;
  for (const entry of status.split('\0')) {
    if (entry.startsWith('# branch.upstream ')) upstream = entry.slice(18);
    else if (entry.startsWith('# branch.ab ')) ahead = Number(/\+(\d+)/.exec(entry)?.[1] ?? 0);
    else {
      const file = readEntry(entry);
      if (file?.path.startsWith(prefix)) uncommitted.set(file.path.slice(prefix.length), { isStaged: file.isStaged });
    }
  }
  return { upstream, ahead, uncommitted };
}

/** `1 XY sub mH mI mW hH hI path`, `u XY sub m1 m2 m3 mW h1 h2 h3 path`, `? path`. */
function readEntry(entry: string): { readonly path: string; readonly isStaged: boolean } | undefined {
  if (entry.startsWith('? ')) return { path: entry.slice(2), isStaged: false };
  const fields = entry.startsWith('1 ') ? 8 : entry.startsWith('u ') ? 10 : undefined;
  if (fields === undefined) return undefined;
  const words = entry.split(' ');
  return { path: words.slice(fields).join(' '), isStaged: entry.startsWith('1 ') && words[1]?.[1] === '.' };
}
