import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { WrappedCommand } from '../../src/core/tool.ts';
import { markName } from './command-environment.ts';

/** All that a shell's process is made of, but for its mark and the command. */
export type ShellPlan = Pick<WrappedCommand, 'file' | 'args' | 'reporting'> & {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** It waits for its command on descriptor 3, as `waitingLine` does. */
  readonly waits: boolean;
};

/**
 * The line of a bash that waits for its command on descriptor 3 and becomes a bash that runs it, with both outputs as one stream. When
 * we are gone it reads the end of the pipe, and ends.
 */
export function waitingLine(bash: string): string {
  return `exec 2>&1; IFS= read -rd '' wink_line <&3 && exec 3<&- ${bash} -c "$wink_line"`;
}

/** Settings that a shell follows when it starts, and so would a shell that becomes another one: twice. */
export function startsAlike({ BASH_ENV, SHELLOPTS, BASHOPTS }: Readonly<Record<string, string>>): boolean {
  return BASH_ENV === undefined && SHELLOPTS === undefined && BASHOPTS === undefined;
}

/**
 * Starts it, marked: own session and process group, nothing on its input. Descriptor 4 says its first process when it is `reporting`.
 * Without a process number it could not be started.
 */
export function startShell({ file, args, reporting, cwd, environment, waits }: ShellPlan, mark: string): ChildProcess {
  const more = reporting ? (['pipe'] as const) : [];
  const child = spawn(file, reporting ?? args, {
    cwd,
    env: { ...environment, [markName]: mark },
    stdio: ['ignore', 'pipe', 'pipe', waits ? 'pipe' : 'ignore', ...more],
    detached: true,
  });
  child.on('error', () => {});
  // It may end before it has read its command.
  child.stdio[3]?.on('error', () => {});
  return child;
}

/** Gives a shell that waits its command, in bytes of UTF-8 without a zero. */
export function giveCommand(child: ChildProcess, line: string): void {
  const pipe = child.stdio[3];
  if (pipe instanceof Socket) pipe.end(`${line}\0`);
}

/** Ends one that waits; resolves when it has ended. It is not killed: bubblewrap killed in the middle of its start waits for ever. */
export function endWaiting(child: ChildProcess): Promise<void> {
  child.stdio[3]?.destroy();
  return new Promise((resolve) => {
    if (hasEnded(child)) resolve();
    else child.once('exit', () => resolve());
  });
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Whether our end waits for it. */
export function keepAlive(child: ChildProcess, isWanted: boolean): void {
  for (const each of [child, ...child.stdio.filter((stream) => stream instanceof Socket)])
    if (isWanted) each.ref();
    else each.unref();
}
