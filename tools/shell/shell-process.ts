import { type ChildProcess, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { Socket } from 'node:net';
import type { EarlyStart, WrappedCommand } from '../../src/core/wrapped-command.ts';
import { markName } from './command-environment.ts';

/** All that a shell's process is made of, but for its mark and the command. */
export type ShellPlan = Pick<WrappedCommand, 'file' | 'args' | 'reporting' | 'early'> & {
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
export function startShell(plan: ShellPlan, mark: string): ChildProcess {
  const { args, reporting, waits } = plan;
  return start(plan, reporting ?? args, mark, [waits ? 'pipe' : 'ignore', ...(reporting ? (['pipe'] as const) : [])]);
}

/**
 * Starts the process of a shell that will wait, but no sandbox yet: it is given what that holds by `makeSandbox`. Commands that run now may
 * move the working folder, so it is in none.
 */
export function startEarly(plan: ShellPlan, { args }: EarlyStart, mark: string): ChildProcess {
  return start({ ...plan, cwd: '/' }, args, mark, ['pipe', 'pipe', 'pipe']);
}

/** Gives one that was started early what its sandbox holds: it is made now. Until all of it is read nothing runs. */
export function makeSandbox(child: ChildProcess, { later }: EarlyStart, cwd: string): void {
  const pipe = child.stdio.at(5);
  if (pipe instanceof Socket) pipe.end([...later, '--chdir', realOf(cwd)].map((word) => `${word}\0`).join(''));
}

/** A folder that is gone stays as it is named: the shell ends, and the next command says so. */
function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function start(
  { file, cwd, environment }: ShellPlan,
  args: readonly string[],
  mark: string,
  more: readonly ('pipe' | 'ignore')[],
): ChildProcess {
  const child = spawn(file, args, {
    cwd,
    env: { ...environment, [markName]: mark },
    stdio: ['ignore', 'pipe', 'pipe', ...more],
    detached: true,
  });
  child.on('error', () => {});
  // It may end before it has read its command.
  for (const pipe of child.stdio.slice(3)) pipe?.on('error', () => {});
  return child;
}

/** Gives a shell that waits its command, in bytes of UTF-8 without a zero. */
export function giveCommand(child: ChildProcess, line: string): void {
  const pipe = child.stdio[3];
  if (pipe instanceof Socket) pipe.end(`${line}\0`);
}

/** Ends one that waits; resolves when it has ended. It is not killed: bubblewrap killed in the middle of its start waits for ever. */
export function endWaiting(child: ChildProcess): Promise<void> {
  for (const pipe of child.stdio.slice(3)) pipe?.destroy();
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
