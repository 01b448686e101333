import type { Tokens } from 'marked';
import type { Glyphs } from './glyphs.ts';
import { inlineSpans } from './markdown-inline.ts';
import { type Line, padLine, type Span, span, widthOfLine } from './span.ts';
import { wrapLine } from './wrap.ts';

/** A table as rows: columns as wide as they need where there is room, else narrowed in proportion with wrapped cells. */
export function tableRows(table: Tokens.Table, columns: number, glyphs: Glyphs): Line[] {
  const rows = [table.header, ...table.rows].map((row) =>
    row.map((cell) =>
      inlineSpans(cell.tokens, cell.header ? { isBold: true } : {}).map((piece) => ({
        ...piece,
        text: piece.text.replace(/\n/g, ' '),
      })),
    ),
  );
  const count = table.header.length;
  const widths = fitWidths(
    Array.from({ length: count }, (_, index) => Math.max(1, ...rows.map((row) => widthOfLine(row[index] ?? [])))),
    columns - 3 * (count - 1),
  );
  const rule: Line = [
    span(
      widths
        .map((width) => glyphs.table.across.repeat(width))
        .join(`${glyphs.table.across}${glyphs.table.cross}${glyphs.table.across}`),
      'quiet',
    ),
  ];
  const drawn = rows.map((row) => drawRow(row, widths, table.align, glyphs));
  return [...(drawn[0] ?? []), rule, ...drawn.slice(1).flat()];
}

function fitWidths(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 3) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function drawRow(
  cells: readonly Line[],
  widths: readonly number[],
  align: Tokens.Table['align'],
  glyphs: Glyphs,
): Line[] {
  const wrapped = widths.map((width, index) => wrapLine(cells[index] ?? [], width));
  const height = Math.max(1, ...wrapped.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) => {
    const line: Span[] = [];
    for (const [index, width] of widths.entries()) {
      if (index > 0) line.push(span(` ${glyphs.table.down} `, 'quiet'));
      line.push(...alignCell(wrapped[index]?.[at] ?? [], width, align[index] ?? 'left', index === widths.length - 1));
    }
    return line;
  });
}

function alignCell(cell: Line, width: number, align: 'center' | 'left' | 'right', isLast: boolean): Line {
  const missing = Math.max(0, width - widthOfLine(cell));
  if (align === 'left') return isLast ? cell : padLine(cell, width);
  const before = align === 'right' ? missing : Math.floor(missing / 2);
  return padLine([span(' '.repeat(before)), ...cell], isLast ? 0 : width);
}
