import { spawn } from 'node:child_process';

export type ShellEnd = { readonly output: string; readonly exitCode: number | null; readonly ms: number };

/** Characters of output that are kept: the head is dropped above that. */
const kept = 200_000;

/** Runs the user's own command in their shell, without a terminal; `kill` ends it and its children. */
export function runShell(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  onOutput: (output: string) => void,
): { readonly end: Promise<ShellEnd>; readonly kill: () => void } {
  const startedAt = performance.now();
  const child = spawn(env.SHELL || '/bin/sh', ['-c', command], {
    cwd,
    env: { ...env, GIT_PAGER: 'cat', PAGER: 'cat' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const take = (chunk: string) => {
    output = (output + chunk).slice(-kept);
    onOutput(output);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  const end = new Promise<ShellEnd>((resolve) => {
    const finish = (exitCode: number | null) =>
      resolve({ output, exitCode, ms: Math.round(performance.now() - startedAt) });
    child.on('error', (error) => {
      take(`${error.message}\n`);
      finish(127);
    });
    child.on('close', finish);
  });
  return { end, kill: () => killGroup(child.pid) };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
