import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { readJsonLines } from '../core/disk/json-lines.ts';

const recordSchema = z.object({
  id: z.string(),
  kind: z.enum(['before', 'after', 'restore', 'green', 'message']),
  label: z.string(),
  step: z.int(),
  at: z.string(),
  /** A tree per repository: the workspace under the empty name, nested ones under their folder with `/` at its end. */
  trees: z.record(z.string(), z.string()),
  left: z.array(z.string()).default([]),
  /** Of `restore`: the state that was gone back to. */
  goal: z.string().optional(),
  /** Of the `after` of a restore: some files were left as they were. */
  isPartial: z.literal(true).optional(),
});

/**
 * A kept state. `before`: just before a turn's first change. `after`: what the agent left at the end of a turn or of a restore; what
 * differs from it later was done by someone else. `restore`: what stood there just before a restore. `green`: what the last
 * checks found in order, kept just before it was changed. `message`: just before the first change after words that the user said in the middle of a turn.
 */
export type KeptState = z.infer<typeof recordSchema>;

/** Reads a session's records. */
export function readCheckpointRecords(path: string): KeptState[] {
  return readJsonLines(path, recordSchema);
}

/** Appends a record; one write, so that it is there whole or not at all. The leading line break ends what a kill may have cut. */
export function appendRecord(path: string, record: KeptState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, `\n${JSON.stringify(record)}`, { mode: 0o600 });
}
