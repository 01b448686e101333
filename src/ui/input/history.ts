import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { parseJson } from '../../core/text/json.ts';
import { storedDraft, storedDraftSchema } from '../drafts/stored-draft.ts';
import type { Draft } from './composer.ts';

/** Entries kept; the file is rewritten when it has grown to twice this. */
const kept = 2_000;

const entrySchema = storedDraftSchema.extend({ cwd: z.string().optional(), at: z.string().optional() });

/** What was sent once, with the pastes and images that its labels stand for. */
export type HistoryEntry = Draft & { readonly cwd?: string | undefined };

/**
 * What the user sent before, in all sessions. Read when it is first wanted, at once: a key that is pressed right behind the one that wants
 * it must find it. A file that can't be read or written is as none.
 */
export type History = ReturnType<typeof openHistory>;

/** Keeps the history in `history.jsonl` of the given folder, readable by the user alone. */
export function openHistory(folder: string, cwd: string, now: () => Date = () => new Date()) {
  const path = join(folder, 'history.jsonl');
  let entries: HistoryEntry[] | undefined;
  /** Of this session and not in the file, or not yet. */
  const unsaved = new Set<HistoryEntry>();
  let latest: string | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const load = (): readonly HistoryEntry[] => {
    if (entries === undefined) {
      const lines = readText(path).split('\n');
      const written = parse(lines);
      const known = new Set(lines);
      entries = [...written, ...[...unsaved].filter((entry) => !known.has(lineOf(entry)))];
      if (written.length > kept * 2) writing = writing.then(() => shrink(path, written.slice(-kept)));
    }
    return entries;
  };
  const entryOf = ({ text, folds }: Draft) => {
    if (text.trim() === '' || latest === text) return undefined;
    latest = text;
    const entry = { text, folds, cwd, at: now().toISOString() };
    entries?.push(entry);
    return entry;
  };
  return {
    /** Oldest first, of all folders. */
    load,
    /** The same without what was sent in other folders: one key must not bring another project's order here. */
    loadHere: () => load().filter((entry) => entry.cwd === undefined || entry.cwd === cwd),
    add: (draft: Draft) => {
      const entry = entryOf(draft);
      if (!entry) return;
      unsaved.add(entry);
      writing = writing.then(async () => {
        if (await append(folder, path, lineOf(entry))) unsaved.delete(entry);
      });
    },
    /** The same, written when it returns: the program may end at once, even of a fault. */
    addAtEnd: (draft: Draft) => {
      const entry = entryOf(draft);
      if (!entry) return;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        appendFileSync(path, `${lineOf(entry)}\n`, { mode: 0o600 });
      } catch {
        // There is nobody left to tell.
      }
    },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function lineOf(entry: Draft): string {
  return JSON.stringify(storedDraft(entry));
}

async function append(folder: string, path: string, line: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await appendFile(path, `${line}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

function shrink(path: string, entries: readonly HistoryEntry[]): Promise<void> {
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  return writeFileAtomic(path, text, 0o600).catch(() => undefined);
}

/** Lines that are not entries (a line cut by a crash) are passed over. */
function parse(lines: readonly string[]): HistoryEntry[] {
  return lines.flatMap((line) => entrySchema.safeParse(parseJson(line)).data ?? []);
}
