import { parentPort, workerData } from 'node:worker_threads';
import type { Batch } from '../input/read-trajectories.ts';
import { type ReplayOptions, replayBatch } from './replay-batch.ts';

/** The thread of a replay: batches in, records out, in the order in which they came. */
const options: ReplayOptions = workerData;
parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(replayBatch(batch, options)));
