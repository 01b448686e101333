import type { PanelQuestion } from '../../panels/panel.ts';
import type { Press } from '../key-parser.ts';
import type { Later } from './call-later.ts';
import { isDigit } from './typed-keys.ts';

/** An Enter is the line break of a paste when text or another one follows within this time: it answers only then. */
export const enterHoldMs = 80;

/** A digit answers when nothing follows it within this time; otherwise it was the first of a word (so as long as `typingMs`). Enter behind it answers at once. */
export const holdMs = 700;

/** The same for a letter, with which more sentences begin: of those who write slowly one in seven lets 0.7 s pass behind it. */
export const letterHoldMs = 1_000;

/** An answer that is given when its time is over and no key came; `isEntered`: Enter was pressed for it. */
export type Held = {
  readonly key: Press;
  readonly isEntered: boolean;
  readonly at: number;
  readonly release: () => void;
  readonly unmark: () => void;
};

/** Holds one answer at a time; `give` is told when nothing has taken it back. */
export function holdAnswers(
  { later, now, repaint }: { readonly later: Later; readonly now: () => number; readonly repaint: () => void },
  give: (question: PanelQuestion, key: Press) => void,
) {
  let held: Held | undefined;
  return {
    begin: (question: PanelQuestion, key: Press, isEntered = false) => {
      const unmark = key.text === '' ? () => {} : question.select(key.text);
      const release = later(isEntered ? enterHoldMs : isDigit(key) ? holdMs : letterHoldMs, () => {
        held = undefined;
        give(question, key);
      });
      held = { key, isEntered, at: now(), release, unmark };
      repaint();
    },
    /** Takes it back, and returns it. */
    take: (): Held | undefined => {
      const taken = held;
      held = undefined;
      taken?.release();
      taken?.unmark();
      return taken;
    },
    /** There is one for which Enter was pressed. */
    isEntered: () => held?.isEntered === true,
    /** There is one that the question speaks of. */
    isShown: () => held !== undefined && !held.isEntered,
  };
}
