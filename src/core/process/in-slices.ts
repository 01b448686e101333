import { setImmediate as nextCycle } from 'node:timers/promises';

/** The longest time for which other work has to wait, in milliseconds. */
const sliceMs = 8;

/** Carries out long work on this thread and lets everything else have its turn every few milliseconds, wherever the work yields. */
export async function inSlices<Value>(work: Generator<undefined, Value>): Promise<Value> {
  let startedMs = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - startedMs < sliceMs) continue;
    await nextCycle();
    startedMs = performance.now();
  }
}
