import type { Observer } from '../observer/observer.ts';

/** The look at the end of a turn, which a hook waits for only so long. */
export type TurnEnd = {
  /** Begins it; false when it takes longer: it goes on, and what it finds is said with the next event. */
  readonly begin: (observer: Observer) => Promise<boolean>;
  /** Ends a look that is still under way, since something new has happened. */
  readonly cut: () => Promise<void>;
};

/** Of the 150 ms that a hook waits: the rest is the way there and back. */
const waitMs = 110;

export function createTurnEnd(): TurnEnd {
  let current: { readonly cut: AbortController; readonly done: Promise<void> } | undefined;
  return {
    begin: async (observer) => {
      const cut = new AbortController();
      const done = observer.settle(cut.signal);
      current = { cut, done };
      const isDone = await inTime(done);
      if (isDone) current = undefined;
      return isDone;
    },
    cut: async () => {
      current?.cut.abort();
      await current?.done;
      current = undefined;
    },
  };
}

async function inTime(done: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  const isDone = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
