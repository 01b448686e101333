import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../core/prompt.ts';
import { type Batch, openBatches, type ReadListener } from '../input/read-trajectories.ts';
import { type BatchResult, type ReplayOptions, type ReplayRecord, replayBatch } from './replay-batch.ts';

/** Batches that may wait for each worker: enough to keep it busy, few enough to keep memory flat. */
const batchesPerWorker = 2;

export type ReplayRun = ReplayOptions & {
  readonly paths: readonly string[];
  readonly listener: ReadListener;
  /** Worker threads; as many as there are cores when left out. 0: all in this thread. */
  readonly workers?: number;
};

/** Replays everything in the files and folders, in the order read, on all cores. Memory does not grow with the amount. */
export async function* replayAll(run: ReplayRun): AsyncGenerator<ReplayRecord> {
  const { paths, listener, workers: _, ...options } = run;
  const crew = startCrew(run, options);
  const waiting: Promise<BatchResult>[] = [];
  try {
    for await (const batch of openBatches(paths, listener)) {
      waiting.push(crew.replay(batch));
      if (waiting.length >= crew.capacity) yield* settle(await waiting.shift()!, listener);
    }
    for (const result of waiting) yield* settle(await result, listener);
  } finally {
    await crew.close();
  }
}

function settle(result: BatchResult, listener: ReadListener): readonly ReplayRecord[] {
  for (const { place, reason } of result.skips) listener.onSkip(place, reason);
  return result.records;
}

type Crew = {
  readonly capacity: number;
  readonly replay: (batch: Batch) => Promise<BatchResult>;
  readonly close: () => Promise<void>;
};

function startCrew(run: ReplayRun, options: ReplayOptions): Crew {
  const file = join(packageRoot(), 'dist', 'replay-worker.cjs');
  const size = run.workers ?? availableParallelism();
  const isBuilt = !import.meta.url.endsWith('.ts') && existsSync(file);
  if (!isBuilt || size === 0) {
    return { capacity: 1, replay: (batch) => replayHere(batch, options), close: async () => {} };
  }
  const members: Member[] = [];
  return {
    capacity: size * batchesPerWorker,
    replay: (batch) => {
      const idle = members.reduce(
        (best, member) => (member.load() < best.load() ? member : best),
        members[0] ?? newMember(),
      );
      const member = idle.load() > 0 && members.length < size ? newMember() : idle;
      return member.replay(batch);
    },
    close: async () => {
      await Promise.all(members.map((member) => member.close()));
    },
  };

  function newMember(): Member {
    const member = startMember(file, options);
    members.push(member);
    return member;
  }
}

async function replayHere(batch: Batch, options: ReplayOptions): Promise<BatchResult> {
  return replayBatch(batch, options);
}

type Member = {
  readonly load: () => number;
  readonly replay: (batch: Batch) => Promise<BatchResult>;
  readonly close: () => Promise<number>;
};

function startMember(file: string, options: ReplayOptions): Member {
  const worker = new Worker(file, { workerData: options });
  const pending: { resolve: (result: BatchResult) => void; reject: (error: Error) => void }[] = [];
  worker.on('message', (result: BatchResult) => pending.shift()?.resolve(result));
  worker.on('error', (error) => {
    for (const { reject } of pending.splice(0)) reject(error);
  });
  return {
    load: () => pending.length,
    replay: (batch) =>
      new Promise((resolve, reject) => {
        pending.push({ resolve, reject });
        worker.postMessage(batch, [batch.bytes.buffer]);
      }),
    close: () => worker.terminate(),
  };
}
