import type { Event } from '../core/event.ts';
import type { AppState } from './app-state.ts';
import { emptyComposer } from './composer.ts';
import { type Consent, createConsent } from './consent.ts';
import type { ScreenDeps, SlashCommand } from './deps.ts';
import { drawItem } from './draw-items.ts';
import { drawFrame } from './frame.ts';
import type { History } from './history.ts';
import type { Key } from './keys.ts';
import type { Look } from './look.ts';
import { findOverflow } from './overflow.ts';
import { createPainter } from './painter.ts';
import type { Panel, Panels } from './panel.ts';
import { reduce } from './reduce.ts';
import type { Shown } from './stream.ts';
import type { Terminal } from './terminal.ts';
import { paintLine } from './theme.ts';
import { type Action, createView, type Item } from './view.ts';

/** What React draws: rows that are printed for good, and the live region. */
export type Snapshot = {
  readonly printed: readonly { readonly key: number; readonly text: string }[];
  readonly live: string;
  readonly cursor?: { readonly x: number; readonly y: number };
};

export type App = {
  readonly deps: ScreenDeps;
  readonly terminal: Terminal;
  readonly history: History;
  readonly state: AppState;
  readonly panels: Panels & { readonly top: () => Panel | undefined };
  readonly consent: Consent;
  /** Keys that neither a panel nor a question takes go where this says. */
  readonly onComposerKey: (handle: (key: Key) => void) => void;
  readonly commands: () => readonly SlashCommand[];
  readonly dispatch: (event: Event | Action) => void;
  readonly print: (item: Item) => void;
  readonly notice: (text: string, level?: 'info' | 'good' | 'warn' | 'bad') => void;
  /** Shown below for some seconds; an empty one takes the last away. */
  readonly setHint: (text: string) => void;
  readonly repaint: () => void;
  /** Keys that came together are shown together. */
  /** Paint in a moment, so that what was just started goes first. */
  readonly repaintAfterwards: () => void;
  readonly batch: (work: () => void) => void;
  /** Ctrl+L: an empty screen; the scrollback stays. */
  readonly clearScreen: () => void;
  readonly leave: (code: number) => void;
  /** Runs with the terminal given back as it was (an editor, a suspension). */
  readonly suspend: <Result>(during: () => Promise<Result>) => Promise<Result>;
};

/** The part of the app that paints: what React reads, and when. */
export type Canvas = {
  readonly snapshot: () => Snapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly shown: () => Shown;
  /** Nothing live on the screen until the next paint. */
  readonly blank: () => void;
  readonly paint: () => void;
  readonly stop: () => void;
};

const hintMs = 1_500;

export type AppParts = {
  readonly deps: ScreenDeps;
  readonly terminal: Terminal;
  readonly look: Look;
  readonly history: History;
  readonly commands: (app: App) => readonly SlashCommand[];
  readonly leave: (code: number) => void;
};

/** The screen's state and its ways to change; nothing here knows React. */
export function createApp(parts: AppParts): { readonly app: App; readonly canvas: Canvas } {
  const { deps, terminal, look, history } = parts;
  const { info } = deps;
  const state: AppState = {
    view: createView(info),
    composer: emptyComposer,
    completion: undefined,
    look,
    hint: undefined,
    shell: undefined,
    isRunning: false,
    isFocused: true,
    pendingWords: '',
    question: undefined,
    queue: [],
    isLeaving: false,
  };
  const stack: Panel[] = [];
  const top = () => stack.at(-1);
  /** A question over a page stays on the page's screen. */
  const isFull = () => stack.some((panel) => panel.isFull);
  let toComposer: (key: Key) => void = () => undefined;
  const consent = createConsent({
    now: () => performance.now(),
    question: () => state.question,
    hasDraft: () => state.composer.buffer.text !== '',
    isCovered: () => stack.length > 0,
    isCompleting: () => state.completion !== undefined,
    toComposer: (key) => toComposer(key),
    later: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    repaint: () => painter.now(),
  });
  const canvas = createCanvas(state, top, isFull, deps, terminal, consent);
  const painter = createPainter(() => {
    const due = consent.dueIn();
    canvas.paint();
    if (due !== undefined) painter.after(due);
    const isMoving = state.view.live.phase !== 'idle' || state.shell !== undefined;
    if (isMoving && !isFull()) painter.after(state.look.hasReducedMotion ? 1_000 : 120);
    else if (state.hint) painter.after(Math.max(0, state.hint.until - performance.now()));
  });
  const dispatch = (event: Event | Action) => {
    state.view = reduce(state.view, event, Date.now());
    painter.soon();
  };
  const app: App = {
    deps,
    terminal,
    history,
    state,
    panels: {
      top,
      open: (panel) => {
        stack.push(panel);
        painter.now();
      },
      close: (panel) => {
        const place = stack.indexOf(panel);
        if (place !== -1) stack.splice(place, 1);
        painter.now();
      },
      repaint: painter.now,
      soon: painter.soon,
    },
    consent,
    onComposerKey: (handle) => {
      toComposer = handle;
    },
    commands: () => parts.commands(app),
    dispatch,
    print: (item) => dispatch({ type: 'screen.print', item }),
    notice: (text, level = 'info') => dispatch({ type: 'screen.print', item: { kind: 'notice', level, text } }),
    setHint: (text) => {
      state.hint = text === '' ? undefined : { text, until: performance.now() + hintMs };
      painter.now();
    },
    repaint: painter.now,
    repaintAfterwards: painter.afterwards,
    batch: painter.batch,
    clearScreen: () => {
      canvas.blank();
      terminal.write('\u001b[2J\u001b[H');
      painter.now();
    },
    leave: (code) => {
      if (state.isLeaving) return;
      state.isLeaving = true;
      stopEverything(app).finally(() => {
        painter.stop();
        parts.leave(code);
      });
    },
    suspend: (during) => suspend(terminal, canvas, painter.now, during),
  };
  return { app, canvas: { ...canvas, paint: painter.now, stop: painter.stop } };
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

async function suspend<Result>(
  terminal: Terminal,
  canvas: Canvas,
  repaint: () => void,
  during: () => Promise<Result>,
): Promise<Result> {
  canvas.blank();
  terminal.restore();
  try {
    return await during();
  } finally {
    terminal.take();
    repaint();
  }
}

function createCanvas(
  state: AppState,
  top: () => Panel | undefined,
  isFull: () => boolean,
  deps: ScreenDeps,
  terminal: Terminal,
  consent: Consent,
): Canvas {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = { printed: [], live: '' };
  let shown: Shown = { lines: [] };
  let printedItems = 0;
  let seenItems: readonly Item[] = state.view.items;
  const show = (next: Snapshot, rows: Shown) => {
    snapshot = next;
    shown = rows;
    for (const listener of listeners) listener();
  };
  /** Items that can be printed now: not while a full page covers the screen, and no Markdown before its renderer is there. */
  const takePrintable = (): string[] => {
    const { items } = state.view;
    if (items.length < printedItems || items[0] !== seenItems[0]) printedItems = 0;
    seenItems = items;
    const texts: string[] = [];
    while (printedItems < items.length && !isFull()) {
      const item = items[printedItems];
      if (item === undefined || (!state.look.markdown && (item.kind === 'text' || item.kind === 'shown'))) break;
      const lines = drawItem(
        item,
        state.look,
        { ...deps.info, model: state.view.model, branch: deps.info.branch },
        items[printedItems - 1]?.kind,
      );
      texts.push(...(lines.length > 0 ? [lines.map((line) => paintLine(line, state.look.theme)).join('\n')] : []));
      printedItems += 1;
    }
    return texts;
  };
  const blank = () => show({ printed: snapshot.printed, live: '' }, { lines: [] });
  let wasFull = false;
  const paint = () => {
    const at = Date.now();
    if (state.hint && state.hint.until <= performance.now()) state.hint = undefined;
    const overflow = top() || state.question ? undefined : findOverflow(state.view, state.look);
    if (overflow) state.view = reduce(state.view, overflow, at);
    const texts = takePrintable();
    const first = snapshot.printed.length;
    const printed =
      texts.length > 0
        ? [...snapshot.printed, ...texts.map((text, index) => ({ key: first + index, text }))]
        : snapshot.printed;
    const frame = drawFrame(state, top(), isFull(), consent.isActive(), deps, at);
    const live = frame.lines.map((line) => paintLine(line, state.look.theme)).join('\n');
    if (isFull() !== wasFull) {
      blank();
      wasFull = isFull();
      terminal.setAlternate(wasFull);
    }
    show({ printed, live, ...(frame.cursor ? { cursor: frame.cursor } : {}) }, frame);
  };
  return {
    snapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    shown: () => shown,
    blank,
    paint,
    stop: () => undefined,
  };
}
