import type { Event } from '../core/event.ts';
import { putDraft, setText } from './input/composer.ts';
import { type Consent, createConsent } from './input/consent.ts';
import { type History, openHistory } from './input/history.ts';
import type { TerminalKey } from './input/key-parser.ts';
import { createKeyHolds, type KeyHolds } from './input/key-queue.ts';
import { callLater } from './input/pauses/call-later.ts';
import { createPanelStack, type Panels } from './panels/panel-stack.ts';
import type { ScreenDeps } from './screen-deps.ts';
import { type AppState, endPause, newAppState } from './state/app-state.ts';
import { createPainter } from './state/painter.ts';
import { reduce } from './state/reduce.ts';
import { reducePast } from './state/reduce-past.ts';
import { createScreenView } from './state/screen-view.ts';
import type { Action, Item } from './state/view.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { DrawContext } from './text/draw-context.ts';

export type App = {
  readonly deps: ScreenDeps;
  readonly terminal: Terminal;
  readonly history: History;
  readonly state: AppState;
  readonly panels: Panels;
  readonly consent: Consent;
  /** Keys that neither a panel nor a question takes go where this says. */
  readonly onComposerKey: (handle: (key: TerminalKey) => void) => void;
  readonly dispatch: (event: Event | Action) => void;
  /** Takes the events of a session's past in. */
  readonly dispatchPast: (events: readonly Event[]) => void;
  readonly print: (item: Item) => void;
  readonly notice: (text: string, level?: 'info' | 'good' | 'warn' | 'bad') => void;
  /** Shown below for some seconds; an empty one takes the last away. */
  readonly setHint: (text: string, ms?: number) => void;
  readonly repaint: () => void;
  /** Paint in a moment, so that what was just started goes first. */
  readonly repaintAfterwards: () => void;
  /** Keys that came together are shown together. */
  readonly batch: (work: () => void) => void;
  /** Ctrl+L: an empty screen; the scrollback stays. */
  readonly clearScreen: () => void;
  readonly stopPainting: () => void;
  readonly leave: (code: number) => void;
  readonly keyHolds: KeyHolds;
  /** Runs with the terminal given back as it was (an editor, a suspension). */
  readonly suspend: <Result>(during: () => Promise<Result>) => Promise<Result>;
};

const hintMs = 1_500;

/** The screen's state and its ways to change; nothing here knows React. */
export function createApp(deps: ScreenDeps, terminal: Terminal, look: DrawContext, leave: (code: number) => void) {
  const history = openHistory(deps.info.winkHome, deps.info.cwd);
  const state = newAppState(deps, look);
  const panels = createPanelStack(
    () => painter,
    (question) => {
      state.question = question;
    },
    (words) => {
      state.composer = putDraft(state.composer, { text: words, folds: [] });
    },
  );
  /** Another program has the terminal. */
  let isAway = false;
  let toComposer: (key: TerminalKey) => void = () => undefined;
  const consent = createConsent({
    now: () => performance.now(),
    question: () => state.question,
    draft: () => state.composer.buffer.text,
    dropDraft: () => {
      state.composer = setText(state.composer, '');
    },
    isCovered: () => !panels.isEmpty(),
    takesLetters: () => state.vim?.mode === 'normal',
    isCompleting: () => state.completion !== undefined,
    toComposer: (key) => toComposer(key),
    later: callLater,
    repaint: () => painter.now(),
  });
  const screenView = createScreenView({ state, panels, deps, terminal, consent });
  const painter = createPainter(() => {
    if (isAway || terminal.isResizing()) return;
    const due = consent.dueIn();
    if (screenView.paint()) painter.soon();
    if (due !== undefined) painter.after(due);
    const { phase, calls } = state.view.live;
    // While somebody is asked nothing turns, unless another call is at work meanwhile.
    const isStill = state.question !== undefined && calls.every(({ output, result }) => result || output === '');
    const isMoving = (phase !== 'idle' && !isStill) || state.shell !== undefined;
    if (isMoving && !panels.isFull()) painter.after(state.look.hasReducedMotion ? 1_000 : 120);
    else if (state.hint) painter.after(Math.max(0, state.hint.until - performance.now()));
  });
  const dispatch = (event: Event | Action) => {
    // The answer is there: the composer is free, unless the review opens the turn again.
    if (event.type === 'review') state.isRunning = !event.isUnderWay;
    if (event.type === 'screen.reset') endPause(state);
    state.view = reduce(state.view, event, Date.now());
    painter.soon();
  };
  const dispatchPast = (events: readonly Event[]) => {
    state.view = reducePast(state.view, events, Date.now());
    painter.soon();
  };
  const app: App = {
    deps,
    terminal,
    history,
    state,
    panels,
    consent,
    onComposerKey: (handle) => {
      toComposer = handle;
    },
    dispatch,
    dispatchPast,
    print: (item) => dispatch({ type: 'screen.print', item }),
    notice: (text, level = 'info') => dispatch({ type: 'screen.print', item: { kind: 'notice', level, text } }),
    setHint: (text, ms = hintMs) => {
      state.hint = text === '' ? undefined : { text, until: performance.now() + ms };
      painter.now();
    },
    repaint: painter.now,
    repaintAfterwards: painter.afterwards,
    batch: painter.batch,
    clearScreen: () => {
      screenView.blank();
      terminal.write('\u001b[2J\u001b[H');
      painter.now();
    },
    stopPainting: painter.stop,
    keyHolds: createKeyHolds(() => panels.top() ?? state.question ?? state.shell?.kill),
    leave: (code) => {
      if (state.isLeaving) return;
      state.isLeaving = true;
      stopEverything(app).finally(() => {
        painter.stop();
        leave(code);
      });
    },
    suspend: async (during) => {
      screenView.blank();
      isAway = true;
      terminal.restore();
      try {
        return await during();
      } finally {
        isAway = false;
        terminal.take();
        // Keys that were meant for the shell or the editor must not answer.
        consent.wait();
        painter.now();
      }
    },
  };
  return { app, screenView };
}

/** How long what is going on may take to end when the user leaves; then it is left to the end of the process. */
const leaveMs = 600;

/** Nothing goes on after the user has left: the run is stopped, their own command too. */
async function stopEverything({ deps, state }: App): Promise<void> {
  state.shell?.kill();
  deps.session.takeQueued();
  if (state.isRunning) deps.session.interrupt();
  const startedAt = performance.now();
  while (state.isRunning && performance.now() - startedAt < leaveMs) await new Promise((done) => setTimeout(done, 20));
}
