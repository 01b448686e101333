/** Milliseconds between two paints that nobody asked for at once: 30 a second. */
const spacing = 33;

export type Painter = ReturnType<typeof createPainter>;

/** Decides when to paint: events are gathered, keys are shown at once, and when nothing happens no timer runs. */
export function createPainter(paint: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  let last = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let isBatching = false;
  let isWanted = false;
  let isHeld = false;
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    if (isStopped) return;
    last = performance.now();
    paint();
  };
  const schedule = (at: number) => {
    if (isStopped || (timer !== undefined && due <= at)) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, Math.max(0, at - performance.now()));
  };
  return {
    /** Something changed; paint within the spacing. */
    soon: () => schedule(Math.max(performance.now(), last + spacing)),
    /** The user pressed a key: paint now. */
    now: () => {
      if (isBatching) isWanted = true;
      else run();
    },
    /** Paint one spacing from now and not before: what was just started goes first. */
    afterwards: () => {
      isHeld = isBatching;
      clearTimeout(timer);
      timer = undefined;
      last = performance.now();
      schedule(last + spacing);
    },
    /** Paint again after some milliseconds (a spinner, a hint that ends), if nothing else does before. */
    after: (ms: number) => schedule(performance.now() + ms),
    /** Whatever asks for a paint at once during `work` gets one at its end. */
    batch: (work: () => void) => {
      isBatching = true;
      try {
        work();
      } finally {
        isBatching = false;
        if (isWanted && !isHeld) run();
        isWanted = false;
        isHeld = false;
      }
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
