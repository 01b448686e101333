import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileIdentity } from '../../src/core/disk/file-identity.ts';
import { createRedactor } from '../../src/core/text/redact.ts';
import { type Confinement, ToolError, type Workspace } from '../../src/core/tool.ts';
import type { Tidied, WrappedCommand } from '../../src/core/wrapped-command.ts';
import { drainMs } from '../shared/limits.ts';
import { commandEnvironment } from './command-environment.ts';
import { endDescendants, findDescendants, hasChildren, hasMembers } from './descendants.ts';
import { forgetEnded, isAnyLive, noteLive } from './live-commands.ts';
import { becomeOnlyWriter } from './one-writer.ts';
import { createOutputKeeper, type OutputKeeper } from './output-keeper.ts';
import { withPipeStatus } from './pipe-status.ts';
import {
  announcingLine,
  firstProcessOf,
  giveCommand,
  type ShellPlan,
  startAnnouncing,
  startShell,
  startsAlike,
  waitingLine,
  whenWaiting,
} from './shell-process.ts';
import { isForgotten, noteTidying, type ShellState, shellState } from './shell-state.ts';
import type { MarkedShell } from './waiting-shells.ts';

/** How a command ended: by itself (`code`), or by a signal. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type RunningCommand = {
  readonly output: OutputKeeper;
  /** Resolves shortly after the command itself has ended, even if a process it left behind still holds its output open. */
  readonly ended: Promise<Ending>;
  /** Processes of the command that still run after its end. */
  readonly findLeftovers: () => Promise<number[]>;
  /** All that it started ends with it. */
  readonly endsWhole: boolean;
  /** Resolves once what appeared where nothing may be is set aside, however it ended; undefined where there was nothing. */
  readonly tidied: Promise<Tidied | undefined>;
  /** Ends the command and every process that came of it. */
  readonly end: () => Promise<void>;
  /** Why its output may not be given to the model: what held it did not hold to the end. The output is then gone. */
  readonly broken: () => Promise<string | undefined>;
};

type StartOptions = {
  readonly onChunk: (chunk: Buffer) => void;
  readonly isBackground: boolean;
  readonly confinement: Confinement;
  readonly signal: AbortSignal;
};

/** Shorter ones are not looked at again: whoever waits for a file to be saved takes longer. */
const shortMs = 200;

/**
 * Starts a command in the workspace's folder: own session and process group, nothing on its input, both outputs as one stream, quiet
 * environment, marked so that all its descendants can be found. Throws a ToolError when there is no shell to start it with, or when the
 * session ended while its sandbox was made; throws the signal's reason when that was given up meanwhile.
 */
export async function startCommand(
  workspace: Workspace,
  command: string,
  options: StartOptions,
): Promise<RunningCommand> {
  const isWriter = options.confinement === 'workspace' || options.confinement === 'repository';
  if (!isWriter || options.isBackground) return startBeside(workspace, command, options);
  const onWait = () => options.onChunk(Buffer.from('[waits until the command of another agent has ended]\n'));
  const giveBack = await becomeOnlyWriter(workspace.roots[0] ?? workspace.cwd, options.signal, onWait);
  try {
    const running = await startBeside(workspace, command, options);
    void running.tidied.then(giveBack, giveBack);
    return running;
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function startBeside(
  workspace: Workspace,
  command: string,
  options: StartOptions,
  attempts = 3,
): Promise<RunningCommand> {
  const state = shellState(workspace);
  const { confinement } = options;
  const { command: wrapped, plan, line, held, announcing } = await planCommand(workspace, state, command, options);
  options.signal.throwIfAborted();
  if (isForgotten(workspace, state)) throw new ToolError('aborted', 'The session is ending, so this was not run.');
  const { file, endsWithStarter, tidy } = wrapped;
  const startedMs = performance.now();
  // It comes before the command does: were we killed in between, nobody would end a command that waits for a word of ours.
  const watchdog = endsWithStarter ? undefined : state.watchdog();
  const waiting = plan.waits ? state.waiting.take(confinement, plan, held) : undefined;
  // One that waits was made while nothing ran.
  const isBeside = plan.waits && waiting === undefined && wrapped.isMadeAsSaid !== undefined && isAnyLive();
  const { child, mark } = waiting ?? startNow(isBeside ? { ...plan, ...announcing } : plan, state, isBeside);
  const group = child.pid;
  if (group === undefined) throw new ToolError('failed', `The shell ${file} could not be started.`);
  state.groups.add(group);
  watchdog?.guard(group);
  const output = createOutputKeeper(
    join(workspace.outputFolder, `${mark}.log`),
    options.isBackground,
    workspace.redact ?? createRedactor([]),
  );
  const listen = (chunk: Buffer) => {
    output.push(chunk);
    options.onChunk(chunk);
  };
  const outputs = [child.stdout, child.stderr].filter((stream) => stream !== null);
  for (const stream of outputs) stream.on('data', listen);
  const release = () => {
    if (hasMembers(group)) return;
    state.groups.delete(group);
    watchdog?.release(group);
  };
  const findLeftovers = async () => {
    const first = firstProcessOf(child);
    if (first !== undefined) return hasChildren(first) ? [first] : [];
    // In a sandbox they are in a session, so a group, of their own.
    return hasMembers(group) || file !== findShell() ? await findDescendants({ groups: [group], mark }) : [];
  };
  const prepareNext = async () => {
    await forgetEnded();
    // Its sandbox is made while nothing runs: a command could put other files in the places of those that are to be covered.
    const isWhole = (wrapped.covers ?? []).every((path) => existsSync(path));
    if (plan.waits && isWhole && !isAnyLive() && !isForgotten(workspace, state))
      state.waiting.prepare(confinement, plan, held, state.nextMark);
  };
  const end = async () => {
    await endDescendants({ groups: [group], mark });
    release();
  };
  let isBroken = false;
  const breakOff = async () => {
    isBroken = true;
    await end();
    output.discard();
    watched?.clean();
  };
  const watched = wrapped.watch?.(() => void breakOff());
  let endedMs: number | undefined;
  const whole = waitForEnd(child, outputs);
  noteLive(whole, findLeftovers);
  const ended = whole.then((ending) => {
    endedMs = performance.now();
    watched?.close();
    release();
    // To start a process stops us for some milliseconds.
    workspace.putOff?.set(`shell ${confinement}`, prepareNext);
    return ending;
  });
  const tidied = ended.then(() => tidy?.());
  noteTidying(state, tidied);
  const fault = isBeside ? await findFault(child, wrapped, options.signal) : undefined;
  if (fault !== undefined) {
    await end();
    await tidied;
    options.signal.throwIfAborted();
    if (fault === 'late' || attempts === 1) throw new ToolError('sandboxed', faults[fault]);
    return startBeside(workspace, command, options, attempts - 1);
  }
  if (plan.waits) giveCommand(child, line);
  setImmediate(() => {
    if (plan.waits && !isForgotten(workspace, state)) state.waiting.startAhead(plan, state.nextMark);
  });
  return {
    output,
    ended,
    tidied,
    endsWhole: endsWithStarter ?? false,
    findLeftovers,
    end,
    broken: async () => {
      const isShort = endedMs !== undefined && endedMs - startedMs < shortMs;
      const words = isShort && !isBroken ? undefined : await watched?.check();
      if (words !== undefined) await breakOff();
      return words;
    },
  };
}

/**
 * What runs beside it may exchange folders while its sandbox is made; where that can't be told, as when it has ended, nothing is wrong. One that
 * does not wait for its command after ten seconds is late.
 */
async function findFault(
  child: ChildProcess,
  { isMadeAsSaid }: WrappedCommand,
  signal: AbortSignal,
): Promise<keyof typeof faults | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), waitingMs);
  const pid = await whenWaiting(child, AbortSignal.any([signal, late.signal]));
  clearTimeout(timer);
  if (pid === undefined) return late.signal.aborted || signal.aborted ? 'late' : undefined;
  return isMadeAsSaid?.(pid) === false ? 'exchanged' : undefined;
}

const waitingMs = 10_000;

/** Why a command was not given to its shell. */
const faults = {
  exchanged:
    'This was not run, because another command exchanged files or folders of the workspace each time while the sandbox was made, so that other places would have been seen in it. Call it again, or end that command first.',
  late: 'This was not run, because its sandbox was not ready within ten seconds. Call it again.',
};

type PlannedCommand = {
  readonly command: WrappedCommand;
  readonly plan: ShellPlan;
  /** What is different of a plan whose shell says when it waits. */
  readonly announcing: Pick<ShellPlan, 'args' | 'reporting'>;
  /** What a shell that waits is given. */
  readonly line: string;
  /** What the plan does not say of the sandbox and the folder. */
  readonly held: string;
};

/** How a command is started. A bash is given it when it waits already; another shell has it in its arguments. */
async function planCommand(
  workspace: Workspace,
  { hiddenVariables }: ShellState,
  command: string,
  { isBackground, confinement }: { isBackground: boolean; confinement: Confinement },
): Promise<PlannedCommand> {
  const { cwd } = workspace;
  if (!existsSync(cwd))
    throw new ToolError('failed', `The working folder ${cwd} no longer exists, so no command can run in it.`);
  const shellFile = findShell();
  const environment = commandEnvironment(process.env, hiddenVariables, confinement);
  const line = isBackground ? command : withPipeStatus(command, shellFile);
  const waits = /\/bash$/.test(shellFile) && startsAlike(environment) && canBeRead(line);
  const given = waits ? waitingLine(shellFile) : `exec 2>&1; ${line}`;
  const plain = { file: shellFile, args: ['-c', given] };
  const wrapped: WrappedCommand = (await workspace.wrapCommand?.(plain.file, plain.args, confinement)) ?? plain;
  const { file, args, reporting, early } = wrapped;
  const plan = { file, args, ...(reporting && { reporting }), ...(early && { early }), cwd, environment, waits };
  const announce = (words: readonly string[]) =>
    words.map((word) => word.replace(given, () => announcingLine(shellFile)));
  const announcing = { args: announce(args), ...(reporting && { reporting: announce(reporting) }) };
  return { command: wrapped, plan, announcing, line, held: [fileIdentity(cwd), wrapped.state].join('\n') };
}

/** A bash reads a pipe byte by byte, up to a zero: longer lines are quicker in arguments, but beside other commands one has to wait. */
function canBeRead(line: string): boolean {
  return (line.length < 4_000 || isAnyLive()) && !line.includes('\0');
}

function startNow(plan: ShellPlan, state: ShellState, announces: boolean): MarkedShell {
  const mark = state.nextMark();
  return { child: announces ? startAnnouncing(plan, mark) : startShell(plan, mark), mark };
}

type Child = {
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
};

/**
 * Waits for the command's own end, then for the rest of its output: to its close, or a moment if someone else keeps it open (two more
 * rounds of the event loop after the time is over read what a pipe can hold, also when we were busy).
 */
async function waitForEnd(child: Child, streams: readonly Readable[]): Promise<Ending> {
  const open = streams.filter((stream) => !stream.closed);
  const closed = Promise.all(
    open.map((stream) => new Promise<void>((resolve) => stream.once('close', () => resolve()))),
  );
  const ending = await new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => setImmediate(() => setImmediate(resolve)), drainMs);
  });
  await Promise.race([closed, patience]);
  clearTimeout(timer);
  for (const stream of streams) if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  return ending;
}

let shell: string | undefined;

/** bash where there is one, else sh. */
function findShell(): string {
  shell ??=
    [
      '/bin/bash',
      '/usr/bin/bash',
      '/usr/local/bin/bash',
      '/run/current-system/sw/bin/bash',
      '/opt/homebrew/bin/bash',
    ].find(existsSync) ?? '/bin/sh';
  return shell;
}
