import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, realpathSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** The same of one that says first, on descriptor 5, that it waits: its sandbox is made then. */
export function announcingLine(bash: string): string {
  return `printf . >&5; exec 5>&-; ${waitingLine(bash)}`;
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
  return start(plan, reporting ?? args, mark, [waits ? 'pipe' : 'ignore', ...(reporting ? (['report'] as const) : [])]);
}

/** Starts one of an `announcingLine`. */
export function startAnnouncing(plan: ShellPlan, mark: string): ChildProcess {
  const { args, reporting } = plan;
  return start(plan, reporting ?? args, mark, ['pipe', reporting ? 'report' : 'ignore', 'pipe']);
}

/** Resolves when it waits, to the number of its process that does so (Linux); to undefined when it has ended before, or nobody waits for it any more. */
export async function whenWaiting(child: ChildProcess, signal: AbortSignal): Promise<number | undefined> {
  const pipe = child.stdio.at(5);
  if (!(pipe instanceof Socket)) return undefined;
  const isThere = await new Promise<boolean>((resolve) => {
    pipe.once('data', () => resolve(true));
    pipe.once('close', () => resolve(false));
    signal.addEventListener('abort', () => resolve(false), { once: true });
    if (signal.aborted) resolve(false);
  });
  return isThere && child.pid !== undefined ? lastOf(child.pid) : undefined;
}

/** The last in the row of a sandbox's processes, each started by the one before; undefined where the system doesn't tell. */
export function lastOf(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    const [first] = children === '' ? [] : children.split(' ');
    return first === undefined ? pid : lastOf(Number(first));
  } catch {
    return undefined;
  }
}

/**
 * Starts the process of a shell that will wait, but no sandbox yet: it is given what that holds by `makeSandbox`. Commands that run now may
 * move the working folder, so it is in none.
 */
export function startEarly(plan: ShellPlan, { args }: EarlyStart, mark: string): ChildProcess {
  return start({ ...plan, cwd: '/' }, args, mark, ['pipe', 'report', 'pipe']);
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
  more: readonly ('pipe' | 'ignore' | 'report')[],
): ChildProcess {
  const report = more.includes('report') ? openReport() : undefined;
  const child = spawn(file, args, {
    cwd,
    env: { ...environment, [markName]: mark },
    stdio: ['ignore', 'pipe', 'pipe', ...more.map((each) => (each === 'report' ? report : each))],
    detached: true,
  });
  if (report !== undefined) keepReport(child, report);
  child.on('error', () => {});
  // It may end before it has read its command.
  for (const pipe of child.stdio.slice(3)) pipe?.on('error', () => {});
  return child;
}

/**
 * A file that has no name any more. Not a pipe: bubblewrap, which writes its report before it lets its other half go on, would be ended
 * by one that nobody reads any more, and that half would wait for ever.
 */
function openReport(): number {
  const path = join(tmpdir(), `wink-report-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

/** What a process that has ended reported. */
const reports = new WeakMap<ChildProcess, string>();

function keepReport(child: ChildProcess, file: number): void {
  const read = () => {
    if (reports.has(child)) return;
    const buffer = Buffer.alloc(1_000);
    reports.set(child, buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0)));
    closeSync(file);
  };
  child.once('exit', read);
  child.once('error', read);
}

/** The process that a sandbox says all of a command's own descend from, once that has ended; undefined when it said nothing. */
export function firstProcessOf(child: ChildProcess): number | undefined {
  const pid = Number(/"child-pid": *(\d+)/.exec(reports.get(child) ?? '')?.[1]);
  return Number.isSafeInteger(pid) ? pid : undefined;
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

/** Kills one that did not end, with its other half, and waits for it no longer. */
export function abandon(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
  keepAlive(child, false);
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
