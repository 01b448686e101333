import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Confinement } from '../../src/core/tool.ts';
import {
  abandon,
  endWaiting,
  hasEnded,
  keepAlive,
  makeSandbox,
  type ShellPlan,
  startEarly,
  startShell,
} from './shell-process.ts';

export type MarkedShell = { readonly child: ChildProcess; readonly mark: string };

/**
 * Shells that were started ahead and wait in their sandbox for the next command, at most one for each way of being held: neither the
 * start of a process of our size nor the making of a sandbox is then waited for. Each runs one command. `state` is what a plan does not
 * say of the sandbox and the folder.
 */
export type WaitingShells = {
  /**
   * Starts the process of the next shell of this kind, but no sandbox, where that can be done apart: while a command runs, so that we are
   * not stopped for it when somebody waits for us.
   */
  readonly startAhead: (plan: ShellPlan, nextMark: () => string) => void;
  readonly prepare: (confinement: Confinement, plan: ShellPlan, state: string, nextMark: () => string) => void;
  /** The one that was started in the same way and still holds the same; any other is ended. */
  readonly take: (confinement: Confinement, plan: ShellPlan, state: string) => MarkedShell | undefined;
  /** Ends all of them. */
  readonly close: () => Promise<void>;
};

type Waiting = MarkedShell & { readonly key: string; readonly timer: NodeJS.Timeout };

/** One that nobody needed for so long is ended, since a disk that is mounted in it can't be taken away. */
const unusedMs = 60_000;
/** It ends as soon as its pipe is closed, unless the system is very busy. */
const closingMs = 2_000;

export function createWaitingShells(): WaitingShells {
  const shells = new Map<Confinement, Waiting>();
  /** The process that has no sandbox yet. */
  let early: (MarkedShell & { readonly key: string }) | undefined;
  const takeEarly = (plan: ShellPlan): MarkedShell | undefined => {
    const found = early;
    early = undefined;
    if (!found) return undefined;
    if (plan.early && found.key === earlyKeyOf(plan, plan.early.args) && !hasEnded(found.child)) return found;
    void endWaiting(found.child);
    return undefined;
  };
  const remove = (confinement: Confinement): Waiting | undefined => {
    const found = shells.get(confinement);
    shells.delete(confinement);
    clearTimeout(found?.timer);
    return found;
  };
  const end = async (confinement: Confinement): Promise<void> => {
    const found = remove(confinement);
    if (found) await endWaiting(found.child);
  };
  return {
    startAhead: (plan, nextMark) => {
      if (!plan.early || early) return;
      const mark = nextMark();
      const child = startEarly(plan, plan.early, mark);
      if (child.pid === undefined) return;
      keepAlive(child, false);
      early = { child, mark, key: earlyKeyOf(plan, plan.early.args) };
    },
    prepare: (confinement, plan, state, nextMark) => {
      void end(confinement);
      const begun = takeEarly(plan);
      if (begun && plan.early) makeSandbox(begun.child, plan.early, plan.cwd);
      const shell = begun ?? startMarked(plan, nextMark());
      if (shell.child.pid === undefined) return;
      keepAlive(shell.child, false);
      const timer = setTimeout(() => void end(confinement), unusedMs).unref();
      shells.set(confinement, { ...shell, key: keyOf(plan, state), timer });
    },
    take: (confinement, plan, state) => {
      const found = remove(confinement);
      if (!found) return undefined;
      const isSame = found.key === keyOf(plan, state) && !hasEnded(found.child);
      if (isSame) keepAlive(found.child, true);
      else void endWaiting(found.child);
      return isSame ? found : undefined;
    },
    close: async () => {
      const last = early ? [early.child] : [];
      const all = [...last, ...[...shells.values()].map(({ child }) => child)];
      early = undefined;
      for (const child of all) keepAlive(child, true);
      const patience = new AbortController();
      const ended = Promise.all([...last.map(endWaiting), ...[...shells.keys()].map(end)]);
      await Promise.race([ended, wait(closingMs, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
      for (const child of all) if (!hasEnded(child)) abandon(child);
    },
  };
}

function startMarked(plan: ShellPlan, mark: string): MarkedShell {
  return { child: startShell(plan, mark), mark };
}

function earlyKeyOf({ file, environment }: ShellPlan, args: readonly string[]): string {
  return [file, ...args, ...settingsOf(environment)].join('\0');
}

function settingsOf(environment: ShellPlan['environment']): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function keyOf({ file, args, reporting = [], cwd, environment }: ShellPlan, state: string): string {
  return [file, ...args, ...reporting, cwd, ...settingsOf(environment), state].join('\0');
}
