import { lastSteps, makeSignal } from '../../signal.ts';
import { type CallFeatures, featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { isSameOutcome } from '../../step/results/same-outcome.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Streak = { last: CallFeatures; steps: number[]; rounds: number[]; hasFired: boolean };

const remembered = 48;

/** A state that others change may stay the same for long; asked so often without a pause, it is no longer waited for. */
const stateTimes = 40;

/**
 * The same call with the same result again and again, without progress in between (call and normalised result hashed
 * together; observer lessons 1 and 2, and the common core of eleven agents' loop detectors). Rounds count, not calls:
 * equal calls of one message are one. Fires at `times` rounds in a row, or at `interleavedTimes` of the last `window`
 * rounds with other calls between; calls that wait for a job have `pollTimes`, and those that ask for a
 * state that others change forty.
 */
export function createRepeatedCall(settings: DetectorSettings['repeated-call']): Detector {
  const streaks = new Map<number, Streak>();
  const hasProgress = createStepProgress();
  let round = 0;
  /** The last round in which something may have been changed. */
  let changedAt = -1;

  const observe = (call: NormalizedCall, step: NormalizedStep) => {
    const features = featuresOf(call);
    const { key, isPoll, asksState } = features;
    const streak = continued(streaks.get(key), features, round, settings.window);
    streaks.delete(key);
    streaks.set(key, streak);
    if (streaks.size > remembered) streaks.delete(streaks.keys().next().value!);
    streak.steps.push(step.index);
    streak.rounds.push(round);
    if (streak.rounds.length > settings.window) {
      streak.steps.shift();
      streak.rounds.shift();
    }
    if (streak.hasFired) return [];
    const inRow = countInRow(streak.rounds);
    const isStuck = isPoll
      ? inRow >= (asksState ? stateTimes : settings.pollTimes)
      : inRow >= settings.times || streak.rounds.length >= settings.interleavedTimes;
    if (!isStuck) return [];
    streak.hasFired = true;
    return [describe(call, step, streak, inRow, changedAt < streak.rounds[0]!)];
  };

  return {
    name: 'repeated-call',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      if (hasProgress(step)) streaks.clear();
      round += 1;
      if (step.calls.some(mayChange)) changedAt = round;
      return distinctCalls(step).flatMap((call) => observe(call, step));
    },
  };
}

/** Whether a call may have changed something: all but what only looks, checks or waits, and what failed to act. */
function mayChange(call: NormalizedCall): boolean {
  const { shell, isChange } = featuresOf(call);
  if (call.act === 'shell') return isChange || shell === undefined || shell === 'run' || shell === 'change';
  return isChange || (call.act === 'other' && !call.isError);
}

function describe(call: NormalizedCall, step: NormalizedStep, streak: Streak, inRow: number, isUnchanged: boolean) {
  const { isPoll } = featuresOf(call);
  const times = Math.max(inRow, streak.rounds.length);
  return makeSignal({
    detector: 'repeated-call',
    class: 'infinite-loop',
    step: step.index,
    confidence: isPoll ? 0.75 : inRow >= 3 ? 0.95 : 0.85,
    evidenceSteps: lastSteps(streak.steps, 6),
    times,
    evidence: `the same ${call.name} call came ${times} times with the same result${isUnchanged ? ' and nothing was changed in between' : ''}`,
    streak: `${featuresOf(call).key}:${streak.steps[0]}`,
  });
}

/** The streak that goes on with this result, or a new one when the result is another or the last time is long ago. */
function continued(known: Streak | undefined, last: CallFeatures, round: number, window: number): Streak {
  if (known === undefined || round - known.rounds.at(-1)! > window / 2 || !isSameOutcome(known.last, last)) {
    return { last, steps: [], rounds: [], hasFired: false };
  }
  return known;
}

function countInRow(rounds: readonly number[]): number {
  let count = 1;
  while (count < rounds.length && rounds[rounds.length - count - 1] === rounds[rounds.length - count]! - 1) count += 1;
  return count;
}

/** The calls of a step that were carried out or refused, each once: one that was skipped because another call of the step failed says nothing. */
export function distinctCalls(step: NormalizedStep): readonly NormalizedCall[] {
  const seen = new Set<number>();
  return step.calls.filter(
    (call) =>
      call.errorKind !== 'cancelled' &&
      call.errorKind !== 'aborted' &&
      !seen.has(featuresOf(call).key) &&
      seen.add(featuresOf(call).key),
  );
}
