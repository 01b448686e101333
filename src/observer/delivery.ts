import type { Inbox } from '../core/observer-port.ts';
import type { Note, Reminder } from '../core/types.ts';
import type { Journal } from './journal.ts';
import type { Decisions } from './policy/decisions.ts';
import type { Policy } from './policy/policy.ts';
import type { StandingWords } from './standing-words.ts';
import { questionOf, type UserQuestion } from './user-question.ts';

/** How reminders come to the model: what is due goes into the loop's inbox, what the user is asked about first waits for the answer. */
export type Delivery = {
  /** What comes before the notes `said` in the request of step `nextStep`; `isOn`: not in shadow. */
  readonly deliver: (said: readonly Note[], nextStep: number, isTurnEnd: boolean, isOn: boolean) => Inbox;
};

type Parts = {
  readonly policy: Policy;
  readonly journal: Journal;
  readonly standing: StandingWords;
  /** A reminder of this class comes before step `step`. */
  readonly onReminder: (reminder: Reminder) => void;
  readonly onAskUser?: ((question: UserQuestion) => Promise<void>) | undefined;
};

export function createDelivery({ policy, journal, standing, onReminder, onAskUser }: Parts): Delivery {
  /** Words of the `way-back` rung that wait for the user's answer, which may make them needless. */
  let held: readonly Reminder[] = [];

  /** What was held for the user's answer: it is said unless they wanted the agent to go on, or spoke to it themselves. */
  function takeHeld(): readonly Reminder[] {
    const isNeedless = ({ class: name, detector }: Reminder): boolean => policy.isPaused(name, detector ?? '');
    for (const { class: name, detector, step } of held.filter(isNeedless))
      journal.suppressed({ class: name, ...(detector && { detector }), step, reason: 'the user answered instead' });
    const due = held.filter((reminder) => !isNeedless(reminder));
    held = [];
    return due;
  }

  /** Decided now, and held from before; what the user is to be asked about first is kept back. */
  function takeDue(decisions: Decisions): readonly Reminder[] {
    const due = takeHeld();
    if (onAskUser !== undefined)
      held = decisions.reminders.filter(({ mode, rung }) => mode === 'on' && rung === 'way-back');
    return [...due, ...decisions.reminders.filter((reminder) => !held.includes(reminder))];
  }

  return {
    deliver: (said, nextStep, isTurnEnd, isOn) => {
      const decisions = policy.deliver(nextStep, isTurnEnd);
      const reminders = takeDue(decisions);
      journal.decisions({ ...decisions, reminders });
      for (const reminder of reminders) onReminder(reminder);
      const again = isOn ? standing.take(said, nextStep) : undefined;
      const answers = onAskUser === undefined ? [] : held.map((reminder) => onAskUser(questionOf(reminder)));
      return {
        notes: [...reminders.filter(({ mode }) => mode === 'on').map(noteOf), ...(again ? [again] : [])],
        ...(decisions.stop !== undefined && { stop: { reason: decisions.stop.reason } }),
        ...(answers.length > 0 && { answer: Promise.all(answers).then(() => undefined) }),
      };
    },
  };
}

function noteOf(reminder: Reminder): Note {
  return { from: 'observer', text: reminder.text, at: new Date().toISOString(), reminder: reminder.id };
}
