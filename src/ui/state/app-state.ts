import type { Completion } from '../input/completion.ts';
import { type Composer, type Draft, emptyComposer } from '../input/composer.ts';
import { newVim, type Vim } from '../input/vim/press-vim.ts';
import type { PanelQuestion } from '../panels/panel.ts';
import type { ScreenInfo } from '../screen-deps.ts';
import type { DrawContext } from '../text/draw-context.ts';
import { createView, type View } from './view.ts';

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
  /** Vim's modes, where the user wants them. */
  vim: Vim | undefined;
  completion: Completion | undefined;
  look: DrawContext;
  /** A line below the composer for a moment: "press Ctrl+C again to leave". */
  hint: { readonly text: string; readonly until: number } | undefined;
  shell: RunningShell | undefined;
  isRunning: boolean;
  /** Turns that the user began, so that one that still ends behind the next is known. */
  turns: number;
  isFocused: boolean;
  /** Words that go in front of the next message: what the user ran with `!`. */
  pendingWords: string;
  /** What the session asks; it has the keys only while nobody is typing. */
  question: PanelQuestion | undefined;
  /** Drafts that a recalled or queued message took the place of, the latest last: each comes back when the composer is free. */
  setAside: readonly Draft[];
  /** What was sent while the agent worked and not taken yet, as it was written. */
  queue: readonly QueuedDraft[];
  isLeaving: boolean;
};

/** A message that waits for the next step: as the model will get it, and as it stood in the composer. */
export type QueuedDraft = { readonly text: string; readonly images: readonly string[]; readonly draft: Draft };

/** The state before the first key. */
export function newAppState(info: ScreenInfo, look: DrawContext): AppState {
  return {
    view: createView(info),
    composer: emptyComposer,
    vim: info.hasVim ? newVim : undefined,
    completion: undefined,
    look,
    hint: undefined,
    shell: undefined,
    isRunning: false,
    turns: 0,
    isFocused: true,
    pendingWords: '',
    question: undefined,
    setAside: [],
    queue: [],
    isLeaving: false,
  };
}
