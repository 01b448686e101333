import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { existing } from '../hidden/existing.ts';
import { findHomeSecrets } from '../hidden/home-secrets.ts';
import { findSockets, temporaryFolders } from '../hidden/temporary-sockets.ts';
import { findTop } from './top-of.ts';

/** What a git of ours may do besides reading: nothing, unless it is named here. */
export type GitRights = {
  /** Folders that it writes in; those that exist count. */
  readonly writes?: readonly string[];
  /** What of them stays as it is. */
  readonly keeps?: readonly string[];
  /** It talks to another machine. */
  readonly network?: boolean;
};

type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> };

/**
 * The arguments of bwrap that hold a git of ours, whatever it starts: it reads what lies on the disk but for the user's keys, writes in `writes`
 * alone, sees no other process, reaches no socket of a service and, unless it must, no network. A later mount covers an earlier one, so they go from
 * the outer folder to the inner one.
 */
export function holdingArguments(
  { cwd, env }: Place,
  { writes = [], keeps = [], network = false }: GitRights,
): string[] {
  const own = findOwn(cwd, env);
  const written = existing(writes);
  const isOwn = (path: string) => own.some((place) => isInside(place, path));
  const { folders, files } = findHidden();
  const hidden = [...folders.filter((path) => !isOwn(path)), ...(existsSync('/run') ? ['/run'] : [])];
  const isCovered = (path: string) => hidden.some((each) => isInside(each, path));
  const isWritten = (path: string) => written.some((each) => isInside(each, path));
  const shown = [...own, realpathSync(cwd), ...keptOfRun()].filter((path) => isCovered(path) && !isWritten(path));
  const mounts = [
    ...hidden.map((path) => ['--tmpfs', path]),
    ...files.filter((path) => !isOwn(path)).map((path) => ['--ro-bind', '/dev/null', path]),
    ...shown.map(readOnly),
    ...written.map((path) => ['--bind', path, path]),
    ...existing(keeps).map(readOnly),
  ];
  return [
    ...bare,
    ...(network ? [] : ['--unshare-net']),
    ...mounts.sort((left, right) => left.at(-1)!.length - right.at(-1)!.length).flat(),
    ...(process.getuid?.() === 0 ? ofRoot : []),
  ];
}

const readOnly = (path: string) => ['--ro-bind', path, path];

/** No /proc is needed, and a new one is refused in containers; of the devices git wants nothing and chance. */
const bare = [
  ...['--ro-bind', '/', '/', '--tmpfs', '/proc', '--tmpfs', '/dev'],
  ...['/dev/null', '/dev/urandom'].flatMap((device) => ['--dev-bind', device, device]),
  ...['--unshare-pid', '--unshare-ipc', '--new-session', '--die-with-parent'],
];

/** Root still reads and writes the files of others, where it may write at all. */
const ofRoot = [
  '--cap-drop',
  'ALL',
  ...['CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_CHOWN'].flatMap((name) => ['--cap-add', name]),
];

/** What shows whether bubblewrap can hold any git here. */
export const holdingTrial: readonly string[] = [...bare, '--unshare-net', '--', '/bin/sh', '-c', ':'];

type Hidden = { readonly folders: readonly string[]; readonly files: readonly string[] };

/** What was found last: gits of ours start one after the other, and each would look at some hundred names. */
let found: { readonly hidden: Hidden; readonly homes: string; readonly atMs: number } | undefined;
const freshMs = 2_000;

/** The user's keys and what leads to programs outside, as commands are not shown them. */
function findHidden(): Hidden {
  const [home, atMs] = [homedir(), performance.now()];
  const winkHome = process.env.WINK_HOME || join(home, '.wink');
  const homes = `${home}\0${winkHome}`;
  if (found?.homes !== homes || atMs - found.atMs > freshMs) found = { hidden: look(home, winkHome), homes, atMs };
  const { folders, files } = found.hidden;
  // A socket may be gone again, and nothing can be put in its place.
  return { folders: folders.filter((path) => existsSync(path)), files: files.filter((path) => existsSync(path)) };
}

function look(home: string, winkHome: string): Hidden {
  const secrets = existing([...findHomeSecrets(home), winkHome]);
  const { folders, sockets } = findSockets(temporaryFolders());
  return {
    folders: [...secrets.filter(isFolder), ...folders],
    files: [...secrets.filter((path) => !isFolder(path)), ...sockets],
  };
}

const isFolder = (path: string) => statSync(path).isDirectory();

/** Of /run: disks that were plugged in, and what says where names are resolved. */
function keptOfRun(): string[] {
  const names = ['media', 'systemd/resolve', 'resolvconf', 'NetworkManager/resolv.conf', 'current-system'];
  return names.map((name) => join('/run', name)).filter((path) => existsSync(path));
}

/** What the git is about, which is shown wherever it lies: the working tree around `cwd`, and what the variables name. */
function findOwn(cwd: string, env: Readonly<Record<string, string>>): string[] {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE } = env;
  const top = findTop(realpathSync(cwd));
  return existing(
    [top, GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE && dirname(GIT_INDEX_FILE)].flatMap((path) => path || []),
  );
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
