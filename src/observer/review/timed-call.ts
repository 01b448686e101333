/** One call with an end: given up after its time, or cut off for something that matters more. */
export type TimedCall = {
  /** Settles with `work`, or throws when the call is over before it, even when `work` does not listen to its signal. */
  readonly race: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  readonly cut: () => void;
  /** What ended it before its answer. */
  readonly cutBy: 'time' | 'caller' | undefined;
};

export function openTimedCall(seconds: number): TimedCall {
  const controller = new AbortController();
  let cutBy: TimedCall['cutBy'];

  function end(by: NonNullable<TimedCall['cutBy']>, message: string): void {
    cutBy ??= by;
    controller.abort(new Error(message));
  }

  return {
    race: async (work) => {
      const timer = setTimeout(() => end('time', `no answer in ${seconds} s`), seconds * 1000);
      const over = new Promise<never>((_, reject) => {
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
      });
      try {
        return await Promise.race([over, work(controller.signal)]);
      } finally {
        clearTimeout(timer);
      }
    },
    cut: () => end('caller', 'something else goes before'),
    get cutBy() {
      return cutBy;
    },
  };
}
