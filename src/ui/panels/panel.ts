import type { ReactNode } from 'react';
import type { TerminalKey } from '../input/key-parser.ts';
import type { LineInput } from '../input/line-input.ts';
import type { DrawContext } from '../text/draw-context.ts';

/**
 * `waits`: a question stands by while the user types. `asks over a draft`: it has the keys, but Enter is for what is written below. `asks
 * again`: a key came too soon. `holds an answer`: it is given unless another key comes.
 */
export type QuestionState = 'asks' | 'asks over a draft' | 'asks again' | 'holds an answer' | 'waits';

/** Something that takes the keys for a while: a list to pick from, a page to read, a question. */
export type Panel = {
  /** Called before each paint, where rows have to be counted beforehand. */
  readonly prepare?: (look: DrawContext) => void;
  readonly render: (state?: QuestionState) => ReactNode;
  readonly press: (key: TerminalKey) => void;
  /** Words that were written for an answer and not given. */
  readonly unsaid?: () => string;
  /** The line that is being written in it. */
  readonly field?: () => LineInput | undefined;
  /** Takes the whole screen (the terminal's alternate one) instead of the place of the composer. */
  readonly isFull?: true;
};

/** A panel that is asked next to the composer: it gets those keys alone that are meant for it. */
export type PanelQuestion = Panel & {
  /** Whether this letter or digit is one of its answers. */
  readonly isAnswer: (text: string) => boolean;
  /** Several of its answers may be marked. */
  readonly takesMarks: boolean;
  /** Whether this letter or digit marks one of them, or takes the mark away. */
  readonly isMark: (text: string) => boolean;
  /** Space marks the answer that is selected. */
  readonly takesSpace: () => boolean;
  /** Opens the field for words that are typed at it; false where it has none for them. */
  readonly openWords: () => boolean;
  /** Marks the answer that a letter stands for, before it is given; returns the way to mark again what was marked. */
  readonly select: (text: string) => () => void;
  /** Ctrl+O shows all of what is asked about. */
  readonly canOpen: boolean;
};
