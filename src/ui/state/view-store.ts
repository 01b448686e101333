import type { ReactNode } from 'react';
import type { Printed } from '../components/conversation/Transcript.tsx';
import type { CaretPlace } from '../hooks/use-caret.ts';
import type { TerminalKey } from '../input/key-parser.ts';
import type { AppState } from './app-state.ts';

/** What React draws, all of it: the state of one moment. */
export type ViewSnapshot = Pick<
  AppState,
  'view' | 'composer' | 'completion' | 'look' | 'hint' | 'shell' | 'isRunning'
> & {
  /** Grows only, within one edition. */
  readonly printed: readonly Printed[];
  /** Another one: everything is printed anew. */
  readonly edition: number;
  /** Nothing of the live region is on the terminal: it is about to change its size, or another program has it. */
  readonly isBlank: boolean;
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
  /** A page in the place of everything. */
  readonly page: (() => ReactNode) | undefined;
};

/** The screen's state as React subscribes to it. A commit is on the terminal when it returns. */
export type ViewStore = {
  readonly snapshot: () => ViewSnapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly commit: (next: ViewSnapshot) => void;
  /** Called after each commit by whoever draws. */
  readonly onCommit: (draw: () => void) => void;
  readonly press: (keys: readonly TerminalKey[]) => void;
  readonly onPress: (press: (keys: readonly TerminalKey[]) => void) => void;
  /** Where the terminal's cursor is in the live region. */
  readonly caret: { current: CaretPlace | undefined };
};

export function createStore(first: ViewSnapshot): ViewStore {
  const listeners = new Set<() => void>();
  let snapshot = first;
  let draw: () => void = () => undefined;
  let take: (keys: readonly TerminalKey[]) => void = () => undefined;
  return {
    snapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    commit: (next) => {
      snapshot = next;
      for (const listener of listeners) listener();
      draw();
    },
    onCommit: (next) => {
      draw = next;
    },
    press: (keys) => take(keys),
    onPress: (next) => {
      take = next;
    },
    caret: { current: undefined },
  };
}
