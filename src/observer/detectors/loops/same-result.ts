import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector } from '../../step/normalized-step.ts';
import type { ResultText } from '../../step/results/result-text.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/** One call over and over is another detector's. */
const minSpellings = 3;

/**
 * Different spellings of one question: calls of one tool that only look, each with the same result that is not empty,
 * `times` rounds in a row (eight `git status` and `git diff --stat` variants in one agent's tests). Test runs and
 * changes do not count, and neither do empty results: a batch of searches that find nothing is still a search.
 */
export function createSameResult(settings: DetectorSettings['same-result']): Detector {
  let name = '';
  let result: ResultText | undefined;
  let steps: number[] = [];
  let keys = new Set<number>();
  let hasFired = false;
  const hasProgress = createStepProgress();

  return {
    name: 'same-result',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      const call = step.calls[0]!;
      const features = featuresOf(call);
      const isLooking = (features.isLook || call.act === 'other') && !features.isPoll;
      const isSameSeries =
        isLooking &&
        step.calls.length === 1 &&
        call.name === name &&
        result !== undefined &&
        features.result.isSame(result) &&
        !features.isEmptyResult;
      if (hasProgress(step) || !isSameSeries) {
        name = call.name;
        result = features.result;
        steps = isLooking && !features.isEmptyResult ? [step.index] : [];
        keys = new Set([features.key]);
        hasFired = false;
        return [];
      }
      steps.push(step.index);
      if (steps.length > 24) steps.shift();
      if (keys.size < 24) keys.add(features.key);
      if (hasFired || steps.length < settings.times || keys.size < minSpellings) return [];
      hasFired = true;
      return [
        makeSignal({
          detector: 'same-result',
          class: 'infinite-loop',
          step: step.index,
          confidence: 0.8,
          evidenceSteps: lastSteps(steps, 8),
          times: steps.length,
          evidence: `${steps.length} ${call.name} calls in a row, differently spelled, all gave the same result`,
          streak: steps[0]!,
        }),
      ];
    },
  };
}
