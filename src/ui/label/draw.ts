import type { CodedStep } from '../../core/labels.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { Look } from '../look.ts';
import { type Line, span, truncateLine, widthOfLine } from '../span.ts';
import { expandTabs, wrapText } from '../wrap.ts';
import { drawCodebook } from './draw-codebook.ts';
import { roleOf } from './label-text.ts';
import { currentLabels, currentRun, type LabelState } from './state.ts';

/** The line that is written at the bottom, when one is. */
export type PromptLine = { readonly line: Line; readonly column: number };

export type LabelFrame = {
  readonly lines: readonly Line[];
  readonly cursor?: { readonly row: number; readonly column: number };
};

const narrow = 72;

/** The whole screen: head, the run on the left, the codebook on the right, keys at the bottom. */
export function drawLabelScreen(state: LabelState, look: Look, prompt?: PromptLine): LabelFrame {
  const { columns, rows } = look;
  const body = Math.max(3, rows - 4);
  const isNarrow = columns < narrow;
  const rightWidth = isNarrow ? 0 : Math.min(52, Math.max(30, Math.floor(columns * 0.36)));
  const leftWidth = columns - rightWidth - (isNarrow ? 0 : 3);
  const left = state.isHelpShown ? drawHelp() : drawSteps(state, look, leftWidth, body);
  const right = isNarrow ? [] : drawCodebook(state, look, rightWidth, body);
  const middle = Array.from({ length: body }, (_, row) => {
    const piece = pad(truncateLine(left[row] ?? [], leftWidth), leftWidth);
    if (isNarrow) return piece;
    return [...piece, span(` ${look.glyphs.bar} `, 'quiet'), ...truncateLine(right[row] ?? [], rightWidth)];
  });
  const foot = drawFoot(state, look, prompt);
  const lines = [...drawHead(state, look), ...middle, ...foot.lines];
  return { lines, ...(foot.column !== undefined && { cursor: { row: lines.length - 1, column: foot.column } }) };
}

function pad(line: Line, width: number): Line {
  const missing = width - widthOfLine(line);
  return missing > 0 ? [...line, span(' '.repeat(missing))] : line;
}

function drawHead(state: LabelState, look: Look): Line[] {
  const run = currentRun(state);
  const isRead = state.read.includes(run.key);
  const title: Line = [
    span(state.isAdjudicating ? ' adjudicate ' : ' label ', 'heading', { isInverse: true }),
    span(`  ${state.at + 1}/${state.runs.length}  `, 'accent'),
    span(run.id, 'heading'),
    span(`  ${run.agent}  ${run.steps.length} steps  `, 'quiet'),
    span(isRead ? `${look.glyphs.ok} read` : '', 'good'),
  ];
  const task = clean(run.task.slice(0, 4000)).replace(/\s+/g, ' ').trim();
  return [truncateLine(title, look.columns), truncateLine([span(task, 'quiet')], look.columns)];
}

/** One row a step, but for the one that is open: it takes what room there is. */
function drawSteps(state: LabelState, look: Look, width: number, rows: number): Line[] {
  const { steps } = currentRun(state);
  const open = steps[state.cursor];
  if (open === undefined) return [[span('This run has no steps.', 'quiet')]];
  const around = Math.min(steps.length - 1, Math.max(4, Math.floor(rows * 0.4)));
  const details = drawDetails(open, width - 6);
  const room = Math.max(1, rows - around - 2);
  const scroll = Math.max(0, Math.min(state.scroll, details.length - room));
  const shown = details.slice(scroll, scroll + room);
  const rest = details.length - scroll - shown.length;
  const more: Line[] =
    rest > 0 || scroll > 0
      ? [[span(`      ${look.glyphs.ellipsis} ${scroll} rows above, ${rest} below (space, b)`, 'quiet')]]
      : [];
  const above = Math.min(state.cursor, Math.floor((rows - shown.length - more.length - 1) / 2));
  const lines: Line[] = [];
  for (let at = state.cursor - above; at < steps.length && lines.length < rows; at++) {
    lines.push(drawRow(state, look, at));
    if (at === state.cursor) lines.push(...shown.map((line): Line => [span('      '), ...line]), ...more);
  }
  return lines;
}

function drawRow(state: LabelState, look: Look, at: number): Line {
  const step = currentRun(state).steps[at]!;
  const call = step.calls[0];
  const isOpen = at === state.cursor;
  const hasFailed = step.calls.some((one) => one.isError);
  const words = call ? `${call.name}  ${firstLine(call.input)}` : firstLine(step.text) || '(nothing)';
  const extra = step.calls.length > 1 ? ` +${step.calls.length - 1}` : '';
  return [
    ...drawMarks(state, look, step.index),
    span(String(step.index).padStart(4), isOpen ? 'selected' : 'quiet'),
    span(isOpen ? ` ${look.glyphs.pointer} ` : '   ', 'selected'),
    ...(step.user ? [span('user ', 'user')] : []),
    span(hasFailed ? `${look.glyphs.failed} ` : '', 'bad'),
    span(words + extra, isOpen ? 'heading' : undefined),
  ];
}

/** The labels that cover a step, as coloured bars before its number: two columns, the picked one solid. */
function drawMarks(state: LabelState, look: Look, step: number): Line {
  const covering = currentLabels(state).flatMap((label, at) =>
    label.start <= step && step <= label.end ? [{ label, at }] : [],
  );
  const marks = covering.slice(0, 2).map(({ label, at }) => {
    const sign =
      label.visible === step ? look.glyphs.observer : at === state.picked ? look.glyphs.full : look.glyphs.bar;
    return span(sign, roleOf(state.codes, label.class));
  });
  return [...marks, span(' '.repeat(2 - marks.length))];
}

function firstLine(text: string): string {
  return clean(text.trim().split('\n', 1)[0] ?? '');
}

/** Text of a run as it may be drawn and measured: without control sequences, tabs as blanks. */
function clean(text: string): string {
  return expandTabs(sanitize(text));
}

/** The step in full: what the user said, what the agent said, each call and its result. */
function drawDetails(step: CodedStep, width: number): Line[] {
  const lines: Line[] = [];
  if (step.user) lines.push(...wrapText(clean(step.user.trim()), width, { role: 'user' }), []);
  if (step.text) lines.push(...wrapText(clean(step.text.trim()), width));
  for (const call of step.calls) {
    const output = clean(call.output.trim()) || '(no output)';
    lines.push([span(clean(call.name), 'accent')], ...wrapText(clean(call.input), width, { role: 'code' }));
    lines.push(...wrapText(output, width, { role: call.isError ? 'bad' : 'quiet' }));
  }
  return lines;
}

const keys = '1-0 class  s v e steps  + - sure  l severity  t note  x delete  n next  q save and leave  ? all keys';

function drawFoot(state: LabelState, look: Look, prompt?: PromptLine): { lines: Line[]; column?: number } {
  const rule: Line = [span(look.glyphs.rule.repeat(look.columns), 'quiet')];
  if (state.prompt !== undefined && prompt !== undefined) {
    const title = `${state.prompt.title}: `;
    return { lines: [rule, [span(title, 'accent'), ...prompt.line]], column: title.length + prompt.column };
  }
  const words = state.message === '' ? span(keys, 'quiet') : span(state.message, 'accent');
  return { lines: [rule, truncateLine([words], look.columns)] };
}

const help: readonly (readonly [string, string])[] = [
  ['up down, j k', 'step before, step after; PgUp PgDn ten steps; g G first, last'],
  ['space b', 'scroll inside the open step'],
  ['1 .. 9, 0', 'mark the class of that number from the open step on'],
  ['c', 'mark a class by its name'],
  ['s  v  e', 'the label starts, could be known after, ends at the open step'],
  ['+  -', 'more or less sure'],
  ['l', 'severity: low, medium, high'],
  ['t', 'a note: what shows it, with a short quote'],
  ['left right, Tab', 'pick another label of this run'],
  ['x  u', 'delete the label; take back the last change'],
  ['o  m', 'add a code of your own; merge it into another'],
  ['a', 'take over the labels of the next coder (adjudication)'],
  ['n  p', 'save and go to the next or previous run'],
  ['q, Esc', 'save and leave; label goes on where you stopped'],
];

function drawHelp(): Line[] {
  return [
    [span('Keys', 'heading')],
    [],
    ...help.map(([key, words]): Line => [span(key.padEnd(18), 'accent'), span(words)]),
    [],
    [span('Any key goes back.', 'quiet')],
  ];
}
