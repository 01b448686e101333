import { keyName, type TerminalKey } from './key-parser.ts';

/** Keys that wait look again after so long whether they may go on. */
const lookMs = 15;

/** What a key has begun is waited for so long, unless it says how long: longer and the user would miss what they type. */
const holdMs = 1_000;

/** For what takes the conversation to another place: words sent meanwhile would get lost between the two. */
export const changeMs = 5_000;

/** What keys have begun that those behind them have to wait for. */
export type KeyHolds = {
  /** Begins the work; keys wait until it is done or something else has them, but no longer than `most` milliseconds. */
  readonly hold: <Result>(begin: () => Promise<Result>, most?: number) => Promise<Result>;
  readonly isHeld: () => boolean;
};

/** `place` is what has the keys: once that is another one, they need not wait any more. */
export function createKeyHolds(place: () => unknown): KeyHolds {
  const works = new Set<{ readonly place: unknown; readonly until: number }>();
  return {
    hold: (begin, most = holdMs) => {
      const one = { place: place(), until: performance.now() + most };
      works.add(one);
      return begin().finally(() => works.delete(one));
    },
    isHeld: () => [...works].some((one) => one.place === place() && performance.now() < one.until),
  };
}

/**
 * Keys that come in one piece act as if they had been pressed one after the other: each finds what the one before it has opened, put into the
 * composer or changed.
 */
export function createKeyQueue(press: (key: TerminalKey) => void, batch: (work: () => void) => void, holds: KeyHolds) {
  const waiting: TerminalKey[] = [];
  let isDue = false;
  const goOn = () => {
    isDue = false;
    batch(pressWaiting);
  };
  const pressWaiting = () => {
    for (let key = next(); key !== undefined; key = next()) {
      press(key);
      if (waiting.length > 0 && beginsWork(key)) return wait(() => setImmediate(goOn));
    }
  };
  const next = () => {
    if (waiting.length > 0 && holds.isHeld()) wait(() => setTimeout(goOn, lookMs));
    return isDue ? undefined : waiting.shift();
  };
  const wait = (later: () => unknown) => {
    isDue = true;
    later();
  };
  return {
    take: (keys: readonly TerminalKey[]) => {
      waiting.push(...keys);
      if (!isDue) batch(pressWaiting);
    },
  };
}

/** Keys that only write or move do it at once. */
function beginsWork(key: TerminalKey): boolean {
  return key.type === 'key' && (key.isCtrl || key.isAlt || /^(return|tab|escape)$/.test(keyName(key)));
}
