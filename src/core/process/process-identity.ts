import { readFileSync } from 'node:fs';
import { isProcessAlive } from './platform.ts';

/** A process of this machine; its number alone may be another's later. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt?: string | undefined };

export function ownProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid) };
}

/** Whether that very process still runs: a number that was given to another process since is not its own. */
export function isSameProcessAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return isProcessAlive(pid) && startOf(pid) === startedAt;
}

/** When a process was started, in ticks since the machine was, where the system tells (Linux). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
