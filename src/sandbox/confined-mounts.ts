import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { looksSecret } from '../core/disk/secret-paths.ts';
import { setAsideFolder } from '../core/disk/set-aside-folder.ts';
import { findHomeSecrets, namesIn } from '../core/hidden/home-secrets.ts';
import type { Confinement } from '../core/tool.ts';
import type { SandboxSettings } from './approved-mounts.ts';
import { createEtcCopy } from './etc-copy.ts';
import { findGitFolder, gitSettings } from './git-folder.ts';
import type { Marks } from './marks/marks.ts';
import { findToolchains, type Mount } from './toolchains.ts';

/** What of a session's sandbox never changes, found once. */
export type ConfinedBase = {
  readonly roots: readonly string[];
  readonly readable: readonly string[];
  /** Opened to reading by a rule. */
  readonly allowed: readonly string[];
  readonly home: string;
  /** Programs and libraries of the system, and of the home folder, which are mounted after it. */
  readonly system: () => readonly Mount[];
  readonly atHome: readonly Mount[];
  /** What of these looks like it holds secrets. */
  readonly masked: readonly string[];
  /** The folder that stands for /tmp. */
  readonly temporary: () => string;
  readonly isRoot: boolean;
};

const temporaryBytes = String(1024 ** 3);
const sharedBytes = String(256 * 1024 ** 2);

/** Finds what stays the same for all confined commands of a session. Writes nothing until `system` is called. */
export function prepareConfined(settings: SandboxSettings, temporary: () => string): ConfinedBase {
  const real = (paths: readonly string[]) => [...new Set(paths.filter(existsSync).map((path) => realpathSync(path)))];
  const roots = real(settings.roots);
  const home = existsSync(settings.home) ? realpathSync(settings.home) : settings.home;
  const toolchains = outermost(findToolchains(settings.home, process.env.PATH ?? '', roots));
  const isInsideHome = ({ path }: Mount) => path.startsWith(`${home}/`) || path.startsWith('/tmp/');
  const isInEtc = ({ path }: Mount) => path.startsWith('/etc/');
  const elsewhere = toolchains.filter((mount) => !isInsideHome(mount) && !isInEtc(mount));
  const etc = createEtcCopy(toolchains.filter(isInEtc), settings.etcCopies);
  const atHome = toolchains.filter(isInsideHome);
  return {
    roots,
    atHome,
    masked: findSecretsIn(atHome, settings.home),
    allowed: real(settings.walls?.allowedPlaces ?? []).filter((path) => path !== '/'),
    readable: real(settings.readable ?? []),
    home,
    system: () => [...elsewhere, ...etc()],
    temporary,
    isRoot: process.getuid?.() === 0,
  };
}

/**
 * The arguments of bwrap that hold a confined command: name spaces of its own (so no network, no other process, no socket without a
 * path), and a file system that begins empty and gets only programs, the workspace and a temporary folder. Later mounts cover earlier
 * ones, so marks come last.
 */
export function confinedArguments(base: ConfinedBase, marks: Marks, confinement: Confinement): string[] {
  const isWriting = confinement !== 'read-only';
  return [
    ...[
      '--unshare-pid',
      '--unshare-net',
      '--unshare-ipc',
      '--unshare-uts',
      '--unshare-cgroup-try',
      '--die-with-parent',
      '--new-session',
    ],
    ...(base.isRoot ? rootRights(isWriting) : ['--unshare-user-try']),
    ...base.system().flatMap(mount),
    ...[
      '--dev',
      '/dev',
      '--size',
      sharedBytes,
      '--tmpfs',
      '/dev/shm',
      '--remount-ro',
      '/dev',
      '--proc',
      '/proc',
      '--dir',
      '/run',
      '--dir',
      base.home,
    ],
    ...(isWriting ? ['--bind', base.temporary(), '/tmp'] : ['--size', temporaryBytes, '--tmpfs', '/tmp']),
    ...base.atHome.flatMap(mount),
    ...base.masked.flatMap(hide),
    ...base.allowed.flatMap((path) => ['--ro-bind', path, path]),
    ...base.roots.flatMap((root) => [isWriting ? '--bind' : '--ro-bind', root, root]),
    ...(isWriting ? base.roots.flatMap((root) => gitMounts(root, confinement)) : base.roots.flatMap(gitView)),
    ...(isWriting
      ? marks.fixed
          .filter((path) => !base.roots.some((root) => path === join(root, '.git')))
          .flatMap((path) => ['--ro-bind', path, path])
      : []),
    ...marks.hidden.flatMap((path) => hide(path)),
    ...base.readable.flatMap((path) => ['--ro-bind', path, path]),
    ...base.readable.map(setAsideFolder).filter(existsSync).flatMap(hide),
    ...['--remount-ro', '/'],
  ];
}

/** Secrets that are known by their place, or by their name at the top of a folder. */
function findSecretsIn(mounts: readonly Mount[], home: string): string[] {
  const known = findHomeSecrets(home);
  return mounts.flatMap(({ path }) => {
    const named = namesIn(path).map((name) => join(path, name));
    const inside = known.filter((secret) => secret.startsWith(`${path}/`) && existsSync(secret));
    return [...new Set([...named.filter(looksSecret), ...inside])];
  });
}

/** What lies in a folder that is mounted as it is comes with it. */
function outermost(mounts: readonly Mount[]): Mount[] {
  const whole = mounts.filter(({ path, from, isLink }) => !isLink && path === from);
  return mounts.filter(
    ({ path, from }) =>
      path !== from || !whole.some((outer) => outer.path !== path && path.startsWith(`${outer.path}/`)),
  );
}

function mount({ path, from, isLink }: Mount): string[] {
  return isLink ? ['--symlink', from, path] : ['--ro-bind', from, path];
}

/** Root keeps the right to files of others that it has outside, and no other. */
function rootRights(isWriting: boolean): string[] {
  const kept = isWriting ? ['CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_CHOWN'] : ['CAP_DAC_OVERRIDE'];
  return ['--cap-drop', 'ALL', ...kept.flatMap((name) => ['--cap-add', name])];
}

/** A linked worktree's data lie outside; to look at them is to read the repository. */
function gitView(root: string): string[] {
  const git = findGitFolder(root);
  return git && !git.common.startsWith(`${root}/`) ? ['--ro-bind', git.common, git.common] : [];
}

/** The repository's own folder is a mount of its own, so that it can't be put aside; only plain git commands write in it, and not in its settings. */
function gitMounts(root: string, confinement: Confinement): string[] {
  const git = findGitFolder(root);
  if (!git) return existsSync(join(root, '.git')) ? ['--ro-bind', join(root, '.git'), join(root, '.git')] : [];
  const { own, common } = git;
  const link = own === common ? [] : ['--ro-bind', join(root, '.git'), join(root, '.git')];
  if (confinement !== 'repository') return [...link, '--ro-bind', common, common];
  const settings = gitSettings.map((name) => join(common, name)).filter((path) => existsSync(path));
  return [
    ...link,
    ...withoutBareRepositories(process.env),
    ...['--bind', common, common],
    ...settings.flatMap((path) => ['--ro-bind', path, path]),
    ...(own === common ? [] : ['--bind', own, own]),
    ...['commondir', 'gitdir', 'config.worktree']
      .map((name) => join(own, name))
      .filter((path) => own !== common && existsSync(path))
      .flatMap((path) => ['--ro-bind', path, path]),
  ];
}

/** Git takes no folder of the workspace for a repository only because it holds the files of one: its settings and hooks would run next to the open `.git`. */
function withoutBareRepositories({ GIT_CONFIG_COUNT: before = '0' }: NodeJS.ProcessEnv): string[] {
  const set = {
    COUNT: String(Number(before) + 1),
    [`KEY_${before}`]: 'safe.bareRepository',
    [`VALUE_${before}`]: 'explicit',
  };
  return Object.entries(set).flatMap(([name, value]) => ['--setenv', `GIT_CONFIG_${name}`, value]);
}

export function hide(path: string): string[] {
  return isFolder(path) ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path];
}

/** Also one that may not be searched. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
