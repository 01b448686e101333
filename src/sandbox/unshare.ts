/**
 * How name spaces are had: by a user name space of our own, or as root without one. `programs`: the full paths of util-linux, and the PATH for the
 * rest of what makes the mounts; the command's own PATH may lead into the workspace.
 */
export type UnshareForm = {
  readonly isRoot: boolean;
  readonly mountPoint: string;
  readonly programs: { readonly unshare: string; readonly setpriv: string; readonly path: string };
};

/**
 * What `bwrap` does with its arguments, done by util-linux' `unshare`, `mount`, `pivot_root` and `setpriv`: the same name spaces and
 * mounts, at some milliseconds a mount. Only the arguments that we use are known; any other throws. `mountPoint` is an empty folder that
 * lies in none of the folders that are mounted. Gives the arguments of `setpriv`.
 */
export function unshareArguments(bwrap: readonly string[], command: readonly string[], form: UnshareForm): string[] {
  const { lines, spaces, isDyingWithParent } = translate(bwrap, form.mountPoint);
  const kept = bwrap.flatMap((word, index) => (bwrap[index - 1] === '--cap-add' ? [word] : []));
  const rights = ['-all', ...(form.isRoot ? kept : []).map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`)];
  const drop = ['--bounding-set', rights.join(','), '--inh-caps', '-all', '--ambient-caps', '-all', '--no-new-privs'];
  const { unshare, setpriv, path } = form.programs;
  const script = [
    `wink_path=$PATH; PATH=${quote(path)}`,
    ...[prelude, ...lines, ...enter(form.mountPoint, bwrap)],
    `PATH=$wink_path; exec ${quote(setpriv)} ${drop.join(' ')} -- "$@"`,
  ];
  return [
    ...(isDyingWithParent ? ['--pdeathsig', 'KILL'] : ['--pdeathsig', 'clear']),
    ...['--', unshare, ...(form.isRoot ? [] : ['--user', '--map-root-user'])],
    ...['--mount', '--pid', '--fork', '--kill-child', ...spaces, '--'],
    ...['/bin/sh', '-c', script.join('\n'), 'sh', ...command],
  ];
}

/** Every step must work, or nothing is run. Flags that a mount brings with it are locked, so a change names them again. */
const prelude = `set -e
here=$PWD
into() { if [ -d "$1" ]; then mkdir -p "$2"; elif [ ! -e "$2" ]; then mkdir -p "\${2%/*}"; : > "$2"; fi; }
change() {
  changed=
  while read -r id parent device root place options rest; do
    case $place in *\\\\*) place=$(printf '%b' "$place") ;; esac
    case $place in "$2"|"$2"/*) ;; *) continue ;; esac
    flags=$1
    for flag in nosuid nodev noexec noatime nodiratime relatime; do
      case ,$options, in *,$flag,*) flags=$flags,$flag ;; esac
    done
    mount -o "remount,bind,$flags" "$place"
    changed=yes
  done < /proc/self/mountinfo
  [ "$changed" = yes ]
}`;

/** The new root becomes the root, and the old one is gone; the command starts in the folder where we are. */
function enter(root: string, bwrap: readonly string[]): string[] {
  const isWhole = startsWhole(bwrap);
  return [
    `cd ${quote(root)}`,
    // The old root is put over the new one, and taken off.
    'pivot_root . .',
    'umount -l .',
    'cd /',
    ...(isWhole ? [] : ['mount -o remount,bind,ro /']),
    'cd "$here"',
  ];
}

/** Whether the new root is the old one, and not an empty folder. */
function startsWhole(bwrap: readonly string[]): boolean {
  return bwrap.some((word, index) => word === '--ro-bind' && bwrap[index + 1] === '/');
}

type Translation = { lines: string[]; spaces: string[]; isDyingWithParent: boolean };

function translate(bwrap: readonly string[], root: string): Translation {
  const made: Translation = { lines: [], spaces: [], isDyingWithParent: false };
  if (!startsWhole(bwrap)) made.lines.push(`mount -t tmpfs -o mode=755 tmpfs ${quote(root)}`);
  let size = '';
  for (let at = 0; at < bwrap.length; ) {
    const [name = '', first = '', second = ''] = bwrap.slice(at, at + 3);
    const place = (path: string) => quote(path === '/' ? root : `${root}${path}`);
    switch (name) {
      case '--unshare-pid':
      case '--new-session':
      case '--unshare-user-try':
        at += 1;
        break;
      case '--unshare-net':
      case '--unshare-ipc':
      case '--unshare-uts':
        made.spaces.push(name.replace('unshare-', ''));
        at += 1;
        break;
      case '--unshare-cgroup-try':
        at += 1;
        break;
      case '--die-with-parent':
        made.isDyingWithParent = true;
        at += 1;
        break;
      case '--size':
        size = `,size=${first}`;
        at += 2;
        break;
      case '--cap-add':
      case '--cap-drop':
        at += 2;
        break;
      case '--tmpfs':
        made.lines.push(
          `mkdir -p ${place(first)}`,
          `mount -t tmpfs -o mode=755,nosuid,nodev${size} tmpfs ${place(first)}`,
        );
        if (first === '/tmp' || first === '/dev/shm') made.lines.push(`chmod 1777 ${place(first)}`);
        size = '';
        at += 2;
        break;
      case '--dir':
        made.lines.push(`mkdir -p ${place(first)}`);
        at += 2;
        break;
      case '--dev':
        made.lines.push(...devices(place(first)));
        at += 2;
        break;
      case '--proc':
        made.lines.push(...processes(place(first)));
        at += 2;
        break;
      case '--remount-ro':
        if (first !== '/') made.lines.push(`change ro ${place(first)}`);
        at += 2;
        break;
      case '--symlink':
        made.lines.push(
          `mkdir -p ${place(second.replace(/\/[^/]*$/, '') || '/')}`,
          `ln -sfn ${quote(first)} ${place(second)}`,
        );
        at += 3;
        break;
      case '--bind':
      case '--ro-bind':
        if (isInside(first, root) && !isCoveredLater(bwrap.slice(at), first, second, root))
          throw new Error(`the mount point ${root} lies in ${first}`);
        made.lines.push(
          `into ${quote(first)} ${place(second)}`,
          `mount --rbind ${quote(first)} ${place(second)}`,
          ...(name === '--bind' ? [] : [`change ro ${place(second)}`]),
        );
        at += 3;
        break;
      default:
        throw new Error(`unshare knows no ${name}`);
    }
  }
  return made;
}

function isInside(folder: string, path: string): boolean {
  return folder !== '/' && `${path}/`.startsWith(`${folder}/`);
}

/** A folder that is mounted with our mount point in it would show all that is mounted there, unless a later mount covers it. */
function isCoveredLater(rest: readonly string[], from: string, place: string, root: string): boolean {
  const covers = rest.flatMap((word, index) => (word === '--tmpfs' ? [rest[index + 1] ?? ''] : []));
  return from === place && covers.some((cover) => isInside(from, cover) && isInside(cover, root));
}

function devices(place: string): string[] {
  return [
    `mkdir -p ${place}`,
    `mount -t tmpfs -o mode=755,nosuid tmpfs ${place}`,
    `for each in null zero full random urandom tty; do : > ${place}/$each; mount --bind /dev/$each ${place}/$each; done`,
    `mkdir ${place}/shm ${place}/pts`,
    `mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts ${place}/pts`,
    `ln -s pts/ptmx ${place}/ptmx; ln -s /proc/self/fd ${place}/fd`,
    `ln -s fd/0 ${place}/stdin; ln -s fd/1 ${place}/stdout; ln -s fd/2 ${place}/stderr`,
  ];
}

/** What steers the kernel stays as it is. */
function processes(place: string): string[] {
  return [
    `mkdir -p ${place}`,
    `mount -t proc -o nosuid,nodev,noexec proc ${place}`,
    `for each in sys sysrq-trigger irq bus; do if [ -e ${place}/$each ]; then mount --bind ${place}/$each ${place}/$each; change ro ${place}/$each; fi; done`,
  ];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
