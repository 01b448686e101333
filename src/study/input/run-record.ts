import type { Episode, ObserverMode, Outcome, Reminder, Signal, Suppressed, Usage, Verdict } from '../../core/types.ts';

/** Something with the ISO time at which it was written down. */
export type Timed<Item> = Item & { readonly at?: string };

/** What a session file of ours says of the observer's work. */
export type WinkRecord = {
  readonly mode: ObserverMode;
  readonly experiment?: { readonly name: string; readonly arm: string; readonly unit: string };
  /** The share of reminders that were withheld by lot. */
  readonly holdback?: number;
  readonly signals: readonly Timed<Signal>[];
  readonly verdicts: readonly Timed<Verdict>[];
  readonly suppressed: readonly Timed<Suppressed>[];
  readonly reminders: readonly Timed<Reminder>[];
  readonly episodes: readonly Timed<Episode>[];
  /** The observer's own tokens and money; undefined when the session did not end. */
  readonly usage?: Usage;
  readonly judgeCalls?: number;
  /** The estimate that the run succeeded, 0 to 1. */
  readonly score?: number;
};

/** What a saved run says of itself, apart from its steps; what its form does not say is left out. */
export type RunRecord = {
  /** ISO times. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Wall time. */
  readonly durationMs?: number;
  /** The part of it in which the agent was at work: without the waits for the person, and of a pause ten minutes at most. */
  readonly activeMs?: number;
  readonly usage?: Usage;
  readonly repository?: string;
  readonly outcome?: Outcome;
  /** How often a person stopped the agent in the middle (Esc, Ctrl-C). */
  readonly interrupts: number;
  /** ISO time at which each step was finished, where the form says it. */
  readonly stepTimes: readonly (string | undefined)[];
  /** Tokens of each step, input and output, where the form says them. */
  readonly stepTokens?: readonly number[];
  readonly wink?: WinkRecord;
};
