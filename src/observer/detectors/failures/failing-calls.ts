import { lastSteps, makeSignal } from '../../signal.ts';
import { runsNothing } from '../../step/checks/check-outcome.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';
import type { CallFailure } from '../../step/results/failure.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/**
 * Calls that fail one after the other because the call itself is wrong: unknown tool, bad arguments, missing path, an
 * edit that does not match, command not found, time-out. Fires at `times` rounds in a row, whatever the kinds
 * (three failed calls in a row: 3.1 % of 796 passing runs, 33 % of those behind a garbling server). A call that works ends the streak. What a program finds (a
 * red test, a compiler's error) is not such a failure, and neither is looking for one installed tool among several:
 * other commands that are not found either count once.
 */
export function createFailingCalls(settings: DetectorSettings['failing-calls']): Detector {
  let streak: { step: number; failure: CallFailure }[] = [];
  let hasFired = false;

  return {
    name: 'failing-calls',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      const failure = failureOfRound(step);
      if (failure === undefined || step.userTexts.length > 0) {
        streak = [];
        hasFired = false;
      }
      if (failure === undefined) return [];
      if (
        failure.kind === 'command-not-found' &&
        !streak.some((one) => one.failure.cause === failure.cause) &&
        streak.at(-1)?.failure.kind === failure.kind
      )
        return [];
      streak.push({ step: step.index, failure });
      if (streak.length > 12) streak.shift();
      if (hasFired || streak.length < settings.times) return [];
      hasFired = true;
      return [describe(step, streak)];
    },
  };
}

/** The failure of a round: every call of it failed, and by its own fault. */
export function failureOfRound(step: NormalizedStep): CallFailure | undefined {
  let first: CallFailure | undefined;
  for (const call of step.calls) {
    const { failure, command } = featuresOf(call);
    // Asking a program for its help is a way to learn how it is called, whatever it answers.
    if (failure === undefined || !failure.isWrongCall || runsNothing(command)) return undefined;
    first ??= failure;
  }
  return first;
}

function describe(step: NormalizedStep, streak: readonly { step: number; failure: CallFailure }[]) {
  const kinds = [...new Set(streak.map((round) => round.failure.kind))];
  return makeSignal({
    detector: 'failing-calls',
    class: 'tool-call-failure',
    step: step.index,
    confidence: 0.9,
    evidenceSteps: lastSteps(
      streak.map((round) => round.step),
      6,
    ),
    times: streak.length,
    evidence: `${streak.length} calls in a row failed because the call was wrong (${kinds.join(', ')})`,
    streak: streak[0]!.step,
  });
}
