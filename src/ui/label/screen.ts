import { UserError } from '../../core/errors.ts';
import type { Code, CodedLabel, CodedRun } from '../../core/labels.ts';
import { listenToKeys } from '../input.ts';
import type { Key } from '../keys.ts';
import { createLineInput, type LineInput } from '../line-input.ts';
import type { Look } from '../look.ts';
import { splitGraphemes } from '../span.ts';
import { guardTerminal, openTerminal, type Terminal } from '../terminal.ts';
import { colourDepth, createTheme, paintLine } from '../theme.ts';
import { createLook, themeForBackground } from '../themes.ts';
import { drawLabelScreen } from './draw.ts';
import { pressLabelKey, submitPrompt } from './press.ts';
import { currentRun, type LabelState, startLabelling } from './state.ts';

export type LabelScreenOptions = {
  readonly runs: readonly CodedRun[];
  readonly codes: readonly Code[];
  readonly coder: string;
  readonly isAdjudicating: boolean;
  /** Called when a run is left; `isDraft`: it was not read to its end. */
  readonly onSave: (run: CodedRun, labels: readonly CodedLabel[], isDraft: boolean) => void;
  readonly onCodes: (codes: readonly Code[]) => void;
};

/** Shows the labelling screen on this process's terminal until the coder leaves. Throws UserError where there is no terminal. */
export async function openLabelScreen(options: LabelScreenOptions): Promise<void> {
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY) throw new UserError('label needs a terminal; run it without a pipe.');
  const terminal = openTerminal(stdin, stdout, env);
  const guard = guardTerminal(terminal);
  terminal.take();
  terminal.setAlternate(true);
  terminal.askBackground();
  try {
    await runScreen(options, terminal, env);
  } finally {
    terminal.restore();
    guard.end();
  }
}

function runScreen(options: LabelScreenOptions, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  let state = startLabelling(options);
  let input: LineInput | undefined;
  const saved = new Map<string, readonly CodedLabel[]>();
  let look = sizedLook(terminal, env);
  const paint = () => terminal.write(writeFrame(state, look, input));
  return new Promise((resolve) => {
    const end = () => {
      stop();
      terminal.stdout.off('resize', resize);
      resolve();
    };
    const resize = () => {
      look = { ...look, columns: terminal.stdout.columns, rows: terminal.stdout.rows };
      paint();
    };
    const press = (key: Key) => {
      if (key.type === 'background') {
        look = { ...look, theme: createTheme(themeForBackground(key.red, key.green, key.blue), colourDepth(env)) };
        return paint();
      }
      const before = state;
      [state, input] = pressKey(state, input, key);
      keepChanges(before, state, options, saved);
      if (state.isLeaving) end();
      else paint();
    };
    const stop = listenToKeys(terminal.stdin, (key) => {
      if (!state.isLeaving) press(key);
    });
    terminal.stdout.on('resize', resize);
    paint();
  });
}

function sizedLook(terminal: Terminal, env: NodeJS.ProcessEnv): Look {
  const { columns, rows } = terminal.stdout;
  return createLook({ version: '', model: '', cwd: '', approval: 'plan', mode: 'off', winkHome: '' }, env, {
    columns,
    rows,
  });
}

/** One key: into the line that is being written, or as a command. Ctrl+C leaves, as q does. */
function pressKey(state: LabelState, input: LineInput | undefined, key: Key): [LabelState, LineInput | undefined] {
  if (key.type === 'key' && key.isCtrl && key.name === 'c')
    return [pressLabelKey({ ...state, isHelpShown: false }, 'q'), undefined];
  if (input !== undefined) return pressInPrompt(state, input, key);
  if (key.type !== 'key' || key.isCtrl || key.isAlt) return [state, undefined];
  return pressCommands(state, key.text === '' ? [key.name] : splitGraphemes(key.text));
}

/** Keys typed fast arrive as one text: each is a command, until one asks for a line, which gets the rest. */
function pressCommands(state: LabelState, names: readonly string[]): [LabelState, LineInput | undefined] {
  let next = state;
  for (const [at, name] of names.entries()) {
    next = pressLabelKey(next, name);
    if (next.isLeaving) break;
    if (next.prompt !== undefined) return [next, createLineInput(names.slice(at + 1).join(''))];
  }
  return [next, undefined];
}

function pressInPrompt(state: LabelState, input: LineInput, key: Key): [LabelState, LineInput | undefined] {
  if (key.type === 'key' && key.name === 'escape') {
    const { prompt: _, ...rest } = state;
    return [rest, undefined];
  }
  if (key.type !== 'key' || key.name !== 'return') {
    input.press(key);
    return [state, input];
  }
  const next = submitPrompt(state, input.text());
  return [next, next.prompt === undefined ? undefined : createLineInput('')];
}

/** A run that was read is saved when it is left, one that is half read as a draft; so are codes that changed. */
function keepChanges(
  before: LabelState,
  after: LabelState,
  options: LabelScreenOptions,
  saved: Map<string, readonly CodedLabel[]>,
): void {
  if (before.codes !== after.codes) options.onCodes(after.codes);
  const run = currentRun(before);
  const labels = after.labels[run.key] ?? [];
  const isRead = after.read.includes(run.key);
  const becameRead = isRead && !before.read.includes(run.key);
  const isLeft = after.at !== before.at || after.isLeaving;
  const isChanged =
    labels !== (saved.get(run.key) ?? run.mine ?? labels) ||
    (!saved.has(run.key) && run.mine === undefined && labels.length > 0);
  if (!becameRead && !(isLeft && isChanged)) return;
  saved.set(run.key, labels);
  options.onSave(run, labels, !isRead);
}

function writeFrame(state: LabelState, look: Look, input: LineInput | undefined): string {
  const width = look.columns - (state.prompt?.title.length ?? 0) - 3;
  const frame = drawLabelScreen(state, look, input?.draw(width));
  const rows = frame.lines.slice(0, look.rows).map((line) => `${paintLine(line, look.theme)}\u001b[K`);
  const cursor = frame.cursor ? `\u001b[${frame.cursor.row + 1};${frame.cursor.column + 1}H\u001b[?25h` : '';
  return `\u001b[?25l\u001b[H${rows.join('\r\n')}\u001b[J${cursor}`;
}
