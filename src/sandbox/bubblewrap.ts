import { existsSync } from 'node:fs';
import type { ApprovedMounts } from './approved-mounts.ts';

/** How much of bubblewrap works here: inside containers a new /proc, or new name spaces, may be refused. */
export type BubblewrapForm = { readonly freshProc: boolean };

/**
 * The arguments of bwrap that put a command into the sandbox. A later mount covers an earlier one, so they go from the outer folder to
 * the inner one: the narrower rule decides.
 */
export function bubblewrapArguments(
  places: ApprovedMounts,
  network: boolean,
  form: BubblewrapForm,
  isRoot: boolean,
): string[] {
  const { sockets = [] } = places;
  const mounts = [
    ...places.hiddenFolders.map((path) => ['--tmpfs', path]),
    ...places.writable.map((path) => ['--bind', path, path]),
    ...[...places.readable, ...places.fixed].map((path) => ['--ro-bind', path, path]),
    ...places.hiddenFiles.filter((path) => !sockets.includes(path)).map((path) => ['--ro-bind', '/dev/null', path]),
    // A socket behind a read-only mount is connected to all the same.
    ...sockets.map((path) => ['--ro-bind', path, path]),
  ];
  return [
    ...['--ro-bind', '/', '/', '--dev', '/dev', ...withoutSockets()],
    ...(form.freshProc ? ['--unshare-pid', '--proc', '/proc'] : ['--ro-bind', '/proc', '/proc']),
    ...mounts.sort((left, right) => left.at(-1)!.length - right.at(-1)!.length).flat(),
    ...(network ? [] : ['--unshare-net']),
    // Without --die-with-parent: what a command leaves running lives on until the session ends it, as it does without a sandbox.
    ...['--unshare-ipc', '--new-session'],
    ...(isRoot
      ? ['--cap-drop', 'ALL', ...['CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_CHOWN'].flatMap((name) => ['--cap-add', name])]
      : []),
  ];
}

/** /run holds the sockets of services (containers, the desktop's bus), which act outside; names and programs in it stay. */
function withoutSockets(): string[] {
  if (!existsSync('/run')) return [];
  const kept = [
    '/run/systemd/resolve',
    '/run/resolvconf',
    '/run/NetworkManager/resolv.conf',
    '/run/current-system',
    '/run/opengl-driver',
  ];
  return ['--tmpfs', '/run', ...kept.filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path])];
}
