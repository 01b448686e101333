import { setTimeout } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { expect } from 'vitest';
import { freshMs } from '../../src/ui/input/consent.ts';

export type ScreenOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
};

/** A program in a real pseudo-terminal, and the screen that a person would see. */
export type TestScreen = {
  readonly press: (keys: string) => void;
  /**
   * Answers a question as a person does: once it has the keys and has stood there for a moment. Goes on once the screen shows what that did; a
   * letter first marks its answer, which Enter would give, and gives it a moment later.
   * `shown`: what the screen shows then.
   */
  readonly answers: (keys: string, shown?: string) => Promise<void>;
  /** The visible rows, without blanks at their ends. */
  readonly rows: () => string[];
  /** Everything, scrollback first. */
  readonly all: () => string[];
  readonly text: () => string;
  /** Polls until the visible screen holds the text or matches. */
  readonly shows: (expected: string | RegExp) => Promise<void>;
  /** The same for everything printed, scrollback included. */
  readonly printed: (expected: string | RegExp) => Promise<void>;
  readonly hides: (expected: string) => Promise<void>;
  readonly cursor: () => { x: number; y: number };
  /** Resizes once the emulator has drawn what came so far. */
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** The raw bytes so far. */
  readonly raw: () => string;
  readonly title: () => string;
  readonly exit: () => Promise<number>;
  readonly kill: (signal?: string) => void;
  /** Its window is closed. */
  readonly close: () => void;
  readonly pid: number;
  /** Whether the cell at the place is drawn in that foreground colour mode, for themes. */
  readonly hasColour: () => boolean;
};

/** An answer that nothing shows after so long is given for taken; on a busy machine it may take seconds. */
const answeredMs = 10_000;

/** The question below its line, without what changes by itself: the clock, the spinner, and the figures at the bottom. */
function questionOf(screen: string): string {
  return screen
    .replace(/^[\s\S]*?^─{20,}$/m, '')
    .replace(/^◆.*$/gm, '')
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|\d+(?:\.\d)? s\b/g, '');
}

/** Starts a program in a terminal of 100 x 30. */
export function openScreen(options: ScreenOptions): TestScreen {
  const columns = options.columns ?? 100;
  const rows = options.rows ?? 30;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, TMUX: ____, ...env } = process.env;
  const pty: IPty = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    cols: columns,
    rows,
    name: options.env?.TERM ?? 'xterm-256color',
    env: {
      ...env,
      TERM_PROGRAM: '',
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      ...options.env,
    },
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 20_000, allowProposedApi: true });
  let raw = '';
  let title = '';
  let code: number | undefined;
  terminal.onTitleChange((next) => {
    title = next;
  });
  pty.onData((data) => {
    raw += data;
    terminal.write(data);
  });
  pty.onExit(({ exitCode, signal }) => {
    code = signal ? 128 + signal : exitCode;
  });
  const line = (index: number) => terminal.buffer.active.getLine(index)?.translateToString(true) ?? '';
  const visible = () =>
    Array.from({ length: terminal.rows }, (_unused, index) => line(terminal.buffer.active.viewportY + index));
  const all = () => Array.from({ length: terminal.buffer.active.length }, (_unused, index) => line(index));
  const text = () => visible().join('\n');
  // Less than a test may take, so that a failure says what the screen showed instead.
  const poll = { timeout: 40_000, interval: 15 };
  const shows: TestScreen['shows'] = async (expected) => {
    await (typeof expected === 'string'
      ? expect.poll(text, poll).toContain(expected)
      : expect.poll(text, poll).toMatch(expected));
  };
  const hides: TestScreen['hides'] = (expected) => expect.poll(text, poll).not.toContain(expected);
  const queue: string[] = [];
  let entered: { readonly length: number; readonly untilMs: number } | undefined;
  // What comes in one piece with an Enter and more words is a paste: a person types on once the program has painted.
  const press = (keys: string) => {
    if (keys !== '') queue.push(keys);
    while (queue.length > 0) {
      if (entered && raw.length === entered.length && performance.now() < entered.untilMs) {
        void setTimeout(10).then(() => press(''));
        return;
      }
      const next = queue.shift() ?? '';
      pty.write(next);
      entered = /[^\r]\r$/.test(next) ? { length: raw.length, untilMs: performance.now() + 1_000 } : undefined;
    }
  };
  return {
    press,
    answers: async (keys, shown) => {
      const isLetter = /^[a-z\d]$/.test(keys);
      const isTooSoon = () => text().includes('came too soon');
      const seen = () => (isLetter ? questionOf(text()).replace(/▸/g, ' ') : questionOf(text()));
      for (;;) {
        await shows('arrows and Enter');
        await setTimeout(freshMs + 100);
        // Of the last try.
        await hides('came too soon');
        const before = seen();
        press(keys);
        const isOpen = () =>
          shown === undefined
            ? seen() === before || text().includes('Enter answers now')
            : !text().includes(shown) && !isTooSoon();
        // Half a frame shows neither the question nor what comes after it.
        const isOver = async () => {
          if (isOpen()) return false;
          await setTimeout(60);
          return !isOpen();
        };
        const until = performance.now() + answeredMs;
        while (!(await isOver()) && performance.now() < until) await setTimeout(poll.interval);
        // A program that got too little time says that the key came too soon, or takes a letter for the composer's: the person tries again.
        if (isLetter && text().includes('waits while you type')) pty.write('\u007f');
        else if (!isTooSoon()) return;
      }
    },
    rows: visible,
    all,
    text,
    shows,
    printed: async (expected) => {
      const everything = () => all().join('\n');
      await (typeof expected === 'string'
        ? expect.poll(everything, poll).toContain(expected)
        : expect.poll(everything, poll).toMatch(expected));
    },
    hides,
    cursor: () => ({ x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY }),
    resize: async (nextColumns, nextRows) => {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      pty.resize(nextColumns, nextRows);
      terminal.resize(nextColumns, nextRows);
    },
    raw: () => raw,
    title: () => title,
    exit: async () => {
      await expect.poll(() => code, poll).toBeDefined();
      return code ?? -1;
    },
    kill: (signal) => pty.kill(signal),
    close: () => {
      if ('destroy' in pty && typeof pty.destroy === 'function') pty.destroy();
    },
    pid: pty.pid,
    hasColour: () => /\u001b\[[0-9;]*(?:3[0-8]|9[0-7])[;m]/.test(raw),
  };
}
