import { stripVTControlCharacters } from 'node:util';
import { lexer } from 'marked';
import { sanitize } from '../../../core/text/sanitize.ts';
import type { DrawContext } from '../../text/draw-context.ts';
import { inlineSpans } from '../../text/markdown-inline.ts';
import { renderRows } from '../../text/render-rows.tsx';
import { Markdown } from './Markdown.tsx';

/** Places that are drawn to see whether they are the right one, at most. */
const mostTries = 3;

/**
 * Where a growing paragraph may be cut so that its two parts, drawn one below the other, have the same rows as the whole; at least the last
 * `keepRows` stay in the second. Undefined for what is no single paragraph, or where there is no such place.
 */
export function cutParagraph(source: string, keepRows: number, look: DrawContext): number | undefined {
  if (sanitize(source) !== source || !isParagraph(source)) return undefined;
  const rowsOf = (text: string) => renderRows(<Markdown source={text} />, look).map(bareRow);
  const rows = rowsOf(source);
  const ends = endsOf(rows.slice(0, Math.max(0, rows.length - keepRows)));
  const most = Math.max(0, ...ends);
  let tries = 0;
  for (const blank of blanksFromEnd(source)) {
    const length = lengthOf(textOf(source.slice(0, blank)));
    if (length > most || !ends.has(length)) continue;
    const parts = [...rowsOf(source.slice(0, blank)), ...rowsOf(source.slice(blank + 1))];
    if (parts.length === rows.length && parts.every((row, index) => row === rows[index])) return blank + 1;
    tries += 1;
    if (tries === mostTries) return undefined;
  }
  return undefined;
}

function isParagraph(source: string): boolean {
  const blocks = lexer(source);
  return blocks.length === 1 && blocks[0]?.type === 'paragraph';
}

function bareRow(row: string): string {
  return stripVTControlCharacters(row).trimEnd();
}

/** How much of the text stands above the end of each row. */
function endsOf(rows: readonly string[]): ReadonlySet<number> {
  let length = 0;
  return new Set(
    rows.map((row) => {
      length += lengthOf(row);
      return length;
    }),
  );
}

/** Without blanks, of which the end of a row has none. */
function lengthOf(text: string): number {
  return text.replace(/\s+/g, '').length;
}

function textOf(source: string): string {
  return inlineSpans(lexer(source))
    .map(({ text }) => text)
    .join('');
}

function* blanksFromEnd(source: string): Generator<number> {
  for (let at = source.length - 1; at > 0; at -= 1) if (/\s/.test(source[at] ?? '')) yield at;
}
