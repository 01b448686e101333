import { lookUp } from '../../core/text/look-up.ts';
import type { Rung } from '../../core/types.ts';
import type { Certainty } from './certainty.ts';

/** How the policy treats a class: data, so that it can be read in one glance. */
export type ClassRule = {
  /** From this confidence on a detector's signal stands without the judge; below it the judge is asked. */
  readonly confidence: number;
  /** How sure the judge must be for its own finding to stand. `observer.classes.NAME.confidence` overrides both. */
  readonly judged: Certainty;
  /** What is done one after the other while the misbehaviour goes on. */
  readonly rungs: readonly Rung[];
  /** May re-open a turn that the model called done: always, only as a finding of the judge with its quotes, or never. */
  readonly mayReopen: 'always' | 'judged' | 'never';
  /** A verdict that is older than this many steps helps nobody. */
  readonly maxAgeSteps: number;
};

const wholeLadder: readonly Rung[] = ['redirect', 'check', 'refuse', 'way-back', 'stop'];
const wordsOnly: readonly Rung[] = ['redirect', 'check'];

/**
 * Only what burns steps without end may be refused and stopped. A broken instruction is refused by the ledger already, so its
 * ladder goes from words to the user. What a judge alone can see never gets further than words.
 */
const rules: Readonly<Record<string, ClassRule>> = {
  'infinite-loop': { confidence: 0.7, judged: 'likely', rungs: wholeLadder, mayReopen: 'never', maxAgeSteps: 20 },
  'tool-call-failure': { confidence: 0.7, judged: 'likely', rungs: wholeLadder, mayReopen: 'never', maxAgeSteps: 20 },
  'did-not-follow-instructions': {
    confidence: 0.7,
    judged: 'likely',
    rungs: ['redirect', 'check', 'way-back', 'stop'],
    mayReopen: 'always',
    maxAgeSteps: 20,
  },
  'unrequested-changes': { confidence: 0.7, judged: 'likely', rungs: wordsOnly, mayReopen: 'judged', maxAgeSteps: 15 },
  'wrong-premise': { confidence: 0.75, judged: 'likely', rungs: wordsOnly, mayReopen: 'judged', maxAgeSteps: 8 },
  'premature-stop': { confidence: 0.75, judged: 'likely', rungs: ['redirect'], mayReopen: 'always', maxAgeSteps: 3 },
  'false-claim': { confidence: 0.75, judged: 'likely', rungs: wordsOnly, mayReopen: 'always', maxAgeSteps: 8 },
  'test-tampering': { confidence: 0.75, judged: 'likely', rungs: wordsOnly, mayReopen: 'always', maxAgeSteps: 20 },
  'unverified-finish': { confidence: 0.75, judged: 'likely', rungs: ['redirect'], mayReopen: 'always', maxAgeSteps: 3 },
};

const ruleOfOthers: ClassRule = {
  confidence: 0.75,
  judged: 'likely',
  rungs: wordsOnly,
  mayReopen: 'judged',
  maxAgeSteps: 10,
};

/** The rule of a class; classes that a user added get the careful one. */
export function ruleOf(className: string): ClassRule {
  return lookUp(rules, className) ?? ruleOfOthers;
}

/**
 * From this confidence on a loop is certain enough to be reminded of in the first steps of a run and inside a cool-down:
 * the same call with the same result over and over, not merely something that looks like it.
 */
export const hardConfidence = 0.9;

/** Steps without the misbehaviour, and with progress, after which it counts as recovered. */
export const recoverySteps = 10;

/**
 * Steps in which the misbehaviour must still be there before the next rung: half a cool-down, since the window in which a run
 * can be turned is short (a median of about one step, arXiv 2607.09510), and never on the very next step.
 */
export function escalationSteps(cooldownSteps: number): number {
  return Math.max(2, Math.ceil(cooldownSteps / 2));
}
