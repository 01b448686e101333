import type { Press, TerminalKey } from '../key-parser.ts';

type Later = (ms: number, call: () => void) => () => void;

/**
 * Of a row of questions each may be answered by the same key, pressed again before the next one takes an answer. Such a key is left out, unless
 * more follows within `waitMs`: it was the beginning of a word then.
 */
export function createEarlyAnswers(later: Later, waitMs: number) {
  let last = '';
  let early: Press[] = [];
  let end: (() => void) | undefined;
  const take = () => {
    const taken = early;
    end?.();
    end = undefined;
    early = [];
    return taken;
  };
  return {
    /** This key has answered a question. */
    note: (key: TerminalKey) => {
      last = key.type === 'key' ? key.text : '';
    },
    isAgain: (key: TerminalKey): key is Press => key.type === 'key' && key.text !== '' && key.text === last,
    isPending: () => early.length > 0,
    add: (...keys: readonly Press[]) => {
      early = [...take(), ...keys];
      end = later(waitMs, take);
    },
    /** What was left out and may be the beginning of a word; it is not left out any more. */
    take,
  };
}
