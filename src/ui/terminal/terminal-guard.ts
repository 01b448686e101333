import { spawn } from 'node:child_process';

/**
 * A shell that outlives us by a moment: it notes the terminal's settings at the start and waits for a line on its pipe. When the
 * pipe closes without one we were killed (SIGKILL, out of memory), and it puts the settings and modes back as they were. It may be
 * in the background by then, hence no stop for writing to the terminal.
 */
const script = `trap '' TTOU TSTP INT HUP
saved=$(stty -g </dev/tty 2>/dev/null) || exit 0
case $(stty -a </dev/tty 2>/dev/null) in *-icanon*) saved=sane ;; esac
echo ready
if read -r line; then exit 0; fi
stty "$saved" </dev/tty 2>/dev/null
printf '\\033[?1049l\\033[<u\\033[?1004l\\033[?2004l\\033[?2026l\\033[?25h\\033[0m\\r\\n' >/dev/tty`;

export type TerminalGuard = {
  /** Calls `then` once the settings are noted and the terminal may be changed; never, when there is no shell or it has ended. */
  readonly whenReady: (then: () => void) => void;
  /** The terminal was given back in the ordinary way. */
  readonly end: () => void;
};

/** Starts the guard; without a shell there isn't one, and nothing waits for it. */
export function startTerminalGuard(): TerminalGuard {
  if (process.platform === 'win32') return { whenReady: (then) => then(), end: () => undefined };
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  let hasEnded = false;
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    whenReady: (then) => {
      child.stdout.once('data', () => {
        child.stdout.destroy();
        if (!hasEnded) then();
      });
    },
    end: () => {
      hasEnded = true;
      child.stdin.end('done\n');
      child.stdout.destroy();
    },
  };
}
