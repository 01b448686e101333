import { foldPattern, layOut, place } from './buffer.ts';
import type { Composer } from './composer.ts';
import type { Look } from './look.ts';
import { type Line, type Span, span } from './span.ts';

/** Rows and where the terminal's cursor stands among them. */
export type Drawn = { readonly lines: readonly Line[]; readonly cursor?: { readonly x: number; readonly y: number } };

/** Columns of text in the composer: the prompt takes two, and one stays free for the cursor behind the last character. */
export function composerColumns(columns: number): number {
  return Math.max(10, columns - 3);
}

/**
 * Draws the composer with at most `maxRows` rows of text around the cursor. No rule below it: some terminals (xterm.js) lose count of
 * the cursor's row when a row below it is wrapped by a narrower window.
 */
export function drawComposer(composer: Composer, look: Look, maxRows: number, placeholder: string): Drawn {
  const { glyphs, columns } = look;
  const { text, cursor } = composer.buffer;
  const isShell = text.startsWith('!');
  const rule: Line = [span(glyphs.rule.repeat(columns), isShell ? 'warn' : 'quiet')];
  const rows = layOut(text, composerColumns(columns));
  const at = place(text, rows, cursor);
  const first = Math.max(0, Math.min(at.row - maxRows + 1, rows.length - maxRows));
  const shown = rows.slice(first, first + maxRows);
  const lines = shown.map((row, index): Line => {
    const mark = index === 0 ? (first > 0 ? `${glyphs.ellipsis[0]} ` : `${isShell ? '!' : glyphs.prompt} `) : '  ';
    const body =
      text === '' ? [span(placeholder, 'quiet')] : colour(text.slice(row.start, row.end).replaceAll('\t', ' '));
    return [span(mark, isShell ? 'warn' : 'accent'), ...body];
  });
  return { lines: [rule, ...lines], cursor: { x: at.column + 2, y: at.row - first + 1 } };
}

/** Folds, mentions and commands stand out from the rest of the text. */
function colour(row: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of row.matchAll(new RegExp(`${foldPattern.source}|(?<=^|\\s)@[^\\s]+|^/[\\w:-]+`, 'g'))) {
    if (match.index > from) spans.push(span(row.slice(from, match.index)));
    spans.push(span(match[0], 'accent'));
    from = match.index + match[0].length;
  }
  if (from < row.length) spans.push(span(row.slice(from)));
  return spans;
}
