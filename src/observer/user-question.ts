import type { Reminder } from '../core/types.ts';

/** What the user is asked when words and refusals did not help: go back, go on, or stop. */
export type UserQuestion = {
  readonly episode: string;
  readonly class: string;
  readonly detector?: string;
  readonly evidence: string;
  readonly evidenceSteps: readonly number[];
  /** Going back means: to the state before this step. */
  readonly backToStep: number;
};

/** What the user is asked about a reminder at the end of the ladder. */
export function questionOf(reminder: Reminder): UserQuestion {
  return {
    episode: reminder.episode,
    class: reminder.class,
    ...(reminder.detector !== undefined && { detector: reminder.detector }),
    evidence: reminder.evidence,
    evidenceSteps: reminder.evidenceSteps,
    backToStep: Math.min(...reminder.evidenceSteps),
  };
}
