import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { existing } from '../core/hidden/existing.ts';
import { findHomeSecrets } from '../core/hidden/home-secrets.ts';
import { findSockets, temporaryFolders } from '../core/hidden/temporary-sockets.ts';
import { findGitFolder, gitSettings } from './git-folder.ts';
import type { KeptTrials } from './kept-trials.ts';
import type { MarkTests } from './marks/marks.ts';

export type SandboxSettings = {
  /** `on` throws where there is no sandbox, `auto` goes on without one and says so. */
  readonly mode: 'off' | 'auto' | 'on';
  readonly network: boolean;
  /** The workspace first, then each --add-dir. */
  readonly roots: readonly string[];
  /** The user's home folder. */
  readonly home: string;
  /** $WINK_HOME, hidden but for `readable`. */
  readonly winkHome: string;
  /** Further folders that commands may write (caches of package managers). */
  readonly writable?: readonly string[];
  /** Folders of $WINK_HOME that commands may read (kept outputs). */
  readonly readable?: readonly string[];
  /** What permissions ask of the sandbox. */
  readonly walls?: SandboxWalls;
  /** Makes and names the folder that stands for /tmp in confined commands. */
  readonly temporary?: () => string;
  /** Absolute path of a folder for copies of /etc that no command can write; without one, its files are mounted one by one. */
  readonly etcCopies?: string;
  /** Makes and names an empty folder over which `unshare` mounts; in none that commands see. Without one, unshare is not used. */
  readonly mountPoint?: () => string;
  /** Sockets of services that approved commands may reach: paths, `~/…`, or `$NAME` of a variable that holds one. */
  readonly sockets?: readonly string[];
  /** Tells the user what a command could do that it should not. */
  readonly warn?: (message: string) => void;
  /** What is kept of good trials; without it all are made. */
  readonly trials?: KeptTrials;
  /** Nobody waits for the trials any more. */
  readonly signal?: AbortSignal;
};

/** Which paths of the workspace confined commands must not see or change, and what rules add for them and for approved commands. */
export type SandboxWalls = MarkTests & {
  readonly denied: MarkTests | undefined;
  readonly deniedPlaces: readonly string[];
  readonly allowedPlaces: readonly string[];
};

/** What a sandbox lets an approved command do to the file system; real paths that exist. */
export type ApprovedMounts = {
  readonly writable: readonly string[];
  /** Inside writable folders, and yet read-only: what runs outside the sandbox later. */
  readonly fixed: readonly string[];
  readonly hiddenFolders: readonly string[];
  readonly hiddenFiles: readonly string[];
  readonly readable: readonly string[];
  /** Hidden otherwise, and opened by the user's word. */
  readonly sockets?: readonly string[];
};

/** Caches without which compilers fail (`go test` does not start without its own). None from which programs are started. */
const caches =
  '.cache/go-build .cache/pip .cache/yarn .cache/typescript .cache/bazel .cache/ccache .cache/golangci-lint .npm/_cacache .npm/_logs .cargo/registry .cargo/git go/pkg/mod .gradle/caches .m2/repository .nuget/packages .pub-cache/hosted Library/Caches/pip Library/Caches/go-build'.split(
    ' ',
  );

/**
 * Folders in the temporary one from which other programs take code: npm and others keep compiled code there (`module.enableCompileCache`, on
 * Node 22 by default) and check of its source no more than the length. A command gets empty ones of its own.
 */
function codeCaches(temporary: readonly string[]): string[] {
  const user = process.getuid?.() ?? '';
  const names = ['node-compile-cache', `v8-compile-cache-${user}`, 'jiti', `tsx-${user}`];
  return existing(temporary).flatMap((folder) => names.map((name) => join(folder, name)));
}

/** Works out the places from the settings and from what exists on this machine. */
export function findApprovedMounts(settings: SandboxSettings): ApprovedMounts {
  const temporary = temporaryFolders();
  const inHome = (names: readonly string[]) => existing(names.map((name) => join(settings.home, name)));
  const git = settings.roots.flatMap((root) => findGitFolder(root) ?? []);
  const writable = [
    ...existing([
      ...settings.roots,
      ...git.flatMap(({ own, common }) => [common, own]),
      ...temporary,
      ...(settings.writable ?? []),
    ]),
    ...inHome(caches),
  ];
  const secrets = existing([...findHomeSecrets(settings.home), ...(settings.walls?.deniedPlaces ?? [])]);
  const hiddenFolders = [...secrets, ...existing([settings.winkHome])].filter(isFolder);
  const fixed = existing([
    ...settings.roots.flatMap((root) => ['.wink', '.mcp.json'].map((name) => join(root, name))),
    ...settings.roots.map((root) => join(root, '.git')).filter((path) => existsSync(path) && !isFolder(path)),
    ...git.flatMap(({ common }) => gitSettings.map((name) => join(common, name))),
    ...git.flatMap(({ own, common }) => (own === common ? [] : ['commondir', 'gitdir'].map((name) => join(own, name)))),
  ]);
  const closed = findSockets(temporary);
  return {
    writable: [...new Set(writable)],
    fixed: fixed.filter((path) => !hiddenFolders.includes(path) && !isWorktreeOf(path, git)),
    hiddenFolders: [...hiddenFolders, ...closed.folders, ...codeCaches(temporary)],
    hiddenFiles: [...secrets.filter((path) => !isFolder(path)), ...closed.sockets],
    readable: existing(settings.readable ?? []),
    sockets: findOpened(settings),
  };
}

/** The sockets that the user opened; with that of an agent of keys, ssh also needs the hosts that are known. */
function findOpened({ sockets = [], home }: SandboxSettings): string[] {
  const paths = sockets.map((each) =>
    each.startsWith('$')
      ? (process.env[each.slice(1)] ?? '')
      : each.startsWith('~/')
        ? join(home, each.slice(2))
        : each,
  );
  const opened = existing(paths.filter((path) => path.startsWith('/'))).filter((path) => statSync(path).isSocket());
  return opened.length === 0 ? [] : [...opened, ...existing([join(home, '.ssh/known_hosts')])];
}

/** The list of worktrees holds the data of the one we are in, whose own settings are fixed one by one. */
function isWorktreeOf(path: string, git: readonly { own: string; common: string }[]): boolean {
  return git.some(({ own, common }) => own !== common && path === join(common, 'worktrees'));
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}
