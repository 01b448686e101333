import type { ReactNode } from 'react';
import type { Printed } from '../components/conversation/Transcript.tsx';
import type { CaretPlace } from '../hooks/use-caret.ts';
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
  readonly question: ((state: 'asks' | 'waits') => ReactNode) | undefined;
  /** The question has the keys. */
  readonly isAnswering: boolean;
  /** A list in the place of the composer. */
  readonly panel: (() => ReactNode) | undefined;
};

/** The screen's state as React subscribes to it. */
export type ViewStore = {
  readonly snapshot: () => ViewSnapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly commit: (next: ViewSnapshot) => void;
  /** Where the terminal's cursor is in the live region. */
  readonly caret: { current: CaretPlace | undefined };
};

export function createStore(first: ViewSnapshot): ViewStore {
  const listeners = new Set<() => void>();
  let snapshot = first;
  return {
    snapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    commit: (next) => {
      snapshot = next;
      for (const listener of listeners) listener();
    },
    caret: { current: undefined },
  };
}
