import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { isProcessAlive } from '../../core/process/platform.ts';
import { readProcessStat } from '../../core/process/process-stat.ts';
import type { Confinement } from '../../core/tool.ts';
import { findAbsent, identify, pickActing } from '../made/set-aside.ts';
import type { Marks } from '../marks/marks.ts';
import { nameOfWorkspace } from '../marks/moved-record.ts';

const shape = z.object({
  /** The program that started the command. */
  program: z.string(),
  /** Identities of what could run code before it. */
  known: z.array(z.string()),
  /** Paths at which there was nothing before it. */
  absent: z.array(z.string()),
  /** Whether nothing that runs code may appear anywhere in the workspace. */
  isNested: z.boolean(),
});

/** A command during which the program was killed; it ended with the program, at `untilMs` at the latest. */
export type CutShort = Omit<z.infer<typeof shape>, 'program'> & { readonly untilMs: number };

/** A killed program writes no more: the time of its last sign of life is when its commands ended. */
const signOfLifeMs = 1_000;

/**
 * Keeps beside each running command what stood there before it, in files that no command can see, so that the next session can tidy up when this
 * program is killed. Linux only, as what is kept from commands.
 */
export function openCommandRecord(folder: string, roots: readonly string[]) {
  const name = `${nameOfWorkspace(roots)}.running.`;
  const open = new Set<string>();
  let count = 0;
  process.once('exit', () => {
    for (const file of open) rmSync(file, { force: true });
  });
  return {
    /** `before`: what could run code then. The function that it gives is to be called when the command has been tidied up after. */
    begin: (confinement: Confinement, before?: Marks): (() => void) => {
      if (confinement === 'read-only') return () => {};
      count += 1;
      const file = join(folder, `${name}${process.pid}-${count}.json`);
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const known = before ? pickActing(before).flatMap(identify) : [];
        const what = { known, absent: findAbsent(roots, confinement), isNested: before !== undefined };
        writeFileSync(file, JSON.stringify({ program: identityOfProgram(process.pid), ...what }), { mode: 0o600 });
      } catch {
        // A full disk: a kill during this command is not tidied up after.
        return () => {};
      }
      open.add(file);
      const timer = setInterval(() => touch(file), signOfLifeMs).unref();
      return () => {
        clearInterval(timer);
        open.delete(file);
        rmSync(file, { force: true });
      };
    },
    /** The commands of programs that are no more; each is given once. */
    takeLeft: (): CutShort[] =>
      namesIn(folder)
        .filter((each) => each.startsWith(name))
        .map((each) => join(folder, each))
        .flatMap((file) => {
          const left = read(file);
          if (left && isRunning(left.program)) return [];
          const untilMs = statIfThere(file)?.mtimeMs ?? 0;
          rmSync(file, { force: true });
          return left ? [{ ...left, untilMs: untilMs + 2 * signOfLifeMs }] : [];
        }),
  };
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody has removed it.
  }
}

function read(file: string): z.infer<typeof shape> | undefined {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}

function isRunning(program: string): boolean {
  const pid = Number(program.split(' ')[0]);
  return isProcessAlive(pid) && identityOfProgram(pid) === program;
}

/** A number is given again; with the time at which its process was started, and the start of the system, it names one process. */
function identityOfProgram(pid: number): string | undefined {
  try {
    const stat = readProcessStat(pid);
    return stat && `${pid} ${stat.startedAt} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return undefined;
  }
}
