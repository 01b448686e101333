import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { withoutKeys } from '../../core/process/child-environment.ts';
import { isProcessAlive } from '../../core/process/platform.ts';
import { createStreamDecoder } from '../../core/text/decode.ts';

/** `isStopped`: by `kill`, with all that it started. `leavesProcess`: the shell has ended, and a process that it started still runs. */
export type ShellEnd = {
  readonly output: string;
  readonly exitCode: number | null;
  readonly ms: number;
  readonly isStopped: boolean;
  readonly leavesProcess: boolean;
};

/** How long output may still come after the shell has ended while a process it left holds its pipes open. */
const drainMs = 150;

/** Characters of output that are kept: the head is dropped above that. */
const kept = 200_000;

/**
 * Runs the user's own command in their shell, without a terminal; `kill` ends it and its children. It is over when the shell has ended:
 * what that left running in the background is the user's, goes on, and is no longer ended by `kill`.
 */
export function runShell(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  onOutput: (output: string) => void,
): { readonly end: Promise<ShellEnd>; readonly kill: () => void } {
  const startedAt = performance.now();
  const child = spawn(env.SHELL || '/bin/sh', ['-c', command], {
    cwd,
    env: { ...withoutKeys(env), GIT_PAGER: 'cat', PAGER: 'cat' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let isOver = false;
  let isStopped = false;
  // Also afterwards what comes is read, and dropped: a process that goes on would be stopped by a pipe that nobody reads.
  const take = (text: string) => {
    if (isOver) return;
    output = (output + text).slice(-kept);
    onOutput(output);
  };
  for (const stream of [child.stdout, child.stderr]) {
    const decode = createStreamDecoder();
    stream.on('data', (chunk: Buffer) => take(decode(chunk)));
  }
  const end = new Promise<ShellEnd>((resolve) => {
    const finish = (exitCode: number | null) => {
      if (isOver) return;
      isOver = true;
      resolve({
        output,
        exitCode,
        ms: Math.round(performance.now() - startedAt),
        isStopped,
        // What was killed may be counted until somebody has taken note of its end.
        leavesProcess: !isStopped && hasMembers(child.pid),
      });
    };
    child.on('error', (error) => {
      take(`${existsSync(cwd) ? error.message : `The folder ${cwd} no longer exists.`}\n`);
      finish(127);
    });
    child.on('close', finish);
    child.on('exit', (exitCode) => {
      setTimeout(finish, drainMs, exitCode);
      // They do not keep the program from ending.
      for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
    });
  });
  const kill = () => {
    if (isOver) return;
    isStopped = true;
    killGroup(child.pid);
  };
  return { end, kill };
}

function hasMembers(group: number | undefined): boolean {
  return group !== undefined && isProcessAlive(-group);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
