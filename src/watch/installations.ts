import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../core/text/json.ts';
import { watchedAgents } from './agents/read-event.ts';
import type { WatchPlaces } from './watch-places.ts';

const installation = z.object({
  agent: z.enum(watchedAgents),
  /** The settings file that was changed. */
  file: z.string(),
  /** SHA-256 of what we wrote, to know whether it is still that. */
  written: z.string(),
  /** The file as it was; absent when there was none. */
  backup: z.string().optional(),
  /** The topmost folder that was made for the file. */
  made: z.string().optional(),
  at: z.string(),
});
export type Installation = z.output<typeof installation>;

const stateSchema = z.object({
  mode: z.enum(['on', 'shadow']).default('on'),
  installations: z.array(installation).default([]),
});
export type WatchState = z.output<typeof stateSchema>;

/** What `watch install` has done; nothing, where it was never run or the file is not to be read. */
export function readState({ state }: Pick<WatchPlaces, 'state'>): WatchState {
  try {
    return stateSchema.parse(parseJson(readFileSync(state, 'utf8')));
  } catch {
    return stateSchema.parse({});
  }
}

export function writeState({ state }: Pick<WatchPlaces, 'state'>, value: WatchState): void {
  mkdirSync(dirname(state), { recursive: true, mode: 0o700 });
  const fresh = `${state}-${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, state);
}
