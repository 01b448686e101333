import { readFileSync } from 'node:fs';

/** What the system says of a process: `state` is one letter, `startedAt` in ticks since the machine was started. */
export type ProcessStat = { readonly state: string; readonly parent: number; readonly startedAt: string };

/** undefined where there is no such process, or the system doesn't tell (only Linux does). */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
