import type { ObserverConfig } from '../observer/config.ts';
import { type Batch, parseBatch } from './read.ts';
import { type ReplayResult, replayTrajectory } from './replay.ts';
import { isInShard, type Shard } from './shard.ts';
import type { CaseExpectation, RunLabels } from './trajectory.ts';

/** A replayed run with what the dataset knew of it. */
export type ReplayRecord = {
  readonly result: ReplayResult;
  readonly agent?: string | undefined;
  readonly labels?: RunLabels | undefined;
  readonly expect?: CaseExpectation | undefined;
  readonly core?: boolean | undefined;
};

/** A line or file that could not be read. */
export type Skip = { readonly place: string; readonly reason: string };

export type BatchResult = { readonly records: readonly ReplayRecord[]; readonly skips: readonly Skip[] };

export type ReplayOptions = { readonly observer: ObserverConfig; readonly shard?: Shard };

/** Replays every trajectory of a batch, in its order. */
export function replayBatch(batch: Batch, options: ReplayOptions): BatchResult {
  const records: ReplayRecord[] = [];
  const skips: Skip[] = [];
  for (const run of parseBatch(batch, (place, reason) => skips.push({ place, reason }))) {
    if (!isInShard(options.shard, `${run.source}#${run.id}`)) continue;
    const result = replayTrajectory(run, options.observer);
    records.push({ result, agent: run.agent, labels: run.labels, expect: run.expect, core: run.core });
  }
  return { records, skips };
}
