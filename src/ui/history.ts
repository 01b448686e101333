import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Entries kept; the file is rewritten when it has grown to twice this. */
const kept = 2_000;

const entrySchema = z.object({ text: z.string(), cwd: z.string().optional(), at: z.string().optional() });

export type HistoryEntry = { readonly text: string; readonly cwd?: string | undefined };

/** What the user sent before, in all sessions. Read when it is first wanted; a file that can't be read or written is as none. */
export type History = {
  /** Oldest first. */
  readonly load: () => Promise<readonly HistoryEntry[]>;
  readonly add: (text: string) => void;
};

/** Keeps the history in `history.jsonl` of the given folder, readable by the user alone. */
export function openHistory(folder: string, cwd: string, now: () => Date = () => new Date()): History {
  const path = join(folder, 'history.jsonl');
  let entries: HistoryEntry[] | undefined;
  /** What could not be written holds for this session. */
  const unsaved: HistoryEntry[] = [];
  let latest: string | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const load = async () => {
    if (entries === undefined) {
      await writing;
      entries = [...parse(await readFile(path, 'utf8').catch(() => '')), ...unsaved];
      if (entries.length > kept * 2) writing = shrink(path, entries.slice(-kept));
    }
    return entries;
  };
  const add = (text: string) => {
    if (text.trim() === '' || latest === text) return;
    latest = text;
    const entry = { text, cwd, at: now().toISOString() };
    entries?.push(entry);
    writing = writing.then(async () => {
      if (!(await append(folder, path, JSON.stringify(entry)))) unsaved.push(entry);
    });
  };
  return { load, add };
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

async function shrink(path: string, entries: readonly HistoryEntry[]): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(temporary, text, { mode: 0o600 })
    .then(() => rename(temporary, path))
    .catch(() => undefined);
}

/** Lines that are no entries (a line cut by a crash) are passed over. */
function parse(text: string): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const parsed = entrySchema.safeParse(parseJson(line));
    if (parsed.success) entries.push(parsed.data);
  }
  return entries;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
