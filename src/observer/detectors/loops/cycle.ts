import { makeSignal } from '../../signal.ts';
import { type CallFeatures, featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';
import { isSameOutcome } from '../../step/results/same-outcome.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Round = { readonly step: number; readonly token: number; readonly outcomes: readonly CallFeatures[] };

/**
 * A cycle of 2 to `maxPeriod` rounds gone through `rounds` times, every call with the same result as in the round
 * before and so every change in it the same change again (observer lesson 3). On real runs an exact cycle of 2 to 6
 * calls three times over was in none of 796 passing ones. A cycle that was left is forgotten; one that only waits and asks how
 * the state of something isn't one.
 */
export function createCycle(settings: DetectorSettings['cycle']): Detector {
  const capacity = settings.maxPeriod * settings.rounds;
  let history: Round[] = [];
  let activePeriod = 0;

  return {
    name: 'cycle',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      if (step.userTexts.length > 0) {
        history = [];
        activePeriod = 0;
      }
      history.push({
        step: step.index,
        token: tokenOf(step),
        outcomes: step.calls.map(featuresOf),
      });
      if (history.length > capacity) history.shift();
      if (activePeriod > 0 && isPeriodic(history, activePeriod, 2)) return [];
      activePeriod = 0;
      for (let period = 2; period <= settings.maxPeriod; period += 1) {
        if (!isPeriodic(history, period, settings.rounds)) continue;
        if (isUniform(history.slice(-period)) || isPolling(history.slice(-period))) return [];
        activePeriod = period;
        return [describe(step, history.slice(-period * settings.rounds), period, settings.rounds)];
      }
      return [];
    },
  };
}

/** The calls of a round as one number; results are compared only where the calls are the same. */
function tokenOf(step: NormalizedStep): number {
  let token = 7;
  for (const call of step.calls) {
    token = (token * 31 + featuresOf(call).key) % 9007199254740881;
  }
  return token;
}

function isPeriodic(history: readonly Round[], period: number, rounds: number): boolean {
  const length = period * rounds;
  if (history.length < length) return false;
  const start = history.length - length + period;
  for (let at = start; at < history.length; at += 1) {
    if (history[at]!.token !== history[at - period]!.token) return false;
  }
  for (let at = start; at < history.length; at += 1) {
    if (!history[at]!.outcomes.every((outcome, call) => isSameOutcome(outcome, history[at - period]!.outcomes[call]!)))
      return false;
  }
  return true;
}

/** A cycle of nothing but waiting and asking for a state. */
function isPolling(rounds: readonly Round[]): boolean {
  return rounds.every(({ outcomes }) => outcomes.every(({ isPoll }) => isPoll));
}

function isUniform(rounds: readonly Round[]): boolean {
  return rounds.every((round) => round.token === rounds[0]!.token);
}

function describe(step: NormalizedStep, rounds: readonly Round[], period: number, times: number) {
  return makeSignal({
    detector: 'cycle',
    class: 'infinite-loop',
    step: step.index,
    confidence: 0.95,
    evidenceSteps: rounds.map((round) => round.step),
    evidence: `the same ${period} calls were gone through ${times} times in the same order with the same results`,
    streak: rounds[0]!.step,
  });
}
