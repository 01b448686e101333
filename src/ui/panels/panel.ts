import type { ReactNode } from 'react';
import type { Key } from '../input/keys.ts';
import type { DrawContext } from '../text/look.ts';

/** Something that takes the keys for a while: a list to pick from, a question of the user's own command, a page to read. */
export type Panel = {
  /** Called before each paint, where rows have to be counted beforehand. */
  readonly prepare?: (look: DrawContext) => void;
  readonly render: () => ReactNode;
  readonly press: (key: Key) => void;
  /** Takes the whole screen (the terminal's alternate one) instead of the place of the composer. */
  readonly isFull: boolean;
};

/** A question: drawn, and given those keys that are meant for it. */
export type Choice = {
  /** `waits`: it stands by while the user types. */
  readonly render: (state?: 'asks' | 'waits') => ReactNode;
  readonly press: (key: Key) => void;
  /** Words are being written into one of its answers. */
  readonly isWriting: () => boolean;
  /** Whether this letter or digit is one of its answers. */
  readonly isAnswer: (text: string) => boolean;
  /** Marks the answer that a letter stands for, before it is given. */
  readonly select: (text: string) => void;
};

/** How panels come and go; the last one opened has the keys. */
export type Panels = {
  readonly open: (panel: Panel) => void;
  readonly close: (panel: Panel) => void;
  /** Puts a question up behind those that stand already; it gets no key that was meant for the composer. Returns the way to take it away. */
  readonly ask: (question: Choice) => () => void;
  /** How many questions wait behind the one that is asked. */
  readonly waiting: () => number;
  readonly repaint: () => void;
  /** Like repaint, for what comes by itself and often. */
  readonly soon: () => void;
};
