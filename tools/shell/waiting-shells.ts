import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Confinement } from '../../src/core/tool.ts';
import { endWaiting, hasEnded, keepAlive, type ShellPlan, startShell } from './shell-process.ts';

export type MarkedShell = { readonly child: ChildProcess; readonly mark: string };

/**
 * Shells that were started ahead and wait in their sandbox for the next command, at most one for each way of being held: neither the
 * start of a process of our size nor the making of a sandbox is then waited for. Each runs one command. `state` is what a plan does not
 * say of the sandbox and the folder.
 */
export type WaitingShells = {
  readonly prepare: (confinement: Confinement, plan: ShellPlan, state: string, mark: string) => void;
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
    prepare: (confinement, plan, state, mark) => {
      void end(confinement);
      const child = startShell(plan, mark);
      if (child.pid === undefined) return;
      keepAlive(child, false);
      const timer = setTimeout(() => void end(confinement), unusedMs).unref();
      shells.set(confinement, { child, mark, key: keyOf(plan, state), timer });
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
      for (const { child } of shells.values()) keepAlive(child, true);
      const patience = new AbortController();
      const ended = Promise.all([...shells.keys()].map(end));
      await Promise.race([ended, wait(closingMs, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
    },
  };
}

function keyOf({ file, args, reporting = [], cwd, environment }: ShellPlan, state: string): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return [file, ...args, ...reporting, cwd, ...settings, state].join('\0');
}
