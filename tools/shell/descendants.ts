import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isProcessAlive } from '../../src/core/process/platform.ts';
import { killGraceMs } from '../shared/limits.ts';
import { markName } from './command-environment.ts';

/** The processes of commands: those of their process groups, and those whose environment carries a mark that begins with `mark`. */
export type Descendants = { readonly groups: readonly number[]; readonly mark: string };

/**
 * Living processes of commands, also those that left their group or were adopted by init. Only Linux tells (/proc); elsewhere it is
 * the leaders of the groups that still have members.
 */
export async function findDescendants({ groups, mark }: Descendants): Promise<number[]> {
  if (process.platform !== 'linux') return groups.filter(hasMembers);
  const names = await readdir('/proc').catch(() => []);
  const needle = `${markName}=${mark}${mark.endsWith('-') ? '' : '\0'}`;
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(async (name) => ((await isDescendant(name, groups, needle)) ? Number(name) : undefined)),
  );
  return found.filter((pid) => pid !== undefined);
}

async function isDescendant(pid: string, groups: readonly number[], needle: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  if (environment.startsWith(needle) || environment.includes(`\0${needle}`)) return true;
  if (groups.length === 0) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return groups.includes(Number(group)) && state !== 'Z' && state !== 'X';
}

/** Whether a process group has members, ended ones that nobody waited for included. */
export function hasMembers(group: number): boolean {
  return isProcessAlive(-group);
}

/** Whether a process has children, without a look at all the others; one that has just ended has none. Linux only. */
export function hasChildren(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim() !== '';
  } catch {
    // It ended, or this kernel keeps no such list; then that it lives is all there is to know.
    return isProcessAlive(pid);
  }
}

/** Ends them all: SIGTERM, after a grace SIGKILL, and again for what was started meanwhile. Resolves when none is left. */
export async function endDescendants(descendants: Descendants): Promise<void> {
  await signalAll(descendants, 'SIGTERM');
  const deadline = performance.now() + killGraceMs;
  while (performance.now() < deadline) {
    if ((await findDescendants(descendants)).length === 0) return;
    await wait(pollMs);
  }
  for (let round = 0; round < 20 && (await findDescendants(descendants)).length > 0; round += 1) {
    await signalAll(descendants, 'SIGKILL');
    await wait(pollMs);
  }
}

const pollMs = 20;

async function signalAll(descendants: Descendants, signal: NodeJS.Signals): Promise<void> {
  for (const group of descendants.groups) sendSignal(-group, signal);
  for (const pid of await findDescendants(descendants)) sendSignal(process.platform === 'linux' ? pid : -pid, signal);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, or it is another user's (sudo) and can't be ended by us.
  }
}
