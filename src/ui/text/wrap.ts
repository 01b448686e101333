import { cutText, type Line, type Span, type Style, span, widthOf, widthOfLine } from './span.ts';

type Word = { readonly pieces: Span[]; readonly width: number; readonly isBlank: boolean };

/**
 * Breaks a line at blanks so that each row fits `columns`; a word longer than a row is cut between characters. Rows after the
 * first start with `indent`. No character but the blanks at a break is lost.
 */
export function wrapLine(line: Line, columns: number, indent: Line = []): Line[] {
  const room = Math.max(1, columns);
  if (widthOfLine(line) <= room) return [line];
  const rows: Span[][] = [];
  const indentWidth = Math.min(widthOfLine(indent), room - 1);
  let row: Span[] = [];
  let used = 0;
  let isRowEmpty = true;
  const breakRow = () => {
    rows.push(row);
    row = indentWidth > 0 ? [...indent] : [];
    used = indentWidth;
    isRowEmpty = true;
  };
  for (const word of splitWords(line)) {
    if (word.isBlank && isRowEmpty && rows.length > 0) continue;
    if (used + word.width > room && !isRowEmpty) {
      breakRow();
      if (word.isBlank) continue;
    }
    for (const piece of word.pieces) {
      let rest = piece.text;
      while (used + widthOf(rest) > room) {
        const [head, tail] = cutText(rest, room - used);
        if (head === '' && isRowEmpty) break;
        if (head !== '') row.push({ ...piece, text: head });
        breakRow();
        rest = tail;
      }
      if (rest !== '') row.push({ ...piece, text: rest });
      used += widthOf(rest);
      isRowEmpty = false;
    }
  }
  if (row.length > 0 && !(isRowEmpty && rows.length > 0)) rows.push(row);
  return rows.map(trimEnd);
}

/** Wraps a text of several lines in one style. */
export function wrapText(text: string, columns: number, style?: Style): Line[] {
  return text.split('\n').flatMap((row) => wrapLine([style ? { text: row, style } : span(row)], columns));
}

function splitWords(line: Line): Word[] {
  const words: Word[] = [];
  let current: { pieces: Span[]; width: number; isBlank: boolean } | undefined;
  for (const piece of line) {
    for (const text of piece.text.match(/ +|[^ ]+/g) ?? []) {
      const isBlank = text[0] === ' ';
      if (current?.isBlank !== isBlank) {
        current = { pieces: [], width: 0, isBlank };
        words.push(current);
      }
      current.pieces.push({ ...piece, text });
      current.width += widthOf(text);
    }
  }
  return words;
}

function trimEnd(row: Span[]): Line {
  const last = row.at(-1);
  if (last === undefined || last.style?.isInverse || !last.text.endsWith(' ')) return row;
  const text = last.text.trimEnd();
  return text === '' ? trimEnd(row.slice(0, -1)) : [...row.slice(0, -1), { ...last, text }];
}

/** Tabs as blanks up to the next multiple of `size` columns. */
export function expandTabs(text: string, size = 4): string {
  if (!text.includes('\t')) return text;
  return text
    .split('\n')
    .map((row) => {
      let out = '';
      for (const [index, part] of row.split('\t').entries()) {
        if (index > 0) out += ' '.repeat(size - (widthOf(out) % size));
        out += part;
      }
      return out;
    })
    .join('\n');
}
