import { createHash } from 'node:crypto';
import { type Dirent, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { firstFew } from '../../core/text/count.ts';

const entries = z.array(z.object({ path: z.string(), identity: z.string() }));

/** Where secrets of a workspace were moved to that no look would find, for the sessions to come. */
export type MovedRecord = {
  /** Where secrets lie now that a command is about to run, which may move them and be cut short by a kill of this program. */
  readonly begin: (hidden: readonly string[]) => void;
  /** Those that are still there, and those that a command moved when the program was killed; once a session. */
  readonly load: () => readonly string[];
  /** Once it has ended: adds what was moved and leaves out what is `found` by a look again, or gone. */
  readonly save: (moved: readonly string[], found: readonly string[]) => void;
};

/**
 * The record of a workspace, two small files in a folder that no command can see. Where it can't be written, only this session knows. `warn`
 * tells the user what was found again after a kill.
 */
export function openMovedRecord(
  folder: string,
  roots: readonly string[],
  warn: (message: string) => void,
): MovedRecord {
  const name = nameOfWorkspace(roots);
  const file = join(folder, `${name}.json`);
  const begun = join(folder, `${name}.begun.json`);
  const load = () =>
    read(file)
      .filter(({ path, identity }) => identityOf(path) === identity)
      .map(({ path }) => path);
  const write = (target: string, text: string) => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = `${target}.${process.pid}`;
      writeFileSync(draft, text, { mode: 0o600 });
      renameSync(draft, target);
    } catch {
      // A full disk: the next session has to find them by itself.
    }
  };
  let hasBegun = false;
  return {
    begin: (hidden) => {
      if (hidden.length === 0) return;
      write(begun, describe(hidden));
      hasBegun = true;
    },
    load: () => {
      hasBegun = true;
      const missing = read(begun).filter(({ path, identity }) => identityOf(path) !== identity);
      const found = findIdentities(roots, new Set(missing.map(({ identity }) => identity)));
      if (found.length > 0)
        warn(
          `wink-agent was killed while a command ran that had moved files which look like they hold secrets. They lie here now, and are hidden from unasked commands: ${firstFew(found, 4)}.`,
        );
      return [...new Set([...load(), ...found])];
    },
    save: (moved, found) => {
      if (hasBegun) rmSync(begun, { force: true });
      hasBegun = false;
      const before = load();
      const now = [...new Set([...before, ...moved])].filter((path) => !found.includes(path) && statIfThere(path));
      if (now.length > 0 && now.length === before.length && now.every((path) => before.includes(path))) return;
      if (now.length === 0) rmSync(file, { force: true });
      else write(file, describe(now));
    },
  };
}

/** What the records of a workspace are called in a folder for those of all. */
export function nameOfWorkspace(roots: readonly string[]): string {
  return createHash('sha256').update(roots.join('\0')).digest('hex').slice(0, 16);
}

function read(file: string): z.infer<typeof entries> {
  try {
    return entries.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // There is none, which is the rule.
    return [];
  }
}

function describe(paths: readonly string[]): string {
  return JSON.stringify(
    paths.flatMap((path) => ({ path, identity: identityOf(path) })).filter(({ identity }) => identity),
  );
}

const maxEntries = 300_000;

/**
 * Looks through all of the workspace, installed packages included, for files by their identity: only when something is not in its place. It gives
 * up after a third of a million names.
 */
export function findIdentities(roots: readonly string[], wanted: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const open = wanted.size === 0 ? [] : [...roots];
  for (let count = 0; open.length > 0 && count < maxEntries && found.length < wanted.size; ) {
    for (const entry of entriesOf(open.pop()!)) {
      count += 1;
      const path = join(entry.parentPath, entry.name);
      if (wanted.has(identityOf(path) ?? '')) found.push(path);
      else if (entry.isDirectory()) open.push(path);
    }
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It may not be read, or is gone.
    return [];
  }
}

/** Another file that came to the same place is not the one that was moved. */
export function identityOf(path: string): string | undefined {
  const state = statIfThere(path);
  return state && `${state.dev} ${state.ino}`;
}
