import { readFileSync } from 'node:fs';

type MountedPlace = { readonly path: string; readonly device: string; readonly root: string; readonly type: string };

/**
 * Whether what is mounted for a process that waits in its sandbox is what the arguments of bwrap say. While a sandbox is made, a command that was
 * allowed may put a link in the place of a folder: then another folder is mounted, or in another place. `roots`: the workspace, real paths. Costs a
 * look at two files of the kernel's. False also where the process has ended.
 */
export function isMountedAsSaid(pid: number, bwrap: readonly string[], roots: readonly string[]): boolean {
  try {
    return areMountsAsSaid(read(pid), read('self'), bwrap, roots);
  } catch {
    return false;
  }
}

/** What the arguments of bwrap cover in the workspace. */
export function coveredPlaces(bwrap: readonly string[], roots: readonly string[]): string[] {
  const covered = [...readArguments(bwrap)].filter(([, from]) => from === 'empty' || from === '/dev/null');
  return covered.map(([path]) => path).filter((path) => roots.some((root) => isWithin(path, root)));
}

/** What is to be known of a command that is held by these arguments. */
export function describeHold(bwrap: readonly string[], roots: readonly string[]) {
  const isMadeAsSaid = (pid: number) => isMountedAsSaid(pid, bwrap, roots);
  return { isMadeAsSaid, covers: coveredPlaces(bwrap, roots) };
}

/** The same by the texts of `/proc/PID/mountinfo`, in the sandbox (`inside`) and outside of it. */
export function areMountsAsSaid(
  inside: string,
  outside: string,
  bwrap: readonly string[],
  roots: readonly string[],
): boolean {
  const mounted = readMounts(inside);
  const own = readMounts(outside);
  const said = readArguments(bwrap);
  const isInRoots = (path: string) => roots.some((root) => isWithin(path, root));
  const isExpected = ({ path, device, root, type }: MountedPlace) => {
    const from = said.get(path);
    if (from === 'empty') return type === 'tmpfs' && root === '/';
    if (from !== undefined) {
      const place = placeOf(from, own);
      return !isInRoots(path) || (place?.device === device && place.root === root);
    }
    // A folder brings with it what is mounted in it outside as well; devices lie in a folder of their own.
    const isBrought = own.some((each) => each.path === path && each.device === device && each.root === root);
    return isBrought || (!isInRoots(path) && kernels.test(path));
  };
  // What is mounted later covers what was mounted there before, and below it.
  const isCovered = ({ path }: MountedPlace, at: number) =>
    mounted.some((later, order) => order > at && (later.path === path || isHiding(later, path)));
  const isHiding = ({ path }: MountedPlace, covered: string) => said.get(path) === 'empty' && isWithin(covered, path);
  const last = mounted.filter((each, at) => !isCovered(each, at));
  const isMissing = (path: string) => isInRoots(path) && !last.some((each) => each.path === path);
  return last.every((each) => each.path === '/' || isExpected(each)) && ![...said.keys()].some(isMissing);
}

/** Made by the sandbox itself. */
const kernels = /^\/(dev|proc)(\/|$)/;

/** Where each place of a sandbox comes from. */
function readArguments(bwrap: readonly string[]): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (let at = 0; at < bwrap.length; at += 1) {
    const [name = '', first = '', second = ''] = bwrap.slice(at, at + 3);
    if (name === '--bind' || name === '--ro-bind') said.set(second, first);
    if (name === '--tmpfs') said.set(first, 'empty');
    at += /^--(bind|ro-bind|symlink)$/.test(name)
      ? 2
      : /^--(tmpfs|size|dir|dev|proc|remount-ro|cap-\w+)$/.test(name)
        ? 1
        : 0;
  }
  return said;
}

/** On which device a path lies, and where there. */
function placeOf(path: string, own: readonly MountedPlace[]): Pick<MountedPlace, 'device' | 'root'> | undefined {
  const mount = own.findLast((each) => each.path === longest(path, own));
  if (mount === undefined) return undefined;
  const rest = path.slice(mount.path === '/' ? 0 : mount.path.length);
  return { device: mount.device, root: `${mount.root === '/' ? '' : mount.root}${rest}` || '/' };
}

function longest(path: string, own: readonly MountedPlace[]): string {
  return own
    .map((each) => each.path)
    .filter((each) => isWithin(path, each))
    .reduce((best, each) => (each.length > best.length ? each : best), '');
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function read(pid: number | 'self'): string {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
}

function readMounts(text: string): MountedPlace[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, , device = '', root = '', path = '', ...rest] = line.split(' ');
      return { device, root: readEscapes(root), path: readEscapes(path), type: rest[rest.indexOf('-') + 1] ?? '' };
    });
}

/** The kernel writes spaces and the like as `\040`. */
function readEscapes(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
