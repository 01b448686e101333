import { isProcessAlive } from './platform.ts';
import { readProcessStat } from './process-stat.ts';

/** A process of this machine; its number alone may be another's later. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt?: string | undefined };

export function ownProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: readProcessStat(process.pid)?.startedAt };
}

/** Whether that very process still runs: a number that was given to another process since is not its own. */
export function isSameProcessAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return isProcessAlive(pid) && readProcessStat(pid)?.startedAt === startedAt;
}
