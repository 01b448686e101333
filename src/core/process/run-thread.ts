import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../prompt.ts';

export type ThreadBounds = {
  /** After it the thread is ended. */
  readonly limitMs: number;
  /** Of its heap; one that needs more is ended. */
  readonly maxMegabytes: number;
  readonly stackMegabytes?: number;
  readonly signal: AbortSignal;
};

/**
 * Gives a piece of work to a thread of its own and resolves to the first message it posts: what strangers wrote may take for ever or all
 * memory, and the loop never waits for it. undefined when the thread fails, takes too long or too much, or is not built; throws the signal's
 * reason when that is aborted. `thread`: an entry of the build, such as `page-worker`.
 */
export async function runThread<Result>(
  thread: string,
  work: unknown,
  { limitMs, maxMegabytes, stackMegabytes, signal }: ThreadBounds,
): Promise<Result | undefined> {
  signal.throwIfAborted();
  const file = join(packageRoot(), 'dist', `${thread}.cjs`);
  if (!existsSync(file)) return undefined;
  const worker = new Worker(file, {
    workerData: work,
    resourceLimits: {
      maxOldGenerationSizeMb: maxMegabytes,
      ...(stackMegabytes !== undefined && { stackSizeMb: stackMegabytes }),
    },
  });
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  try {
    const result = await new Promise<Result | undefined>((resolve) => {
      stop = () => resolve(undefined);
      timer = setTimeout(stop, limitMs);
      signal.addEventListener('abort', stop, { once: true });
      worker.on('message', (message: Result) => resolve(message));
      worker.on('error', stop);
      worker.on('exit', stop);
    });
    signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
