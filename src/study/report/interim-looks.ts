import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readJsonLines } from '../../core/disk/json-lines.ts';

const lookSchema = z.object({ at: z.string(), control: z.number(), treatment: z.number() });

/** One look at the results of an experiment: when, and how many sessions each arm had. */
export type InterimLook = z.infer<typeof lookSchema>;

/** Where the looks at an experiment are kept. */
export function looksFile(home: string, experiment: string): string {
  return join(home, 'studies', `${experiment.replace(/[^\w.-]+/g, '-')}.looks.jsonl`);
}

/** The looks so far. */
export function readLooks(path: string): InterimLook[] {
  return readJsonLines(path, lookSchema);
}

/** Writes a look down, unless the arms were as large at an earlier one: the same data seen twice is one look. */
export function recordLook(path: string, look: InterimLook): void {
  const isKnown = readLooks(path).some(
    (earlier) => earlier.control === look.control && earlier.treatment === look.treatment,
  );
  if (isKnown) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, `${JSON.stringify(look)}\n`, { mode: 0o600 });
}

/**
 * The chance of at least one p below 0.05 by luck alone after so many looks at growing data (Armitage, McPherson and Rowe 1969,
 * Journal of the Royal Statistical Society A 132:235, table 2).
 */
const falseAlarms: readonly (readonly [looks: number, chance: number])[] = [
  [1, 0.05],
  [2, 0.083],
  [3, 0.107],
  [4, 0.126],
  [5, 0.142],
  [10, 0.193],
  [20, 0.248],
  [50, 0.32],
];

/** The chance in the table for the largest number of looks not above `looks`. */
export function falseAlarmChance(looks: number): number {
  return falseAlarms.findLast(([count]) => count <= Math.max(1, looks))![1];
}
