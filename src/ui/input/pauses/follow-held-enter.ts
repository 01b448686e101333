import type { TerminalKey } from '../key-parser.ts';

/** A key that is held down repeats faster than this, once it has begun to: who presses Enter again after it is no held key. */
const repeatMs = 700;

/** Tells of each key whether it may be an Enter that is held down, as one is that comes within `pauseMs` of the last; it is one more of them then. */
export function followHeldEnter(later: (ms: number, call: () => void) => () => void, pauseMs: number) {
  /** Ends the time in which Enter may be one that is still held down. */
  let endPause: (() => void) | undefined;
  /** Ends the time in which an Enter after that may be the next of the same. */
  let endRepeat: (() => void) | undefined;
  let wasRepeat = false;
  return (key: TerminalKey): boolean => {
    const isEnter = key.type === 'key' && key.name === 'return';
    const isAgain = endPause !== undefined && !(wasRepeat && endRepeat === undefined);
    endPause?.();
    endRepeat?.();
    endPause = endRepeat = undefined;
    wasRepeat = isEnter && isAgain;
    if (!isEnter) return false;
    endPause = later(pauseMs, () => {
      endPause = undefined;
    });
    endRepeat = later(repeatMs, () => {
      endRepeat = undefined;
    });
    return isAgain;
  };
}
