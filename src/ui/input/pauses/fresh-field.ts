import type { PanelQuestion } from '../../panels/panel.ts';
import type { TerminalKey } from '../key-parser.ts';

/** In other programs Tab completes, and Enter comes right behind it: here it would give an answer whose words nobody has looked at. */
export const fieldPauseMs = 700;

type Later = (ms: number, call: () => void) => () => void;

/** Knows whether the field of a question has just opened, and nothing was written in it since. */
export function createFreshField(later: Later) {
  let end: (() => void) | undefined;
  const forget = () => {
    end?.();
    end = undefined;
  };
  return {
    /** Gives the question a key, which may open a field. */
    press: (question: PanelQuestion, key: TerminalKey) => {
      const before = question.field?.();
      question.press(key);
      const field = question.field?.();
      if (field === before) return;
      forget();
      if (field)
        end = later(fieldPauseMs, () => {
          end = undefined;
        });
    },
    /** Whether a key in the field is an Enter that comes too soon; a key that writes ends the pause. */
    isTooSoon: (key: TerminalKey): boolean => {
      if (key.type === 'key' && key.name === 'return') return end !== undefined;
      if (key.type === 'paste' || (key.type === 'key' && /^(?!tab$)/.test(key.name))) forget();
      return false;
    },
  };
}
