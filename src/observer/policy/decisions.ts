import type { Episode, Reminder, Signal, Suppressed, Verdict } from '../../core/types.ts';

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
