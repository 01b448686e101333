import type { Press, TerminalKey } from '../key-parser.ts';
import { createPause, type Later } from './call-later.ts';

/** Who presses the same key again and again lets less than this pass between two of them. */
export const againMs = 2_000;

/**
 * Of a row of questions each may be answered by the same key, pressed again before the next one is up or takes an answer. Such a key is left
 * out, unless more follows within `waitMs`: it was the beginning of a word then.
 */
export function createEarlyAnswers(later: Later, waitMs: number) {
  let last = '';
  let early: Press[] = [];
  /** Pressed while nothing was asked: they are all that the composer holds. */
  let written: Press[] = [];
  const waiting = createPause(later, waitMs, () => {
    early = [];
  });
  const row = createPause(later, againMs, () => {
    written = [];
  });
  const take = () => {
    const taken = early;
    waiting.stop();
    early = [];
    return taken;
  };
  const isAgain = (key: TerminalKey): key is Press => key.type === 'key' && key.text !== '' && key.text === last;
  const add = (...keys: readonly Press[]) => {
    early = [...early, ...keys];
    waiting.begin();
  };
  return {
    /** This key has answered a question. */
    note: (key: TerminalKey) => {
      last = key.type === 'key' ? key.text : '';
    },
    isAgain,
    isPending: waiting.isOn,
    add,
    /** What was left out and may be the beginning of a word; it is not left out any more. */
    take,
    /** The key goes to the composer, which holds the draft, while nothing is asked. */
    write: (key: TerminalKey, draft: string) => {
      written = isAgain(key) && draft === textOf(written) ? [...written, key] : [];
      row.begin();
    },
    /** A question is up: whether all of the draft was written for it, and is left out of the composer. */
    leaveOut: (draft: string): boolean => {
      const keys = written;
      written = [];
      if (keys.length === 0 || draft !== textOf(keys)) return false;
      add(...keys);
      return true;
    },
  };
}

function textOf(keys: readonly Press[]): string {
  return keys.map(({ text }) => text).join('');
}
