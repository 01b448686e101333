import type { Episode, Reminder, Signal, Suppressed, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import { confidenceOf } from './certainty.ts';
import { hardConfidence, ruleOf } from './ladder.ts';

/** What one call of the policy decided. Everything is plain data; the policy itself reports to nobody. */
export type Decisions = {
  readonly verdicts: readonly Verdict[];
  readonly suppressed: readonly Suppressed[];
  /** In mode `on` these go to the model, in shadow they are what would have been said. */
  readonly reminders: readonly Reminder[];
  /** Episodes that were closed by this, each with its outcome. */
  readonly closed: readonly Episode[];
  /** Verdicts whose reminder did not help at once: the adviser's words would make the next one better. */
  readonly adviceWanted: readonly Verdict[];
  /** The ladder has come to its end (never in shadow). */
  readonly stop?: { readonly reason: string; readonly episode: string };
};

/** Decisions while they are being made. */
export type DecisionDraft = {
  readonly verdicts: Verdict[];
  readonly suppressed: Suppressed[];
  readonly reminders: Reminder[];
  readonly closed: Episode[];
  readonly adviceWanted: Verdict[];
  stop?: { readonly reason: string; readonly episode: string };
};

/** Nothing decided yet. */
export function newDraft(): DecisionDraft {
  return { verdicts: [], suppressed: [], reminders: [], closed: [], adviceWanted: [] };
}

/** Notes that a finding leads to no reminder, and why. `step`: the last finished step. */
export function suppress(draft: DecisionDraft, finding: Signal | Verdict, step: number, reason: string): void {
  const { detector } = finding;
  draft.suppressed.push({ class: finding.class, ...(detector !== undefined && { detector }), step, reason });
}

/** The confidence from which a rule's finding of this class stands by itself. */
export function requiredConfidence(config: Pick<ObserverConfig, 'classes'>, className: string): number {
  return config.classes[className]?.confidence ?? ruleOf(className).confidence;
}

/** The confidence from which a judge's finding of this class stands. */
export function requiredOfJudge(config: Pick<ObserverConfig, 'classes'>, className: string): number {
  return config.classes[className]?.confidence ?? confidenceOf(ruleOf(className).judged);
}

/** A strong signal as a verdict. */
export function verdictOf(signal: Signal, id: string): Verdict {
  return {
    id,
    category: signal.category,
    class: signal.class,
    source: 'detector',
    detector: signal.detector,
    confidence: signal.confidence,
    firstStep: Math.min(signal.step, ...signal.evidenceSteps),
    evidenceSteps: signal.evidenceSteps,
    evidence: signal.evidence,
    ...(signal.isRefused && { isRefused: true }),
    ...(signal.times !== undefined && { times: signal.times }),
    key: signal.key,
    atStep: signal.step,
  };
}

/** Hard: a broken instruction that the ledger quotes, or a loop beyond doubt. Neither waits for grace or cool-down. */
export function isHard(verdict: Verdict): boolean {
  if (verdict.source !== 'detector') return false;
  if (verdict.class === 'did-not-follow-instructions') return true;
  return verdict.class === 'infinite-loop' && verdict.confidence >= hardConfidence;
}
