import type { CodedStep } from '../../core/labels.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import type { DrawContext } from '../text/look.ts';
import { type Line, span } from '../text/span.ts';
import { expandTabs, wrapText } from '../text/wrap.ts';
import { roleOf } from './label-text.ts';
import { currentLabels, currentRun, type LabelState } from './state.ts';

/** What run this is, and its task. */
export function drawHead(state: LabelState, look: DrawContext): Line[] {
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
  return [title, [span(task, 'quiet')]];
}

/** One row a step, but for the one that is open: it takes what room there is. */
export function drawSteps(state: LabelState, look: DrawContext, width: number, rows: number): Line[] {
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

function drawRow(state: LabelState, look: DrawContext, at: number): Line {
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
function drawMarks(state: LabelState, look: DrawContext, step: number): Line {
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

/** All keys. */
export function drawHelp(): Line[] {
  return [
    [span('Keys', 'heading')],
    [],
    ...help.map(([key, words]): Line => [span(key.padEnd(18), 'accent'), span(words)]),
    [],
    [span('Any key goes back.', 'quiet')],
  ];
}
