import type { TerminalKey } from '../key-parser.ts';
import { createPause, type Later } from './call-later.ts';

/** A key that is held down repeats faster than this, once it has begun to: who presses Enter again after it is no held key. */
const repeatMs = 700;

/** Tells of each key whether it may be an Enter that is held down, as one is that comes within `pauseMs` of the last; it is one more of them then. */
export function followHeldEnter(later: Later, pauseMs: number) {
  /** Enter may be one that is still held down. */
  const held = createPause(later, pauseMs);
  /** An Enter after that may be the next of the same. */
  const repeating = createPause(later, repeatMs);
  let wasRepeat = false;
  return (key: TerminalKey): boolean => {
    const isEnter = key.type === 'key' && key.name === 'return';
    const isRepeat = isEnter && held.isOn() && (!wasRepeat || repeating.isOn());
    wasRepeat = isRepeat;
    for (const pause of [held, repeating]) {
      if (isEnter) pause.begin();
      else pause.stop();
    }
    return isRepeat;
  };
}
