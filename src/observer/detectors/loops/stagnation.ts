import { makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';
import type { ResultText } from '../../step/results/result-text.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';

const remembered = 96;
const resultsPerCall = 3;

/**
 * No new information: of the last `window` rounds at least `repeated` only brought a call with a result that was
 * already known since the last progress, in whatever order (a loop without a fixed period; observer lesson 1: look for
 * lack of progress, not for repetition).
 */
export function createStagnation(settings: DetectorSettings['stagnation']): Detector {
  const known = new Map<number, ResultText[]>();
  let rounds: { step: number; isKnown: boolean }[] = [];
  let hasFired = false;
  const hasProgress = createStepProgress();

  return {
    name: 'stagnation',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      if (hasProgress(step)) {
        known.clear();
        rounds = [];
        hasFired = false;
      }
      rounds.push({ step: step.index, isKnown: isKnownRound(step, known) });
      if (rounds.length > settings.window) rounds.shift();
      const repeated = rounds.filter((round) => round.isKnown);
      if (repeated.length < settings.repeated / 2) hasFired = false;
      if (hasFired || repeated.length < settings.repeated || !repeated.includes(rounds.at(-1)!)) return [];
      hasFired = true;
      return [
        makeSignal({
          detector: 'stagnation',
          class: 'infinite-loop',
          step: step.index,
          confidence: 0.85,
          evidenceSteps: repeated.slice(-6).map((round) => round.step),
          evidence: `${repeated.length} of the last ${rounds.length} rounds only brought what was already known`,
          streak: repeated[0]!.step,
        }),
      ];
    },
  };
}

/** Whether each call of the round was known with this result; all of them are known from now on. */
function isKnownRound(step: NormalizedStep, known: Map<number, ResultText[]>): boolean {
  let isKnown = true;
  for (const call of step.calls) {
    const { key, result, isPoll } = featuresOf(call);
    const results = known.get(key) ?? [];
    const isSeen = results.some((other) => other.isSame(result));
    if (isPoll || !isSeen) isKnown = false;
    if (!isSeen) results.push(result);
    if (results.length > resultsPerCall) results.shift();
    known.delete(key);
    known.set(key, results);
    if (known.size > remembered) known.delete(known.keys().next().value!);
  }
  return isKnown;
}
