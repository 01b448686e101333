import type { Detector, ObservedStep } from '../observed.ts';
import type { DetectorSettings } from './config.ts';
import { featuresOf } from './features.ts';
import { createProgress } from './progress.ts';
import { makeSignal } from './signal.ts';

const remembered = 256;

/**
 * No new information: of the last `window` rounds at least `repeated` only brought a call with a result that was already known
 * since the last progress, in whatever order (a loop without a fixed period; observer lesson 1: look for lack of progress, not
 * for repetition).
 */
export function createStagnation(settings: DetectorSettings['stagnation']): Detector {
  const known = new Set<number>();
  let rounds: { step: number; isKnown: boolean }[] = [];
  let hasFired = false;
  const hasProgress = createProgress();

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
function isKnownRound(step: ObservedStep, known: Set<number>): boolean {
  let isKnown = true;
  for (const call of step.calls) {
    const { key, result, isPoll } = featuresOf(call);
    const pair = (key * 31 + result) % 9007199254740881;
    if (isPoll || !known.has(pair)) isKnown = false;
    known.add(pair);
    if (known.size > remembered) known.delete(known.values().next().value!);
  }
  return isKnown;
}
