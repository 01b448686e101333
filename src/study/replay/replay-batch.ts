import type { ObserverConfig } from '../../observer/observer-schema.ts';
import { type Batch, parseBatch } from '../input/read-trajectories.ts';
import { isInShard, type Shard } from '../input/shard.ts';
import type { CaseExpectation, RunLabels } from '../input/trajectory.ts';
import { type ReplayResult, replayTrajectory } from './replay.ts';

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

export type ReplayOptions = {
  readonly observer: ObserverConfig;
  readonly shard?: Shard;
  /** Replays the first steps several times, so that the time of each is the observer's own and not that of whatever else ran. */
  readonly isTimed?: boolean;
};

/** Passes over a batch that is timed; the shortest time of each step counts. */
export const timingPasses = 3;
/** Steps that one thread times; later ones are replayed once and their time is not kept. */
const maxTimedSteps = 40_000;
let timedSteps = 0;

/** Replays every trajectory of a batch, in its order. */
export function replayBatch(batch: Batch, options: ReplayOptions): BatchResult {
  const first = replayOnce(batch, options);
  // Times that nobody asked for would be copied to the other thread all the same.
  if (options.isTimed !== true || timedSteps >= maxTimedSteps)
    return { ...first, records: first.records.map((record) => retimed(record, [])) };
  for (const { result } of first.records) timedSteps += result.steps;
  const passes = [first, ...Array.from({ length: timingPasses - 1 }, () => replayOnce(batch, options))];
  const records = first.records.map((record, position) => {
    const times = passes.map(({ records: others }) => others[position]!.result.stepMicroseconds);
    return retimed(
      record,
      times[0]!.map((_, step) => Math.min(...times.map((pass) => pass[step]!))),
    );
  });
  return { ...first, records };
}

function retimed(record: ReplayRecord, stepMicroseconds: readonly number[]): ReplayRecord {
  return { ...record, result: { ...record.result, stepMicroseconds } };
}

/** The batch is parsed anew, because what is computed of a call is kept with it. */
function replayOnce(batch: Batch, options: ReplayOptions): BatchResult {
  const records: ReplayRecord[] = [];
  const skips: Skip[] = [];
  for (const run of parseBatch(batch, (place, reason) => skips.push({ place, reason }))) {
    if (!isInShard(options.shard, `${run.source}#${run.id}`)) continue;
    const result = replayTrajectory(run, options.observer);
    records.push({ result, agent: run.agent, labels: run.labels, expect: run.expect, core: run.core });
  }
  return { records, skips };
}
