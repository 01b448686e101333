import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readJsonLines } from './json-lines.ts';
import { statIfThere } from './stat-if-there.ts';

/** Where a session's kept outputs have what was set aside. It may hold keys, so that it is read only with the user's word. */
export function setAsideFolder(kept: string): string {
  return join(kept, 'set-aside');
}

const asideSchema = z.object({ path: z.string(), place: z.string(), at: z.string() });

/** Something that was set aside: where it was, where it is, and when that was (ISO). */
export type Aside = z.infer<typeof asideSchema>;

const listName = 'places.jsonl';

/** Remembers where something in the folder came from. */
export function noteAside(folder: string, pairs: readonly (readonly [path: string, place: string])[]): void {
  const at = new Date().toISOString();
  const lines = pairs.map(([path, place]) => `${JSON.stringify({ path, place, at } satisfies Aside)}\n`);
  appendFileSync(join(folder, listName), lines.join(''), { mode: 0o600 });
}

/** What was set aside and is still there. */
export function readAside(kept: string): Aside[] {
  return readJsonLines(join(setAsideFolder(kept), listName), asideSchema).filter(
    ({ place }) => statIfThere(place) !== undefined,
  );
}
