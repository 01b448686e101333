import { type ChildProcess, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readProcessStat } from './process-stat.ts';

const spared = new Set<number>();

/** A process that ends by itself once we are gone, and has work to do then, is left alone by `endNow`. */
export function spareAtEnd({ pid }: ChildProcess): void {
  if (pid !== undefined) spared.add(pid);
}

/** What a program exits with that a signal has ended. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Where there is no orderly end to wait for: whatever could be lost is on the disk. The function it gives lets go of the signals. */
export function endAtSignals(signals: readonly (keyof typeof signalCodes)[]): () => void {
  const ends = signals.map((name) => [name, () => endNow(signalCodes[name])] as const);
  for (const [name, end] of ends) process.on(name, end);
  return () => {
    for (const [name, end] of ends) process.off(name, end);
  };
}

/** How long the orderly end of the program may take after a signal. */
const endMs = 2_000;

/** From now on the program has two seconds to end by itself; then it ends with this code, and what it started with it. */
export function endInTime(code: number): void {
  setTimeout(() => endNow(code), endMs).unref();
}

/** Ends the program at once, and with it every process that it started. What commands left to others is ended by the watchdog. */
export function endNow(code: number): never {
  for (const pid of findChildren(listProcesses())) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  process.exit(code);
}

type Process = { readonly pid: number; readonly parent: number };

/** Our children and theirs, but for those that are spared. */
function findChildren(processes: readonly Process[]): number[] {
  const found = [process.pid];
  for (const parent of found)
    for (const each of processes) if (each.parent === parent && !spared.has(each.pid)) found.push(each.pid);
  return found.slice(1);
}

function listProcesses(): Process[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)) ?? []);
  const { stdout } = spawnSync('/bin/ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8', timeout: 1_000 });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, parent] = /^\s*(\d+)\s+(\d+)\s*$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

function readProcess(pid: number): Process | undefined {
  const stat = readProcessStat(pid);
  return stat && { pid, parent: stat.parent };
}
