import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import { isQuestion } from '../../observer/step/results/words-in-results.ts';

/** How a person stepped in. A message that follows an Esc is counted with it, once. */
export type Interventions = {
  /** Esc, Ctrl-C, a rewind. */
  readonly interrupts: number;
  /** Messages while the agent was still at work. */
  readonly redirects: number;
  /** Messages after the agent had ended its turn that say it did wrong. */
  readonly corrections: number;
  readonly total: number;
};

/**
 * How a correction begins. English, read over the first 200 characters only; a correction in other words is missed and a new
 * request that happens to begin like one is counted, so compare arms and not absolute numbers.
 */
const correction =
  /^\W{0,3}(?:no\b|nope|wrong|stop|wait\b|undo|revert|roll ?back|don'?t|do not|instead|actually|that(?:'s| is| was)? (?:not|wrong|broken)|this (?:is|was) (?:not|wrong)|not what|you (?:did ?n[o']?t|forgot|missed|broke|should(?: not|n'?t)? have|were (?:not|supposed))|why (?:did|do|are) you|i (?:said|asked|told you|meant|did ?n[o']?t ask)|(?:it |that )?still (?:fail|broken|not|does)|(?:it|that) (?:does ?n[o']?t|did ?n[o']?t) work|try again)/i;

/** Counts the messages and stops of a person after the task was given. An answer to a question of the agent's isn't one. */
export function countInterventions(steps: readonly NormalizedStep[], interrupts: number): Interventions {
  let redirects = 0;
  let corrections = 0;
  steps.forEach((step, position) => {
    if (position === 0 || step.userTexts.length === 0) return;
    const before = steps[position - 1]!;
    if (before.calls.some((call) => isQuestion(call.name) && !call.isError)) return;
    if (before.calls.length > 0) redirects += step.userTexts.length;
    else corrections += step.userTexts.filter((text) => correction.test(text.slice(0, 200))).length;
  });
  return { interrupts, redirects, corrections, total: redirects + corrections + Math.max(0, interrupts - redirects) };
}
