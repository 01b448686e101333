import type { Reminder } from '../../core/types.ts';
import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import { hasFailed } from '../../observer/step/results/did-not-run.ts';
import type { DisruptionFacts } from './session-facts.ts';

/** Steps looked at on each side of the first reminder; as many as recovery is given (10). */
const windowSteps = 10;
/** A run got worse when the share of failing calls rose by more than this. */
const worseBy = 0.2;

/**
 * Whether the first reminder met a clean run, and whether it went worse after. Clean: none of the calls in the 10 steps before it
 * failed, but for those that the reminder is about. Worse: the share of failing calls in the 10 steps after it is above that share
 * before by more than 0.2. Computed alike for what would have been said in shadow: its rate is what happens without a word.
 */
export function measureDisruption(
  steps: readonly NormalizedStep[],
  reminders: readonly Reminder[],
): DisruptionFacts | null {
  const first = reminders[0];
  if (first === undefined) return null;
  const evidence = new Set(first.evidenceSteps);
  const before = steps.filter((step) => step.index < first.step && step.index >= first.step - windowSteps);
  const after = steps.filter((step) => step.index >= first.step && step.index < first.step + windowSteps);
  const shareOutside = failureShare(before.filter((step) => !evidence.has(step.index))) ?? 0;
  return {
    mode: first.mode,
    class: first.class,
    detector: first.detector ?? null,
    isClean: shareOutside === 0,
    gotWorse: (failureShare(after) ?? 0) - shareOutside > worseBy,
  };
}

/** The share of calls that failed in some steps; null when they made none. */
function failureShare(steps: readonly NormalizedStep[]): number | null {
  const calls = steps.flatMap((step) => step.calls);
  return calls.length === 0 ? null : calls.filter(hasFailed).length / calls.length;
}
