import { randomBytes } from 'node:crypto';
import type { Workspace } from '../../src/core/tool.ts';
import { createWaitingShells, type WaitingShells } from './waiting-shells.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** What the shell tool keeps of a session in addition to the workspace that all tools share. */
export type ShellState = {
  /** Marks of this session's commands are this and a number. */
  readonly markPrefix: string;
  /** Process groups that may still have members. */
  readonly groups: Set<number>;
  /** What is still to be taken away after commands that run or have just ended. */
  readonly tidying: Set<Promise<unknown>>;
  readonly hiddenVariables: readonly string[];
  /** Shells for the commands to come. */
  readonly waiting: WaitingShells;
  /** Started with the first command that the system does not end when we go. */
  readonly watchdog: () => Watchdog;
  readonly stopWatchdog: () => void;
  /** Whether a process may still run: a command has not ended, or the system did not end all that one has left. */
  readonly mayHaveProcesses: () => boolean;
  /** The mark of one more command. */
  readonly nextMark: () => string;
};

const states = new WeakMap<Workspace, ShellState>();
const hiddenVariables = new WeakMap<Workspace, readonly string[]>();

/** Names of variables that the workspace's commands do not get, in addition to the known keys of model providers. */
export function hideVariables(workspace: Workspace, names: readonly string[]): void {
  hiddenVariables.set(workspace, names);
}

/** The state of a workspace's commands, made with the first of them. */
export function shellState(workspace: Workspace): ShellState {
  const known = states.get(workspace);
  if (known) return known;
  const markPrefix = `${randomBytes(6).toString('hex')}-`;
  let watchdog: Watchdog | undefined;
  let commands = 0;
  const state: ShellState = {
    markPrefix,
    groups: new Set(),
    tidying: new Set(),
    hiddenVariables: hiddenVariables.get(workspace) ?? [],
    waiting: createWaitingShells(),
    watchdog: () => {
      watchdog ??= startWatchdog(markPrefix);
      return watchdog;
    },
    stopWatchdog: () => watchdog?.stop(),
    mayHaveProcesses: () => watchdog !== undefined || state.groups.size > 0,
    nextMark: () => {
      commands += 1;
      return `${markPrefix}${commands}`;
    },
  };
  states.set(workspace, state);
  return state;
}

/** The session's end waits for it. */
export function noteTidying({ tidying }: ShellState, tidied: Promise<unknown>): void {
  const forget = () => void tidying.delete(tidied);
  tidying.add(tidied);
  tidied.then(forget, forget);
}

/** Whether the workspace was closed since the state was asked for: what starts now would be ended by nobody. */
export function isForgotten(workspace: Workspace, state: ShellState): boolean {
  return states.get(workspace) !== state;
}

/** The state if any command ran, and forgets it. */
export function takeShellState(workspace: Workspace): ShellState | undefined {
  const state = states.get(workspace);
  states.delete(workspace);
  return state;
}
