import { spawn } from 'node:child_process';
import { spareAtEnd } from '../../src/core/process/end-in-time.ts';
import { ownProgram } from '../../src/core/process/find-program.ts';
import { markName } from './command-environment.ts';

/** A small process that outlives us and ends our commands when we are gone, however we went (kill -9, a crash). */
export type Watchdog = {
  /** From now on the process group is ended with us. */
  readonly guard: (group: number) => void;
  /** The group has ended by itself; its number may be another's from now on. */
  readonly release: (group: number) => void;
  readonly stop: () => void;
};

/**
 * Reads `+GROUP` and `-GROUP` until we close its input or die, then ends what is left of those groups: on Linux whatever carries the mark and
 * the groups that have such a member (another's group may have got the number of one that is over), elsewhere the groups.
 */
const script = `
groups=
while read -r line; do
  group=\${line#?}
  case "$line" in
    stop) exit 0 ;;
    +*) groups="$groups $group" ;;
    -*) kept=
      for other in $groups; do [ "$other" = "$group" ] || kept="$kept $other"; done
      groups=$kept ;;
  esac
done
if [ ! -r /proc/self/environ ]; then
  for group in $groups; do kill -KILL -- "-$group" 2>/dev/null; done
fi
for round in 1 2 3; do
  for file in $(grep -lsa "${markName}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    folder=\${file%/environ}
    read -r stat < "$folder/stat" || continue
    set -- "$1" \${stat##*) }
    case " $groups " in *" $4 "*) kill -KILL -- "-$4" 2>/dev/null ;; esac
    kill -KILL "\${folder#/proc/}" 2>/dev/null
  done
done
exit 0`;

/** Starts the watchdog of a session; it costs one idle shell. */
export function startWatchdog(markPrefix: string): Watchdog {
  const { file, env } = ownProgram('sh', process.env);
  const child = spawn(file, ['-c', script, 'wink-watchdog', markPrefix], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env,
  });
  const { stdin } = child;
  // Without it (no sh, too many processes) commands work all the same; they are then ended by closeWorkspace only.
  child.on('error', () => {});
  stdin.on('error', () => {});
  child.unref();
  spareAtEnd(child);
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return {
    guard: (group) => void stdin.write(`+${group}\n`),
    release: (group) => void stdin.write(`-${group}\n`),
    stop: () => void stdin.end('stop\n'),
  };
}
