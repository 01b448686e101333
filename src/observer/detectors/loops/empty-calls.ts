import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/**
 * Shell lines that can do nothing (`:`, `true`, only a comment, an empty line) and print nothing, again and again with other
 * words around them: the calls differ, so comparing them finds nothing. Fires at `times` within `window` rounds.
 */
export function createEmptyCalls(settings: DetectorSettings['empty-calls']): Detector {
  let seen: { step: number; round: number }[] = [];
  let hasFired = false;
  let round = 0;

  return {
    name: 'empty-calls',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      round += 1;
      seen = seen.filter((one) => round - one.round < settings.window);
      if (seen.length === 0) hasFired = false;
      if (!isEmptyRound(step)) return [];
      seen.push({ step: step.index, round });
      if (hasFired || seen.length < settings.times) return [];
      hasFired = true;
      const evidenceSteps = lastSteps(
        seen.map((one) => one.step),
        6,
      );
      return [
        makeSignal({
          detector: 'empty-calls',
          class: 'infinite-loop',
          step: step.index,
          confidence: 0.9,
          evidenceSteps,
          evidence: `${seen.length} shell calls could do nothing and printed nothing`,
          streak: seen[0]!.step,
        }),
      ];
    },
  };
}

function isEmptyRound(step: NormalizedStep): boolean {
  return step.calls.every((call) => {
    const { shell, isEmptyResult } = featuresOf(call);
    return shell === 'nothing' && isEmptyResult;
  });
}
