import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isProcessAlive } from '../src/core/atomic.ts';
import { markName } from './command-environment.ts';
import { killGraceMs } from './limits.ts';

/**
 * Processes whose environment carries the mark (all marks that begin with it when it ends in `-`), also those that left their process
 * group or were adopted by init. Only Linux tells (/proc); elsewhere the list is empty and the process group has to do.
 */
export async function findMarked(mark: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const names = await readdir('/proc').catch(() => []);
  const needle = `${markName}=${mark}${mark.endsWith('-') ? '' : '\0'}`;
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => isMarked(Number(name), needle)),
  );
  return found.filter((pid) => pid !== undefined);
}

async function isMarked(pid: number, needle: string): Promise<number | undefined> {
  if (pid === process.pid) return undefined;
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.startsWith(needle) || environment.includes(`\0${needle}`) ? pid : undefined;
}

/** Whether a process group still has members. */
export function isGroupAlive(group: number): boolean {
  return isProcessAlive(-group);
}

/**
 * Ends process groups and all marked processes: SIGTERM, after a grace SIGKILL, and again for what was started meanwhile. Resolves
 * when none is left.
 */
export async function endAll(groups: readonly number[], mark: string): Promise<void> {
  await signalAll(groups, mark, 'SIGTERM');
  const deadline = Date.now() + killGraceMs;
  while (Date.now() < deadline) {
    if (!(await isAnyAlive(groups, mark))) return;
    await wait(20);
  }
  for (let round = 0; round < 20 && (await isAnyAlive(groups, mark)); round += 1) {
    await signalAll(groups, mark, 'SIGKILL');
    await wait(20);
  }
}

async function signalAll(groups: readonly number[], mark: string, signal: NodeJS.Signals): Promise<void> {
  for (const group of groups) sendSignal(-group, signal);
  for (const pid of await findMarked(mark)) sendSignal(pid, signal);
}

async function isAnyAlive(groups: readonly number[], mark: string): Promise<boolean> {
  return groups.some(isGroupAlive) || (await findMarked(mark)).length > 0;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, or it is another user's (sudo) and can't be ended by us.
  }
}
