import type { Inbox } from '../core/observer-port.ts';
import type { Note, Reminder } from '../core/types.ts';
import type { Decisions } from './policy/decisions.ts';

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

/** Reminders come first, so that the user's own words are the last thing the model reads. */
export function inboxOf(
  said: readonly Reminder[],
  queued: readonly Note[],
  stop: Decisions['stop'],
  answers: readonly Promise<void>[],
): Inbox {
  return {
    notes: [...said.map(noteOf), ...queued],
    ...(stop !== undefined && { stop: { reason: stop.reason } }),
    ...(answers.length > 0 && { answer: Promise.all(answers).then(() => undefined) }),
  };
}

function noteOf(reminder: Reminder): Note {
  return { from: 'observer', text: reminder.text, at: new Date().toISOString(), reminder: reminder.id };
}

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
