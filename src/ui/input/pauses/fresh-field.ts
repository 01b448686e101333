import type { PanelQuestion } from '../../panels/panel.ts';
import type { TerminalKey } from '../key-parser.ts';
import { createPause, type Later } from './call-later.ts';

/** In other programs Tab completes, and Enter comes right behind it: here it would give an answer whose words nobody has looked at. */
export const fieldPauseMs = 700;

/** Knows whether the field of a question has just opened, and nothing was written in it since. */
export function createFreshField(later: Later) {
  const fresh = createPause(later, fieldPauseMs);
  return {
    /** Gives the question a key, which may open a field. */
    press: (question: PanelQuestion, key: TerminalKey) => {
      const before = question.field?.();
      question.press(key);
      const field = question.field?.();
      if (field === before) return;
      if (field) fresh.begin();
      else fresh.stop();
    },
    /** Whether a key in the field is an Enter that comes too soon; a key that writes ends the pause. */
    isTooSoon: (key: TerminalKey): boolean => {
      if (key.type === 'key' && key.name === 'return') return fresh.isOn();
      if (key.type === 'paste' || (key.type === 'key' && key.name !== 'tab')) fresh.stop();
      return false;
    },
  };
}
