import type { Observer } from '../../observer/observer.ts';

/** The look at the end of a turn, which a hook waits for only so long. */
export type BoundedSettle = {
  /** Begins it; false when it takes longer: it goes on, and what it finds is said with the next event. */
  readonly begin: (observer: Observer) => Promise<boolean>;
  /** Ends a look that is still under way, since something new has happened. */
  readonly cut: () => Promise<void>;
};

/** Of the 150 ms that a hook waits: the rest is the way there and back. */
const waitMs = 110;
/** A look that is still under way gets so long at the next event, before it is cut off. */
const graceMs = 60;

export function createBoundedSettle(): BoundedSettle {
  let current: { readonly cut: AbortController; readonly done: Promise<void> } | undefined;
  return {
    begin: async (observer) => {
      const cut = new AbortController();
      const done = observer.settle(cut.signal);
      current = { cut, done };
      const isDone = await inTime(done, waitMs);
      if (isDone) current = undefined;
      return isDone;
    },
    cut: async () => {
      if (current === undefined) return;
      if (!(await inTime(current.done, graceMs))) current.cut.abort();
      await current.done;
      current = undefined;
    },
  };
}

async function inTime(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isDone = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
