import { createInterface } from 'node:readline';
import { type App, type Canvas, createApp } from './app.ts';
import { interrupt, submitComposer } from './app-run.ts';
import { createCommands } from './commands.ts';
import { setText } from './composer.ts';
import type { ScreenDeps } from './deps.ts';
import { asciiGlyphs } from './glyphs.ts';
import { openHistory } from './history.ts';
import { splitText } from './input.ts';
import type { Key } from './keys.ts';
import type { Look } from './look.ts';
import { drawMarkdown } from './markdown.ts';
import type { Panel } from './panel.ts';
import { plain } from './span.ts';
import type { Terminal } from './terminal.ts';
import { createTheme } from './theme.ts';

type Streams = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
};

/**
 * The accessible mode: plain lines from top to bottom, nothing is redrawn, no colours and no cursor movement, so that a screen
 * reader says each thing once. Questions are numbered and answered by a line. Ctrl+C interrupts, and leaves when nothing runs.
 */
export function runPlain(deps: ScreenDeps, streams: Streams, connect: (app: App) => () => void): Promise<number> {
  const { stdin, stdout } = streams;
  const look = plainLook(stdout.columns || 80);
  return new Promise((resolve) => {
    const history = openHistory(deps.info.winkHome, deps.info.cwd);
    const { app, canvas } = createApp({
      deps,
      terminal: quietTerminal(stdin, stdout, deps.info.notifies ?? true),
      look,
      history,
      commands: createCommands,
      leave: (code) => finish(code),
    });
    const lines = createInterface({ input: stdin, terminal: false });
    const unprint = printCanvas(app, canvas, look);
    const disconnect = connect(app);
    const onSignal = () => (app.state.isRunning || app.state.shell ? interrupt(app) : app.leave(0));
    process.on('SIGINT', onSignal);
    const finish = (code: number) => {
      process.off('SIGINT', onSignal);
      disconnect();
      unprint();
      canvas.stop();
      lines.close();
      resolve(code);
    };
    lines.on('line', (line) => takeLine(app, line));
    lines.on('close', () => app.leave(0));
    canvas.paint();
  });
}

function plainLook(columns: number): Look {
  const glyphs = asciiGlyphs;
  return {
    theme: createTheme('plain', 'none'),
    glyphs,
    columns,
    rows: 100_000,
    showsReasoning: false,
    hasReducedMotion: true,
    home: '',
    markdown: (source, width) => drawMarkdown(source, { columns: width, glyphs }),
  };
}

/** A terminal that nothing is asked of but lines. */
function quietTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, notifies: boolean): Terminal {
  const nothing = () => undefined;
  const write = (data: string) => void stdout.write(data);
  return {
    stdin,
    stdout,
    write,
    take: nothing,
    restore: nothing,
    setAlternate: nothing,
    setTitle: nothing,
    askBackground: nothing,
    notify: () => (notifies ? write('\u0007') : undefined),
  };
}

/** A line answers the question on the screen, or is sent; a backslash at its end goes on with the next line. */
function takeLine(app: App, line: string): void {
  if (app.panels.top()) {
    const typed: Key = { type: 'key', name: 'text', text: line, isCtrl: false, isAlt: false, isShift: false };
    const panel = app.panels.top();
    if (line !== '') for (const key of splitText(typed)) app.panels.top()?.press(key);
    if (app.panels.top() === panel && line !== '1' && line !== '2' && line !== '3')
      panel?.press({ ...typed, name: 'return', text: '' });
    return;
  }
  const { text } = app.state.composer.buffer;
  const isUnfinished = line.endsWith('\\');
  app.state.composer = setText(app.state.composer, `${text}${isUnfinished ? `${line.slice(0, -1)}\n` : line}`);
  if (!isUnfinished) void submitComposer(app);
}

/** Prints what is finished, and each question once. */
function printCanvas(app: App, canvas: Canvas, look: Look): () => void {
  let printed = 0;
  let asked: Panel | undefined;
  let wasRunning = false;
  const { stdout } = app.terminal;
  return canvas.subscribe(() => {
    const blocks = canvas.snapshot().printed;
    for (const block of blocks.slice(printed)) stdout.write(`${block.text}\n`);
    printed = blocks.length;
    if (app.state.isRunning && !wasRunning) stdout.write('working...\n');
    wasRunning = app.state.isRunning;
    const panel = app.panels.top();
    if (panel === asked) return;
    asked = panel;
    if (panel === undefined) return;
    for (const line of panel.draw(look, panel.isFull ? 10_000 : 40).lines) {
      const text = plain(line).trimEnd();
      if (text !== '' && !/^-+$/.test(text)) stdout.write(`${text}\n`);
    }
    if (panel.isFull) setImmediate(() => app.panels.close(panel));
  });
}
