// `node bin/record.js [FILE]`: plays the demo in a real terminal and writes what it showed as an animated SVG (docs/demo.svg). No tool
// in addition to the development dependencies; the moving picture needs no script and stands still where less motion is asked for.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.js';

const columns = 96;
const rows = 30;
const sampleMs = 200;
/** A picture in which only a clock or a spinner moves is shown this long, however long it took. */
const maxStillMs = 800;
const lastFrameMs = 5000;
const patienceMs = 120_000;

requireNode();
ensureInstalled();
ensureBuilt();
const target = process.argv[2] ?? join(root, 'docs/demo.svg');
const frames = await record();
writeFileSync(target, toSvg(frames));
console.log(`${target}: ${frames.length} frames`);

/** Runs the demo, looks at its timeline, and returns the pictures with the time that each stands. */
async function record() {
  const { spawn } = await import('@lydell/node-pty');
  const { default: xterm } = await import('@xterm/headless');
  const home = mkdtempSync(join(tmpdir(), 'wink-record-'));
  mkdirSync(join(home, 'till'));
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const pty = spawn(
    process.execPath,
    [join(root, 'bin/wink-agent.js'), 'demo', 'stuck-loop', '--keep', join(home, 'till')],
    {
      cols: columns,
      rows,
      cwd: home,
      env: {
        ...env,
        HOME: home,
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
        LC_ALL: 'C.UTF-8',
        npm_config_update_notifier: 'false',
      },
    },
  );
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  pty.onData((data) => terminal.write(data));
  const ended = new Promise((resolve) => pty.onExit(resolve));
  const text = () => readRows(terminal).map(plain).join('\n');
  const film = createFilm();
  const timer = setInterval(() => film.take(readRows(terminal)), sampleMs);
  const until = async (pattern) => {
    const giveUpAt = performance.now() + patienceMs;
    while (!pattern.test(text())) {
      if (performance.now() > giveUpAt)
        throw new Error(`The demo never showed ${pattern}; the last picture:\n${text()}`);
      await wait(20);
    }
  };
  try {
    await until(/✓ done/);
    await wait(1500);
    for (const letter of '/wink') {
      pty.write(letter);
      await wait(180);
    }
    pty.write('\r');
    await until(/What the observer saw/);
    await wait(1500);
    clearInterval(timer);
    film.take(readRows(terminal));
    pty.write('q');
    await until(/Ask for something/);
    pty.write('/quit\r');
    await ended;
    return film.frames();
  } finally {
    clearInterval(timer);
    pty.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
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

/**
 * Frames stand below each other on one strip that jumps; each different row is drawn once and referred to. A window of its own
 * colour, so that it looks the same on light and dark pages.
 */
function toSvg(frames) {
  const cell = { width: 8.4, height: 18 };
  const padding = 16;
  const inner = { width: columns * cell.width, height: rows * cell.height };
  const width = Math.ceil(inner.width + 2 * padding);
  const height = Math.ceil(inner.height + 2 * padding);
  const classes = new Map();
  const symbols = new Map();
  const classOf = (style) => {
    if (!classes.has(style)) classes.set(style, `s${classes.size}`);
    return classes.get(style);
  };
  const symbolOf = (row) => {
    const body = row.map((run) => drawRun(run, cell, classOf)).join('');
    if (!symbols.has(body)) symbols.set(body, `r${symbols.size}`);
    return symbols.get(body);
  };
  const strip = frames.map(({ picture }, index) => {
    const uses = picture.map((row, y) =>
      row.length === 0 ? '' : `<use href="#${symbolOf(row)}" y="${y * cell.height}"/>`,
    );
    return `<g transform="translate(0 ${index * inner.height})">${uses.join('')}</g>`;
  });
  const totalMs = frames.reduce((sum, { ms }) => sum + ms, 0);
  let at = 0;
  const steps = frames.map(({ ms }, index) => {
    const step = `${((100 * at) / totalMs).toFixed(2)}%{transform:translateY(${-index * inner.height}px)}`;
    at += ms;
    return step;
  });
  const still = `translateY(${-(frames.length - 1) * inner.height}px)`;
  const rules = [...classes].map(([style, name]) => `.${name}{${style}}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A run of wink-agent: the agent repeats a failing test run, the observer reminds it, it reads the code, fixes the bug and the tests pass.">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}${rules}.film{animation:film ${(totalMs / 1000).toFixed(1)}s step-end infinite}@keyframes film{${steps.join('')}100%{transform:${still}}}@media (prefers-reduced-motion:reduce){.film{animation:none;transform:${still}}}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#30363d"/>
<defs>${[...symbols].map(([body, name]) => `<g id="${name}">${body}</g>`).join('\n')}</defs>
<svg x="${padding}" y="${padding}" width="${inner.width}" height="${inner.height}" overflow="hidden"><g class="film">
${strip.join('\n')}
</g></svg>
</svg>
`;
}

/** A run keeps to its columns whatever font the reader has. */
function drawRun({ x, text, width, style }, cell, classOf) {
  const left = (x * cell.width).toFixed(1);
  const length = (width * cell.width).toFixed(1);
  const shown = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const background = /background:(#[0-9a-f]{6})/.exec(style)?.[1];
  const box = background ? `<rect x="${left}" width="${length}" height="${cell.height}" fill="${background}"/>` : '';
  const words = style.replace(/;?background:#[0-9a-f]{6}/, '').replace(/^;/, '');
  const name = words === '' ? '' : ` class="${classOf(words)}"`;
  return `${box}<text x="${left}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs"${name}>${shown}</text>`;
}
