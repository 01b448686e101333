import type { Completion } from '../input/completion.ts';
import { type Composer, type Draft, emptyComposer } from '../input/composer.ts';
import { newVim, type Vim } from '../input/vim/press-vim.ts';
import type { PanelQuestion } from '../panels/panel.ts';
import type { ScreenDeps } from '../screen-deps.ts';
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
  /** Over once a turn begins or another conversation is shown: what was asked about the conversation as it was goes then. */
  pause: AbortController;
  /** What the session asks; it has the keys only while nobody is typing. */
  question: PanelQuestion | undefined;
  /** Drafts that a recalled or queued message took the place of, the latest last: each comes back when the composer is free. */
  setAside: readonly Draft[];
  isLeaving: boolean;
};

/** The state before the first key. */
export function newAppState({ info, session }: ScreenDeps, look: DrawContext): AppState {
  return {
    view: createView({ ...info, branch: session.branch() }),
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
    pause: new AbortController(),
    question: undefined,
    setAside: [],
    isLeaving: false,
  };
}

/** A turn begins, or another conversation is shown. */
export function endPause(state: AppState): void {
  state.pause.abort();
  state.pause = new AbortController();
}
