import { spawn } from 'node:child_process';
import { spareAtEnd } from '../../core/process/end-in-time.ts';
import { ownProgram } from '../../core/process/find-program.ts';

/**
 * A shell that outlives us by a moment: it notes the terminal's settings at the start and waits for a line on its pipe. When the
 * pipe closes without one we were killed (SIGKILL, out of memory), and it puts the settings and modes back as they were. It may be
 * in the background by then, hence no stop for writing to the terminal. 1047 leaves the alternate screen, as 1049 does, without moving the
 * cursor where we were not in it: the shell's prompt stands there by now.
 */
const script = `trap '' TTOU TSTP INT HUP
saved=$(stty -g </dev/tty 2>/dev/null) || exit 0
case $(stty -a </dev/tty 2>/dev/null) in *-icanon*) saved=sane ;; esac
echo ready
if read -r line; then exit 0; fi
stty "$saved" </dev/tty 2>/dev/null
printf '\\033[?1047l\\033[<u\\033[?1004l\\033[?2004l\\033[?2026l\\033[?25h\\033[0m\\r\\n' >/dev/tty`;

/** Starts the guard; without a shell there isn't one, and nothing waits for it. */
export function startTerminalGuard() {
  if (process.platform === 'win32') return { ready: Promise.resolve(), end: () => undefined };
  const { file, env } = ownProgram('sh', process.env);
  const child = spawn(file, ['-c', script], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  spareAtEnd(child);
  return {
    /** Resolves once the settings are noted and the terminal may be changed, and when there is no shell to note them. */
    ready: new Promise<void>((resolve) => {
      child.stdout.once('data', () => child.stdout.destroy());
      child.stdout.once('close', () => resolve());
    }),
    /** The terminal was given back in the ordinary way. */
    end: () => {
      child.stdin.end('done\n');
      child.stdout.destroy();
    },
  };
}
