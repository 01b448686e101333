import type { Completion } from './completion.ts';
import type { Composer } from './composer.ts';
import type { Look } from './look.ts';
import type { View } from './view.ts';

/** A command that the user runs with `!`. */
export type RunningShell = {
  readonly command: string;
  readonly startedAt: number;
  readonly output: string;
  readonly kill: () => void;
};

/** What changes while the screen is up. */
export type AppState = {
  view: View;
  composer: Composer;
  completion: Completion | undefined;
  look: Look;
  /** A line below the composer for a moment: "press Ctrl+C again to leave". */
  hint: { readonly text: string; readonly until: number } | undefined;
  shell: RunningShell | undefined;
  isRunning: boolean;
  isFocused: boolean;
  /** Words that go in front of the next message: what the user ran with `!`. */
  pendingWords: string;
};
