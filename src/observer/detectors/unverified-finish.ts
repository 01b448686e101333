import { makeSignal } from '../signal.ts';
import { followChecksAndChanges } from '../step/checks-and-changes.ts';
import type { Detector } from '../step/normalized-step.ts';

/**
 * The turn ends after a change of code that nothing was run against: no test, no build, no run of the program since the
 * last change. Documentation and configuration need none. Whether a check was possible the transcript seldom shows, so
 * the confidence is moderate.
 */
export function createUnverifiedFinish(): Detector {
  const evidence = followChecksAndChanges();
  return {
    name: 'unverified-finish',
    feed: (step) => {
      evidence.feed(step);
      return [];
    },
    finish: (step) => {
      const { lastEdit, lastCheck, lastTest } = evidence.read();
      if (lastEdit === undefined || lastCheck !== undefined) return [];
      return [
        makeSignal({
          detector: 'unverified-finish',
          class: 'unverified-finish',
          step: step.index,
          confidence: lastTest === undefined ? 0.75 : 0.6,
          evidenceSteps: [lastEdit, step.index],
          evidence: 'code was changed and nothing was run after the last change',
          streak: step.index,
        }),
      ];
    },
  };
}
