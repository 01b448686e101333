import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createRedactor } from '../../src/core/text/redact.ts';
import { type Confinement, ToolError, type Workspace, type WrappedCommand } from '../../src/core/tool.ts';
import { drainMs } from '../shared/limits.ts';
import { commandEnvironment } from './command-environment.ts';
import { endDescendants, findDescendants, hasChildren, hasMembers } from './descendants.ts';
import { createOutputKeeper, type OutputKeeper } from './output-keeper.ts';
import { withPipeStatus } from './pipe-status.ts';
import { isForgotten, noteTidying, shellState } from './shell-state.ts';

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
  /** Resolves once what it left where nothing may be is taken away, however it ended; words for the model when there was something. */
  readonly tidied: Promise<string | undefined>;
  /** Ends the command and every process that came of it. */
  readonly end: () => Promise<void>;
};

/**
 * Starts a command in the workspace's folder: own session and process group, nothing on its input, both outputs as one stream, quiet
 * environment, marked so that all its descendants can be found. Throws a ToolError when there is no shell to start it with, or when the
 * session ended while its sandbox was made; throws the signal's reason when that was given up meanwhile.
 */
export async function startCommand(
  workspace: Workspace,
  command: string,
  options: { onChunk: (chunk: Buffer) => void; isBackground: boolean; confinement: Confinement; signal: AbortSignal },
): Promise<RunningCommand> {
  const state = shellState(workspace);
  const { execa } = await import('execa');
  state.commands += 1;
  const mark = `${state.markPrefix}${state.commands}`;
  const output = createOutputKeeper(
    join(workspace.outputFolder, `${mark}.log`),
    options.isBackground,
    workspace.redact ?? createRedactor([]),
  );
  if (!existsSync(workspace.cwd))
    throw new ToolError('failed', `The working folder ${workspace.cwd} no longer exists, so no command can run in it.`);
  const { confinement } = options;
  const shellFile = findShell();
  const line = options.isBackground ? command : withPipeStatus(command, shellFile);
  const plain: WrappedCommand = { file: shellFile, args: ['-c', `exec 2>&1; ${line}`] };
  const wrapped = (await workspace.wrapCommand?.(plain.file, plain.args, confinement)) ?? plain;
  options.signal.throwIfAborted();
  if (isForgotten(workspace, state)) throw new ToolError('aborted', 'The session is ending, so this was not run.');
  const { file, args, reporting, endsWithStarter, tidy } = wrapped;
  // It comes before the command does: were we killed in between, nobody would end a command that waits for a word of ours.
  const watchdog = endsWithStarter ? undefined : state.watchdog();
  const child = execa(file, reporting ?? args, {
    cwd: workspace.cwd,
    env: commandEnvironment(process.env, mark, state.hiddenVariables, confinement),
    extendEnv: false,
    stdio: ['ignore', 'pipe', 'pipe', ...(reporting ? (['pipe'] as const) : [])],
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  });
  const group = child.pid;
  if (group === undefined) throw new ToolError('failed', `The shell ${file} could not be started.`);
  state.groups.add(group);
  watchdog?.guard(group);
  const firstProcess = reporting ? readFirstProcess(child.stdio[3]) : undefined;
  const listen = (chunk: Buffer) => {
    output.push(chunk);
    options.onChunk(chunk);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const release = () => {
    if (hasMembers(group)) return;
    state.groups.delete(group);
    watchdog?.release(group);
  };
  const ended = waitForEnd(child, [child.stdout, child.stderr]).then((ending) => {
    release();
    return ending;
  });
  const tidied = ended.then(() => tidy?.());
  noteTidying(state, tidied);
  return {
    output,
    ended,
    tidied,
    endsWhole: endsWithStarter ?? false,
    findLeftovers: async () => {
      const first = await firstProcess;
      if (first !== undefined) return hasChildren(first) ? [first] : [];
      // In a sandbox they are in a session, so a group, of their own.
      return hasMembers(group) || file !== plain.file ? await findDescendants({ groups: [group], mark }) : [];
    },
    end: async () => {
      await endDescendants({ groups: [group], mark });
      release();
    },
  };
}

/** The process that a sandbox says all of a command's own descend from; undefined when it said nothing. */
async function readFirstProcess(stream: unknown): Promise<number | undefined> {
  if (!(stream instanceof Readable)) return undefined;
  let said = '';
  for await (const chunk of stream) said += String(chunk);
  const pid = Number(/"child-pid": *(\d+)/.exec(said)?.[1]);
  return Number.isSafeInteger(pid) ? pid : undefined;
}

type Child = {
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
};

/**
 * Waits for the command's own end, then for the rest of its output: to its close, or a moment if someone else keeps it open (two more
 * rounds of the event loop after the time is over read what a pipe can hold, also when we were busy).
 */
async function waitForEnd(child: Child, streams: readonly NodeJS.ReadableStream[]): Promise<Ending> {
  const closed = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.once('close', () => resolve()))),
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
