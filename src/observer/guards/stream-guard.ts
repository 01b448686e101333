import { detectorsSchema } from '../detectors/detector-settings.ts';
import { createChantWatch } from '../detectors/loops/chant.ts';
import type { ObserverConfig } from '../observer-schema.ts';

/** Characters of the live answer that are looked at together, so that a token costs an addition and no more. */
const batchLength = 2000;

/** Watches the live answer for a passage said over and over. */
export type StreamGuard = {
  /** True: cut the answer now. Only after two batches in a row that chant, which is beyond doubt. */
  readonly push: (delta: string) => boolean;
  /** The user's words: what they ask to be said over and over is not a chant. */
  readonly readWords: (words: string) => void;
  /** A new answer starts. */
  readonly reset: () => void;
  /** False: the user wants no cuts; true: as configured. */
  readonly setEnabled: (isWanted: boolean) => void;
};

/** Works on the main thread: bounded work once in 2,000 characters, and no round trip before an answer that burns tokens ends. */
export function createStreamGuard(config: ObserverConfig['detectors']): StreamGuard {
  const settings = detectorsSchema.unwrap().shape.chant.parse(config.chant);
  const chant = createChantWatch(settings);
  let isEnabled = settings.enabled;
  let batch: string[] = [];
  let length = 0;
  let chantsInRow = 0;
  let asked = '';
  return {
    readWords: (words) => {
      asked = words;
    },
    push: (delta) => {
      if (!isEnabled) return false;
      batch.push(delta);
      length += delta.length;
      if (length < batchLength) return false;
      chantsInRow = chant.push(batch.join(''), asked) ? chantsInRow + 1 : 0;
      batch = [];
      length = 0;
      return chantsInRow >= 2;
    },
    reset: () => {
      chant.reset();
      batch = [];
      length = 0;
      chantsInRow = 0;
    },
    setEnabled: (isWanted) => {
      isEnabled = isWanted && settings.enabled;
    },
  };
}
