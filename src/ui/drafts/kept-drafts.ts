import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { isSameProcessAlive, ownProcess } from '../../core/process/process-identity.ts';
import { parseJson } from '../../core/text/json.ts';
import type { Draft } from '../input/composer.ts';
import { storedDraft, storedDraftSchema } from './stored-draft.ts';

/** What is written is on the disk so long after the key, at most. */
const keepMs = 300;

/** A draft of a folder that nobody starts in any more. */
const oldMs = 30 * 24 * 3_600_000;

/** Whether a process of another machine, or of another container, still runs is not known: its drafts are left to it for so long. */
const foreignMs = 24 * 3_600_000;

const fileSchema = z.object({
  cwd: z.string(),
  at: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.string().optional(),
  drafts: z.array(storedDraftSchema),
});

/** What programs that have ended left, the latest last, and when that was kept. */
export type LeftDrafts = { readonly drafts: readonly Draft[]; readonly at: Date };

/**
 * Keeps what `unsent` gives on the disk while it is written, in a file of this process that the user alone can read: neither `kill -9` nor a
 * power cut takes more of it than the last letters. Where nothing can be written nothing is kept.
 */
export function keepDrafts(winkHome: string, cwd: string, unsent: () => readonly Draft[]) {
  const folder = join(winkHome, 'drafts');
  const own = ownProcess();
  const path = join(folder, `${own.pid}-${own.startedAt ?? Date.now()}.json`);
  let kept: readonly Draft[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const textOf = (drafts: readonly Draft[]) =>
    JSON.stringify({ cwd, at: new Date().toISOString(), host: hostname(), ...own, drafts: drafts.map(storedDraft) });
  const write = (drafts: readonly Draft[]) => {
    timer = undefined;
    if (isSame(drafts, kept)) return;
    kept = drafts;
    writing = writing.then(() => store(drafts)).catch(() => undefined);
  };
  const store = async (drafts: readonly Draft[]) => {
    if (drafts.length === 0) return rmSync(path, { force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, textOf(drafts), 0o600);
  };
  const writeNow = (drafts: readonly Draft[]) => {
    kept = drafts;
    if (drafts.length === 0) return rmSync(path, { force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, textOf(drafts), { mode: 0o600 });
  };
  return {
    /** Something may have been written: it is kept in a moment. What was sent is gone from the file at once. */
    look: () => {
      const drafts = unsent();
      if (drafts.length === 0) {
        clearTimeout(timer);
        write(drafts);
      } else if (!isSame(drafts, kept)) timer ??= setTimeout(() => write(unsent()), keepMs).unref();
    },
    /** The program ends: what is written is kept when it returns, for the next start here; or nothing, where the user has left. */
    end: (drafts: readonly Draft[]) => {
      clearTimeout(timer);
      try {
        writeNow(drafts);
      } catch {
        // There is nobody left to tell.
      }
    },
    /** What was left for this folder, if anything; from now on it is this program's to keep. */
    take: (): LeftDrafts | undefined => {
      try {
        const left = readLeft(folder, cwd);
        const drafts = left.flatMap((one) => one.drafts);
        const latest = left.at(-1);
        if (latest === undefined || drafts.length === 0) return undefined;
        writeNow(drafts);
        for (const one of left) rmSync(one.path, { force: true });
        return { drafts, at: new Date(latest.at) };
      } catch {
        return undefined;
      }
    },
  };
}

function isSame(one: readonly Draft[], other: readonly Draft[]): boolean {
  return one.length === other.length && one.every(({ text }, index) => text === other[index]?.text);
}

/** What ended processes left for the folder, oldest first; of two that start at once only one has it. */
function readLeft(folder: string, cwd: string) {
  return namesIn(folder)
    .flatMap((name) => {
      const file = readFile(join(folder, name));
      if (file?.cwd !== cwd || isOthers(file)) return [];
      const path = join(folder, `${process.pid}-taken-${name}`);
      return hasMoved(join(folder, name), path) ? [{ ...file, path }] : [];
    })
    .sort((left, right) => left.at.localeCompare(right.at));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** A file that is too old is removed. */
function readFile(path: string) {
  try {
    const file = fileSchema.safeParse(parseJson(readFileSync(path, 'utf8'))).data;
    if (file === undefined || ageMs(file) < oldMs) return file;
    rmSync(path, { force: true });
  } catch {
    // Another program was first.
  }
  return undefined;
}

function ageMs({ at }: { readonly at: string }): number {
  return Date.now() - Date.parse(at);
}

function isOthers(file: z.infer<typeof fileSchema>): boolean {
  return file.host === hostname() ? isSameProcessAlive(file) : ageMs(file) < foreignMs;
}

function hasMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
