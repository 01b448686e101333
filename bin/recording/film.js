// A terminal as a row of pictures: what it shows, when that differs from what it showed before.
import { setTimeout as wait } from 'node:timers/promises';

export const columns = 96;
export const rows = 30;
const sampleMs = 200;
/** A picture in which only a clock or a spinner moves is shown this long, however long it took. */
const maxStillMs = 800;
const lastFrameMs = 5000;
const patienceMs = 120_000;

/**
 * Starts a program in a terminal, has it driven by `act`, and gives the pictures with the time that each is shown. `place`: cwd, home and what the
 * environment has in addition.
 */
export async function film(command, words, place, act) {
  const { spawn } = await import('@lydell/node-pty');
  const { default: xterm } = await import('@xterm/headless');
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const own = { HOME: place.home, TERM: 'xterm-256color', COLORTERM: 'truecolor', LC_ALL: 'C.UTF-8' };
  const pty = spawn(command, words, {
    cols: columns,
    rows,
    cwd: place.cwd,
    env: { ...env, ...own, npm_config_update_notifier: 'false', ...place.env },
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  pty.onData((data) => terminal.write(data));
  const ended = new Promise((resolve) => pty.onExit(resolve));
  const pictures = createFilm();
  const timer = setInterval(() => pictures.take(readRows(terminal)), sampleMs);
  try {
    await act(createKeys(pty, terminal));
    clearInterval(timer);
    pictures.take(readRows(terminal));
    return pictures.frames();
  } finally {
    clearInterval(timer);
    pty.kill('SIGKILL');
    await ended;
  }
}

/** The hands of whoever sits before the terminal. */
function createKeys(pty, terminal) {
  const text = () => readRows(terminal).map(plain).join('\n');
  return {
    /** Waits until the screen shows it. */
    until: async (pattern) => {
      const giveUpAt = performance.now() + patienceMs;
      while (!pattern.test(text())) {
        if (performance.now() > giveUpAt)
          throw new Error(`The screen never showed ${pattern}; the last picture:\n${text()}`);
        await wait(20);
      }
    },
    /** Types as a person does. */
    type: async (words) => {
      for (const letter of words) {
        pty.write(letter);
        await wait(60);
      }
      await wait(400);
    },
    press: (key) => pty.write(key),
    look: (ms) => wait(ms),
  };
}

/** Keeps a picture when it differs from the one before, and cuts the time in which nothing happens. */
function createFilm() {
  const taken = [];
  let still = '';
  let stillMs = 0;
  return {
    take: (picture) => {
      const words = picture.map(plain).join('\n');
      if (words.trim() === '') return;
      const essence = words.replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '').replace(/\d+(\.\d)? s\b/g, '');
      stillMs = essence === still ? stillMs + sampleMs : 0;
      still = essence;
      if (stillMs > maxStillMs) return;
      const last = taken.at(-1);
      if (last && JSON.stringify(last.picture) === JSON.stringify(picture)) last.ms += sampleMs;
      else taken.push({ picture, ms: sampleMs });
    },
    frames: () => taken.map((frame, index) => (index === taken.length - 1 ? { ...frame, ms: lastFrameMs } : frame)),
  };
}

/** The visible rows, each as runs of equal style. */
function readRows(terminal) {
  const { active } = terminal.buffer;
  return Array.from({ length: rows }, (_unused, index) => readRow(active.getLine(active.viewportY + index)));
}

function readRow(line) {
  const runs = [];
  for (let x = 0; line && x < columns; x++) {
    const cell = line.getCell(x);
    if (!cell || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last && last.style === style && last.x + last.width === x) {
      last.text += text;
      last.width += cell.getWidth();
    } else runs.push({ x, text, width: cell.getWidth(), style });
  }
  const last = runs.at(-1);
  if (last && last.style === '') {
    last.text = last.text.trimEnd();
    last.width = last.text.length;
  }
  return runs.filter(({ text, style }) => text.trim() !== '' || style.includes('background'));
}

function plain(runs) {
  return runs.reduce((line, { x, text }) => `${line.padEnd(x)}${text}`, '');
}

/** CSS of a cell; empty for plain text. */
function styleOf(cell) {
  const fill = cell.isFgDefault() ? '' : `fill:${colour(cell.getFgColor(), cell.isFgRGB())}`;
  const background = cell.isBgDefault() ? '' : `background:${colour(cell.getBgColor(), cell.isBgRGB())}`;
  return [
    fill,
    background,
    cell.isBold() ? 'font-weight:bold' : '',
    cell.isItalic() ? 'font-style:italic' : '',
    cell.isDim() ? 'opacity:.6' : '',
    cell.isUnderline() ? 'text-decoration:underline' : '',
  ]
    .filter((part) => part !== '')
    .join(';');
}

const sixteen =
  '484f58 ff7b72 3fb950 d29922 58a6ff bc8cff 39c5cf b1bac4 6e7681 ffa198 56d364 e3b341 79c0ff d2a8ff 56d4dd ffffff'.split(
    ' ',
  );

function colour(value, isRgb) {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return `#${sixteen[value]}`;
  if (value >= 232) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
  const level = (step) => (step === 0 ? 0 : 55 + step * 40).toString(16).padStart(2, '0');
  const index = value - 16;
  return `#${level(Math.floor(index / 36))}${level(Math.floor(index / 6) % 6)}${level(index % 6)}`;
}
