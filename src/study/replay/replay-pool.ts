import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../core/prompt.ts';
import { type Batch, openBatches, type ReadListener } from '../input/read-trajectories.ts';
import { setCompileFlags } from './compile-flags.ts';
import { type BatchResult, type ReplayOptions, type ReplayRecord, replayBatch } from './replay-batch.ts';

/** Batches that a worker has at a time: the one it works on, and the next, so that it never waits for this thread. */
const batchesPerWorker = 2;
/** Bytes that may be read ahead for each worker: one session that takes long keeps nobody else waiting, and memory stays flat. */
const bytesPerWorker = 4 * 1024 * 1024;

export type ReplayRun = ReplayOptions & {
  readonly paths: readonly string[];
  readonly listener: ReadListener;
  /** Worker threads; as many as there are cores when left out. 0: all in this thread. */
  readonly workers?: number;
};

/** Replays everything in the files and folders, in the order read, on all cores. Memory does not grow with the amount. */
export async function* replayAll(run: ReplayRun): AsyncGenerator<ReplayRecord> {
  const { paths, listener, workers: _, ...options } = run;
  setCompileFlags();
  let first: Batch | undefined;
  let crew: Crew | undefined;
  const waiting: { readonly result: Promise<BatchResult>; readonly bytes: number }[] = [];
  let bytes = 0;
  const hand = (batch: Batch, to: Crew) => {
    // Counted first: a worker takes the bytes over.
    const size = batch.bytes.length;
    const result = to.replay(batch);
    // Heard where it is waited for, which may be later.
    result.catch(() => {});
    waiting.push({ result, bytes: size });
    bytes += size;
  };
  try {
    for await (const batch of openBatches(paths, listener)) {
      // For a single one a thread would have to be started first, and all others would do nothing.
      if (first === undefined) {
        first = batch;
        continue;
      }
      if (crew === undefined) {
        crew = startCrew(run, options);
        hand(first, crew);
      }
      hand(batch, crew);
      while (waiting.length >= crew.minBatches && bytes >= crew.maxBytes) {
        const oldest = waiting.shift()!;
        yield* settle(await oldest.result, listener);
        bytes -= oldest.bytes;
      }
    }
    if (crew === undefined && first !== undefined) yield* settle(replayBatch(first, options), listener);
    for (const { result } of waiting) yield* settle(await result, listener);
  } finally {
    await crew?.close();
  }
}

function settle(result: BatchResult, listener: ReadListener): readonly ReplayRecord[] {
  for (const { place, reason } of result.skips) listener.onSkip(place, reason);
  return result.records;
}

type Crew = {
  /** So many batches are read ahead at least, whatever their size, and more of them up to so many bytes. */
  readonly minBatches: number;
  readonly maxBytes: number;
  readonly replay: (batch: Batch) => Promise<BatchResult>;
  readonly close: () => Promise<void>;
};

function startCrew(run: ReplayRun, options: ReplayOptions): Crew {
  const file = join(packageRoot(), 'dist', 'replay-worker.cjs');
  const size = run.workers ?? availableParallelism();
  const isBuilt = !import.meta.url.endsWith('.ts') && existsSync(file);
  if (!isBuilt || size === 0) {
    return { minBatches: 1, maxBytes: 0, replay: (batch) => replayHere(batch, options), close: async () => {} };
  }
  // In a young generation of one megabyte, which is what a thread has, a run's own steps are copied again and again: a tenth of its time.
  setFlagsFromString('--min-semi-space-size=8');
  const members: Member[] = [];
  const queue: Work[] = [];
  /** Gives what waits to whoever has least to do; a worker is started when all others are busy. */
  const handOut = () => {
    while (queue.length > 0) {
      const idlest = members.toSorted((left, right) => left.load() - right.load())[0];
      const member = idlest === undefined || (idlest.load() > 0 && members.length < size) ? newMember() : idlest;
      if (member.load() >= batchesPerWorker) return;
      member.replay(queue.shift()!);
    }
  };
  const newMember = (): Member => {
    const member = startMember(file, options, handOut);
    members.push(member);
    return member;
  };
  return {
    minBatches: size * batchesPerWorker,
    maxBytes: size * bytesPerWorker,
    replay: (batch) =>
      new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject });
        handOut();
      }),
    close: async () => {
      await Promise.all(members.map((member) => member.close()));
    },
  };
}

/** A batch, and who waits for what comes of it. */
type Work = {
  readonly batch: Batch;
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: Error) => void;
};

async function replayHere(batch: Batch, options: ReplayOptions): Promise<BatchResult> {
  return replayBatch(batch, options);
}

type Member = {
  readonly load: () => number;
  readonly replay: (work: Work) => void;
  readonly close: () => Promise<number>;
};

/** `onDone` is called when it has finished a batch. */
function startMember(file: string, options: ReplayOptions, onDone: () => void): Member {
  const worker = new Worker(file, { workerData: options });
  const pending: Work[] = [];
  worker.on('message', (result: BatchResult) => {
    pending.shift()?.resolve(result);
    onDone();
  });
  worker.on('error', (error) => {
    for (const { reject } of pending.splice(0)) reject(error);
  });
  return {
    load: () => pending.length,
    replay: (work) => {
      pending.push(work);
      worker.postMessage(work.batch, [work.batch.bytes.buffer]);
    },
    close: () => worker.terminate(),
  };
}
