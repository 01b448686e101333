/**
 * Memory that both threads share: the worker rings whenever it has sent something, and who waits for it hears that within a tenth of a
 * millisecond. To look again by a timer takes a whole one at least, every turn.
 */
export type Bell = Int32Array<SharedArrayBuffer>;

export function createBell(): Bell {
  return new Int32Array(new SharedArrayBuffer(4));
}

export function ring(bell: Bell): void {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

/** How often it has rung. */
export function countRings(bell: Bell): number {
  return Atomics.load(bell, 0);
}

/** Resolves as soon as the bell has rung more often than `heard`, and after `ms` milliseconds in any case. */
export function nextRing(bell: Bell, heard: number, ms: number): Promise<void> {
  return new Promise((resolve) => {
    // The wait itself would not keep the process from ending.
    const timer = setTimeout(resolve, ms);
    void Promise.resolve(Atomics.waitAsync(bell, 0, heard, ms).value).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
