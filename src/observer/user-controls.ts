import type { Journal } from './journal.ts';
import type { Observer } from './observer.ts';
import type { Policy } from './policy/policy.ts';

/** What the user says of reminders: not again, let it go on, it was wrong. `onChange`: what is muted may be another now. */
export function createUserControls(
  policy: Policy,
  journal: Journal,
  onChange: () => void,
): Pick<Observer, 'mute' | 'allowMore' | 'markWrong' | 'watchAgain'> {
  return {
    mute: (name) => {
      journal.decisions(policy.mute(name));
      onChange();
    },
    allowMore: (name, steps) => {
      journal.decisions(policy.allowMore(name, steps));
      onChange();
    },
    markWrong: (id) => {
      const reminder = journal.timeline().reminders.findLast((each) => id === undefined || each.id === id);
      if (reminder !== undefined) journal.decisions(policy.markWrong(reminder.episode));
      return reminder;
    },
    watchAgain: (name) => {
      policy.watchAgain(name);
      onChange();
    },
  };
}
