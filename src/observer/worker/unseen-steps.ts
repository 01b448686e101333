/** The steps that were sent to the worker and not looked at yet. */
export type UnseenSteps = {
  readonly add: (index: number) => void;
  /** The worker has looked at this step, and so at all before it. */
  readonly noteSeen: (index: number) => void;
  readonly has: (index: number) => boolean;
  readonly isEmpty: () => boolean;
  /** The one that was sent last; undefined for none. */
  readonly last: () => number | undefined;
  /** Milliseconds that the oldest has waited; 0 for none. */
  readonly oldestWaitMs: () => number;
  /** A new worker has them from now on. */
  readonly restartClock: () => void;
  readonly forget: () => void;
  /** The newest step that was looked at, and how many were. */
  readonly lastSeen: () => number;
  readonly seenCount: () => number;
};

/** `knownUntil`: the last step that counts as looked at from the start. */
export function trackUnseenSteps(knownUntil: number): UnseenSteps {
  /** By step, the time of sending; in order. */
  const sentAt = new Map<number, number>();
  let lastSeen = knownUntil;
  let seenCount = 0;
  return {
    add: (index) => void sentAt.set(index, performance.now()),
    noteSeen: (index) => {
      if (index > lastSeen) seenCount += 1;
      lastSeen = Math.max(lastSeen, index);
      for (const sent of sentAt.keys()) if (sent <= index) sentAt.delete(sent);
    },
    has: (index) => sentAt.has(index),
    isEmpty: () => sentAt.size === 0,
    last: () => [...sentAt.keys()].at(-1),
    oldestWaitMs: () => {
      const [oldest] = sentAt.values();
      return oldest === undefined ? 0 : performance.now() - oldest;
    },
    restartClock: () => {
      const now = performance.now();
      for (const index of sentAt.keys()) sentAt.set(index, now);
    },
    forget: () => sentAt.clear(),
    lastSeen: () => lastSeen,
    seenCount: () => seenCount,
  };
}
