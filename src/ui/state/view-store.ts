import type { ReactNode } from 'react';
import type { Printed } from '../components/conversation/Transcript.tsx';
import type { CaretPlace } from '../hooks/use-caret.ts';
import type { QuestionState } from '../panels/panel.ts';
import type { AppState } from './app-state.ts';

/** What React draws, all of it: the state of one moment. */
export type ViewSnapshot = Pick<AppState, 'look'> & {
  /** Grows only, within one edition. */
  readonly printed: readonly Printed[];
  /** Another one: everything is printed anew. */
  readonly edition: number;
  /** Nothing of the live region is on the terminal: it is about to change its size, or another program has it. */
  readonly isBlank: boolean;
  /** A page in the place of all that is live. */
  readonly page?: (() => ReactNode) | undefined;
  readonly live?: LiveSnapshot;
};

/** What is below the finished part of the conversation. */
export type LiveSnapshot = Pick<AppState, 'view' | 'composer' | 'completion' | 'hint' | 'shell' | 'isRunning'> & {
  /** The moment, in milliseconds as the events have it. */
  readonly at: number;
  readonly status: {
    readonly branch: string | undefined;
    readonly contextWindow: number | undefined;
    /** Background commands that run. */
    readonly jobs: number;
    /** The line of the user's own command. */
    readonly own: string | undefined;
    readonly vimMode: 'insert' | 'normal' | undefined;
  };
  readonly question: ((state: QuestionState) => ReactNode) | undefined;
  readonly questionState: QuestionState;
  /** A list in the place of the composer. */
  readonly panel: (() => ReactNode) | undefined;
};

/** The screen's state as React subscribes to it. */
export type ViewStore = ReturnType<typeof createStore>;

export function createStore(first: ViewSnapshot) {
  const listeners = new Set<() => void>();
  let snapshot = first;
  /** Where the terminal's cursor is in the live region. */
  const caret: { current: CaretPlace | undefined } = { current: undefined };
  return {
    caret,
    snapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    commit: (next: ViewSnapshot) => {
      snapshot = next;
      for (const listener of listeners) listener();
    },
  };
}
