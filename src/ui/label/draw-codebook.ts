import type { Code, CodedLabel } from '../../core/labels.ts';
import type { DrawContext } from '../text/look.ts';
import { type Line, span } from '../text/span.ts';
import { wrapText } from '../text/wrap.ts';
import { describeLabel, roleOf } from './label-text.ts';
import { currentLabels, type LabelState, shownReadings, usableCodes } from './state.ts';

/** The right side: the labels of the run below the codes that can be given. */
export function drawCodebook(state: LabelState, look: DrawContext, width: number, rows: number): Line[] {
  const labels = drawLabels(state, look, width);
  const room = Math.max(4, rows - labels.length - 1);
  return [...drawCodes(state, look, width, room), [], ...labels];
}

function drawCodes(state: LabelState, look: DrawContext, width: number, rows: number): Line[] {
  const codes = usableCodes(state);
  const picked = currentLabels(state)[state.picked]?.class;
  const summary = codes.find((code) => code.name === picked);
  const words = summary
    ? wrapText(summary.summary, width - 4, { role: 'quiet' }).map((line): Line => [span('    '), ...line])
    : [];
  const room = Math.max(1, rows - 1 - words.length);
  const first = Math.max(0, codes.findIndex((code) => code.name === picked) - room + 1);
  const lines = codes.slice(first, first + room).flatMap((code, at) => {
    const row = drawCode(code, first + at, code.name === picked, look, state.codes);
    return code.name === picked ? [row, ...words] : [row];
  });
  return [[span('Codebook', 'heading')], ...lines];
}

function drawCode(code: Code, at: number, isPicked: boolean, look: DrawContext, codes: readonly Code[]): Line {
  const key = at < 9 ? String(at + 1) : at === 9 ? '0' : ' ';
  return [
    span(isPicked ? `${look.glyphs.pointer} ` : '  ', 'selected'),
    span(`${key} `, 'accent'),
    span(code.name, roleOf(codes, code.name)),
    span(code.isOpen ? ' (added)' : '', 'quiet'),
  ];
}

function drawLabels(state: LabelState, look: DrawContext, width: number): Line[] {
  const labels = currentLabels(state);
  const head: Line = [span(`Labels of this run: ${labels.length}`, 'heading')];
  const own = labels.flatMap((label, at) => drawLabel(state, label, at === state.picked, look, width));
  const others = shownReadings(state).flatMap(({ coder, labels: theirs }) => [
    [span(`${coder}:`, 'accent'), span(theirs.length === 0 ? ' none' : '', 'quiet')],
    ...theirs.map(
      (label): Line => [span('  '), span(`${label.class} ${describeLabel(label)}`, roleOf(state.codes, label.class))],
    ),
  ]);
  return [head, ...own, ...(others.length > 0 ? [[], ...others] : [])];
}

function drawLabel(state: LabelState, label: CodedLabel, isPicked: boolean, look: DrawContext, width: number): Line[] {
  const row: Line = [
    span(isPicked ? `${look.glyphs.pointer} ` : '  ', 'selected'),
    span(label.class, roleOf(state.codes, label.class), isPicked ? { isBold: true } : {}),
  ];
  const where: Line = [span(`    ${describeLabel(label)}`)];
  const note =
    label.note === ''
      ? []
      : wrapText(label.note, width - 4, { role: 'quiet' }).map((line): Line => [span('    '), ...line]);
  return [row, where, ...note];
}
