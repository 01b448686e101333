import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { statIfThere } from '../core/disk/stat-if-there.ts';

const entries = z.array(z.object({ path: z.string(), identity: z.string() }));

/** Where secrets of a workspace were moved to that no look would find, for the sessions to come. */
export type MovedRecord = {
  /** Those that are still there. */
  readonly load: () => readonly string[];
  /** Adds what was moved and leaves out what is `found` by a look again, or gone. */
  readonly save: (moved: readonly string[], found: readonly string[]) => void;
};

/** The record of a workspace, one small file in a folder that no command can see. Where it can't be written, only this session knows. */
export function openMovedRecord(folder: string, roots: readonly string[]): MovedRecord {
  const name = createHash('sha256').update(roots.join('\0')).digest('hex').slice(0, 16);
  const file = join(folder, `${name}.json`);
  const load = () => {
    try {
      const known = entries.parse(JSON.parse(readFileSync(file, 'utf8')));
      return known.filter(({ path, identity }) => identityOf(path) === identity).map(({ path }) => path);
    } catch {
      // There is none, which is the rule.
      return [];
    }
  };
  return {
    load,
    save: (moved, found) => {
      const before = load();
      const now = [...new Set([...before, ...moved])].filter((path) => !found.includes(path) && statIfThere(path));
      if (now.length > 0 && now.length === before.length && now.every((path) => before.includes(path))) return;
      try {
        if (now.length === 0) return rmSync(file, { force: true });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const draft = `${file}.${process.pid}`;
        writeFileSync(draft, JSON.stringify(now.map((path) => ({ path, identity: identityOf(path) }))), {
          mode: 0o600,
        });
        renameSync(draft, file);
      } catch {
        // A full disk: the next session has to find them by itself.
      }
    },
  };
}

/** Another file that came to the same place is not the one that was moved. */
function identityOf(path: string): string | undefined {
  const state = statIfThere(path);
  return state && `${state.dev} ${state.ino}`;
}
