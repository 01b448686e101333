import { createInterface } from 'node:readline';
import chalk from 'chalk';
import { endAtSignals } from '../../core/process/end-in-time.ts';
import { type App, createApp } from '../app.ts';
import { interrupt, submitComposer } from '../app-run.ts';
import { TranscriptItem } from '../components/conversation/TranscriptItem.tsx';
import { Markdown } from '../components/markdown/Markdown.tsx';
import { setText } from '../input/composer.ts';
import { freshMs, seenMs } from '../input/consent.ts';
import { splitText } from '../input/input.ts';
import { press } from '../input/key-parser.ts';
import type { Panel } from '../panels/panel.ts';
import type { ScreenDeps } from '../screen-deps.ts';
import { replaceDraft } from '../state/replace-draft.ts';
import type { ScreenView } from '../state/screen-view.ts';
import type { DrawContext } from '../text/draw-context.ts';
import { asciiGlyphs } from '../text/glyphs.ts';
import { renderRows } from '../text/render-rows.tsx';
import { createTheme } from '../text/theme.ts';
import { loneLines } from './lone-lines.ts';
import type { Terminal } from './terminal.ts';

type Streams = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
};

/**
 * The accessible mode: plain lines from top to bottom, nothing is redrawn, no colours and no cursor movement, so that a screen
 * reader says each thing once. Questions are numbered and answered by a line. Ctrl+C interrupts, else closes what is asked, else leaves.
 */
export function runPlain(deps: ScreenDeps, streams: Streams, connect: (app: App) => () => void): Promise<number> {
  const { stdin, stdout } = streams;
  const look = plainLook(stdout.columns || 80);
  return new Promise((resolve) => {
    chalk.level = 0;
    const terminal = quietTerminal(stdin, stdout, deps.info.notifies ?? true);
    const { app, screenView } = createApp(deps, terminal, look, (code) => finish(code));
    const lines = createInterface({ input: stdin, terminal: false });
    const unprint = printView(app, screenView, look);
    const disconnect = connect(app);
    const onSignal = () => {
      const open = app.panels.top() ?? app.state.question;
      if (app.state.isRunning || app.state.shell) interrupt(app);
      else if (open) open.press(press('escape'));
      else app.leave(0);
    };
    process.on('SIGINT', onSignal);
    const letGo = endAtSignals(['SIGTERM', 'SIGHUP']);
    const finish = (code: number) => {
      process.off('SIGINT', onSignal);
      letGo();
      disconnect();
      unprint.stop();
      app.stopPainting();
      lines.close();
      resolve(code);
    };
    const reading = loneLines((line, isAlone) => takeLine(app, line, isAlone, unprint));
    lines.on('line', reading.take);
    lines.on('close', () => {
      reading.end();
      app.leave(0);
    });
    app.repaint();
  });
}

function plainLook(columns: number): DrawContext {
  const glyphs = asciiGlyphs;
  return {
    theme: createTheme('plain', 'none'),
    glyphs,
    columns,
    rows: 1_000,
    showsReasoning: false,
    hasReducedMotion: true,
    takesLines: true,
    home: '',
    Markdown,
  };
}

/** A terminal that nothing is asked of but lines. */
function quietTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, notifies: boolean): Terminal {
  const nothing = () => undefined;
  const write = (data: string) => void stdout.write(data);
  return {
    stdin,
    stdout,
    pastes: {},
    isResizing: () => false,
    setMuted: nothing,
    frame: (work) => work(),
    write,
    take: nothing,
    restore: nothing,
    setAlternate: nothing,
    setTitle: nothing,
    askBackground: nothing,
    notify: () => (notifies ? write('\u0007') : undefined),
  };
}

/**
 * A line answers what is asked when it is one of its answers, stands alone and came after it; every other one is sent. A backslash at its
 * end goes on. Of a paste no line is run as a command.
 */
function takeLine(app: App, line: string, isAlone: boolean, { isAnswerable, askAgain }: PrintedView): void {
  const panel = app.panels.top();
  const { question } = app.state;
  const answer = line.trim();
  const writtenInto = panel ?? (question?.field?.() && isAnswerable() ? question : undefined);
  if (writtenInto) {
    writeInto(writtenInto, line);
    return;
  }
  if (question && isAlone && isAnswerable() && question.isAnswer(answer)) {
    question.press(press(answer, { text: answer }));
    // It stands still, with a mark set or taken away, or with a line to write.
    if (app.state.question === question) askAgain();
    return;
  }
  if (question) app.terminal.write('The question waits: answer it by its number alone.\n');
  const sendsWords = question !== undefined && !line.endsWith('\\') && !/^[!/]/.test(answer);
  const { text } = app.state.composer.buffer;
  // A log or a README that is pasted may hold such lines.
  if (!isAlone && text === '' && /^[!/]/.test(answer)) {
    app.terminal.write(`Not run, since it came together with other lines: ${line}\n`);
    return;
  }
  const isUnfinished = line.endsWith('\\');
  const words = isUnfinished ? `${line.slice(0, -1)}\n` : line;
  // What came back unsent is not the beginning of this line: an empty one sends it.
  const cameBack = text !== '' && !text.endsWith('\n');
  if (cameBack && line !== '') replaceDraft(app.state, { text: words, folds: [] });
  else app.state.composer = setText(app.state.composer, text + words);
  if (sendsWords)
    app.terminal.write(`Your words go to the agent${app.state.isRunning ? ' at its next step' : ''}: ${answer}\n`);
  if (!isUnfinished) void submitComposer(app);
}

/** The line takes the place of what stood in the field. */
function writeInto(panel: Panel, line: string): void {
  panel.press(press('u', { isCtrl: true }));
  for (const key of splitText(press('text', { text: line }))) panel.press(key);
  panel.press(press('return'));
}

type PrintedView = ReturnType<typeof printView>;

/** Prints what is finished, and each question once. */
function printView(app: App, { store }: ScreenView, look: DrawContext) {
  const { stdout } = app.terminal;
  let printed = 0;
  let askedAt = 0;
  let asked: Panel | undefined;
  /** It was on the screen before the lines that are read now were written. */
  let seen: Panel | undefined;
  let wasRunning = false;
  const stop = store.subscribe(() => {
    const items = store.snapshot().printed;
    for (const { item, previous } of items.slice(printed)) {
      const rows = renderRows(<TranscriptItem item={item} previous={previous} />, look);
      if (rows.length > 0) stdout.write(`${rows.join('\n')}\n`);
    }
    printed = items.length;
    if (app.state.isRunning && !wasRunning) stdout.write('working...\n');
    wasRunning = app.state.isRunning;
    const panel = app.panels.top();
    const shown = panel ?? app.state.question;
    if (shown === asked) return;
    asked = shown;
    askedAt = performance.now();
    seen = undefined;
    if (shown === undefined) return;
    setTimeout(() => setImmediate(() => (seen = asked === shown ? shown : seen)), seenMs).unref();
    for (const row of renderRows(shown.render(), look))
      if (row.trim() !== '' && !/^-+$/.test(row)) stdout.write(`${row}\n`);
    if (panel?.isFull) setImmediate(() => panel.press(press('escape')));
  });
  return {
    stop,
    isAnswerable: () => seen !== undefined && performance.now() - askedAt > freshMs,
    /** Prints the open question once more. */
    askAgain: () => {
      asked = undefined;
      app.repaint();
    },
  };
}
