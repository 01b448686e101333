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

/** How panels come and go; the last one opened has the keys. */
export type Panels = {
  readonly open: (panel: Panel) => void;
  readonly close: (panel: Panel) => void;
  readonly repaint: () => void;
  /** Like repaint, for what comes by itself and often. */
  readonly soon: () => void;
};
