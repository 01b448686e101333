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
 * the leaders of the groups that still have members. The number of a group whose members have all ended may be a stranger's by now:
 * a group counts only while its leader is a child of ours or a member carries the mark.
 */
export async function findDescendants(descendants: Descendants): Promise<number[]> {
  return (await look(descendants)).pids;
}

type Sight = { readonly pids: number[]; readonly groups: readonly number[] };

async function look({ groups, mark }: Descendants): Promise<Sight> {
  if (process.platform !== 'linux') {
    const living = groups.filter(hasMembers);
    return { pids: living, groups: living };
  }
  const names = await readdir('/proc').catch(() => []);
  const needle = `${markName}=${mark}${mark.endsWith('-') ? '' : '\0'}`;
  const seen = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map((name) => readProcess(name, groups, needle)),
  );
  const candidates = seen.filter((each) => each !== undefined);
  const own = new Set(
    candidates.flatMap(({ isMarked, isOwnLeader, group }) => (isMarked || isOwnLeader ? [group] : [])),
  );
  const pids = candidates.filter(({ isMarked, group }) => isMarked || own.has(group)).map(({ pid }) => pid);
  return { pids, groups: groups.filter((group) => own.has(group)) };
}

type Seen = { readonly pid: number; readonly group: number; readonly isMarked: boolean; readonly isOwnLeader: boolean };

/** A process that carries the mark or belongs to one of the groups; undefined for any other, and for one that has ended. */
async function readProcess(name: string, groups: readonly number[], needle: string): Promise<Seen | undefined> {
  const pid = Number(name);
  const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
  const isMarked = environment.startsWith(needle) || environment.includes(`\0${needle}`);
  if (!isMarked && groups.length === 0) return undefined;
  const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
  const [state, parent, groupText] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const group = Number(groupText);
  if (!isMarked && (!groups.includes(group) || state === 'Z' || state === 'X')) return undefined;
  return { pid, group, isMarked, isOwnLeader: pid === group && Number(parent) === process.pid };
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
  if (!(await signalAll(descendants, 'SIGTERM'))) return;
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

/** Whether there was any to signal. */
async function signalAll(descendants: Descendants, signal: NodeJS.Signals): Promise<boolean> {
  const { groups, pids } = await look(descendants);
  for (const group of groups) sendSignal(-group, signal);
  if (process.platform === 'linux') for (const pid of pids) sendSignal(pid, signal);
  return groups.length > 0 || pids.length > 0;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, or it is another user's (sudo) and can't be ended by us.
  }
}
