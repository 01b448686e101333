import { runningJobs } from '../commands/running-jobs.ts';
import type { Printed } from '../components/conversation/Transcript.tsx';
import type { Consent } from '../input/consent.ts';
import type { Panels } from '../panels/panel-stack.ts';
import type { ScreenDeps } from '../screen-deps.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { AppState } from './app-state.ts';
import { findOverflow } from './overflow.ts';
import { createPrinter } from './printer.ts';
import { reduce } from './reduce.ts';
import { createStore, type ViewSnapshot } from './view-store.ts';

/** The part of the app that makes a picture of its state: what React reads, and when. */
export type ScreenView = ReturnType<typeof createScreenView>;

type Parts = {
  readonly state: AppState;
  readonly panels: Panels;
  readonly deps: ScreenDeps;
  readonly terminal: Terminal;
  readonly consent: Consent;
};

export function createScreenView({ state, panels, deps, terminal, consent }: Parts) {
  const { top, isFull } = panels;
  const { session } = deps;
  let edition = 0;
  const take = (isBlank: boolean, printed: readonly Printed[]): ViewSnapshot => {
    const { view, composer, completion, look, hint, shell, isRunning, question } = state;
    const render = top()?.render;
    return {
      ...{ look, printed, edition, isBlank, page: isFull() ? render : undefined },
      live: {
        ...{ view, composer, completion, hint, shell, isRunning, panel: render },
        at: Date.now(),
        status: {
          branch: session.branch(),
          contextWindow: session.contextWindow(),
          jobs: runningJobs(session).length,
          own: deps.ownStatus?.text(),
          vimMode: state.vim?.mode,
        },
        question: question?.render,
        questionState: consent.state(),
      },
    };
  };
  const store = createStore(take(true, []));
  const printer = createPrinter(state);
  let wasFull = false;
  const blank = () => store.commit(take(true, store.snapshot().printed));
  return {
    store,
    /** Nothing live on the terminal until the next paint. */
    blank,
    /** The same, and what is printed will be printed anew from the next paint on, on a terminal that is empty. */
    reprint: () => {
      printer.restart();
      edition += 1;
      store.commit(take(true, []));
    },
    /** Puts the state of now on the terminal. True when more is to be printed at the next paint. */
    paint: (): boolean => {
      if (state.hint && state.hint.until <= performance.now()) state.hint = undefined;
      const overflow = top() || state.question ? undefined : findOverflow(state.view, state.look);
      if (overflow) state.view = reduce(state.view, overflow, Date.now());
      top()?.prepare?.(state.look);
      if (isFull() !== wasFull) {
        blank();
        wasFull = isFull();
      }
      terminal.setAlternate(wasFull);
      const printed = isFull() ? [] : printer.take();
      const before = store.snapshot().printed;
      store.commit(take(false, printed.length > 0 ? [...before, ...printed] : before));
      return printer.hasMore() && !isFull();
    },
  };
}
