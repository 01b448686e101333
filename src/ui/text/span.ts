import stringWidth, { narrowText } from './string-width.ts';

/** What a piece of text means; the theme decides how that looks. */
export const roles = [
  'accent',
  'user',
  'quiet',
  'good',
  'warn',
  'bad',
  'observer',
  'shadow',
  'add',
  'remove',
  'addStrong',
  'removeStrong',
  'link',
  'code',
  'heading',
  'keyword',
  'string',
  'number',
  'comment',
  'name',
  'selected',
] as const;

export type Role = (typeof roles)[number];

export type Style = {
  readonly role?: Role;
  readonly isBold?: boolean;
  readonly isItalic?: boolean;
  readonly isUnderlined?: boolean;
  readonly isStruck?: boolean;
  readonly isInverse?: boolean;
};

/** A piece of a line in one style. Screens are built of these and become escape sequences in one place (theme.ts). */
export type Span = { readonly text: string; readonly style?: Style };

/** One row of the screen. */
export type Line = readonly Span[];

export function span(text: string, role?: Role, more?: Omit<Style, 'role'>): Span {
  if (role === undefined && more === undefined) return { text };
  return { text, style: { ...(role ? { role } : {}), ...more } };
}

/** The text of a line without its styles. */
export function plain(line: Line): string {
  let text = '';
  for (const piece of line) text += piece.text;
  return text;
}

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

export function widthOfLine(line: Line): number {
  let width = 0;
  for (const piece of line) width += widthOf(piece.text);
  return width;
}

let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as a reader counts them. Made when first needed: that takes 15 ms. */
function segment(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Splits a text into what a reader takes for single characters. */
export function splitGraphemes(text: string): string[] {
  if (narrowText.test(text)) return [...text];
  const parts: string[] = [];
  for (const part of segment(text)) parts.push(part.segment);
  return parts;
}

/** Cuts a text after at most `columns` columns, never inside a character. Returns the part that fits and the rest. */
export function cutText(text: string, columns: number): [string, string] {
  if (narrowText.test(text)) return [text.slice(0, columns), text.slice(columns)];
  let used = 0;
  let end = 0;
  for (const { segment: character, index } of segment(text)) {
    const width = widthOf(character);
    if (used + width > columns) break;
    used += width;
    end = index + character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

/** Shortens a line to `columns`, ending in `ellipsis` when something was cut. */
export function truncateLine(line: Line, columns: number, ellipsis = '…'): Line {
  if (widthOfLine(line) <= columns) return line;
  const room = columns - widthOf(ellipsis);
  if (room <= 0) return [span(ellipsis.slice(0, Math.max(0, columns)))];
  const kept: Span[] = [];
  let used = 0;
  for (const piece of line) {
    const [head, rest] = cutText(piece.text, room - used);
    if (head !== '') kept.push({ ...piece, text: head });
    used += widthOf(head);
    if (rest !== '') break;
  }
  return [...kept, span(ellipsis, 'quiet')];
}

export function truncateText(text: string, columns: number, ellipsis = '…'): string {
  return plain(truncateLine([span(text)], columns, ellipsis));
}

/** Fills a line with blanks up to `columns`. */
export function padLine(line: Line, columns: number, style?: Style): Line {
  const missing = columns - widthOfLine(line);
  return missing > 0 ? [...line, style ? { text: ' '.repeat(missing), style } : span(' '.repeat(missing))] : line;
}

/** Puts a line at the left and another at the right; the left one is shortened when both don't fit. */
export function spread(left: Line, right: Line, columns: number): Line {
  const rightWidth = widthOfLine(right);
  const shown = truncateLine(left, Math.max(0, columns - rightWidth - 1));
  return [...shown, span(' '.repeat(Math.max(1, columns - rightWidth - widthOfLine(shown)))), ...right];
}

/**
 * Rows of a list with a remark each: the remarks stand in a column of their own behind the longest name where both fit, else at the
 * right edge. Gives the row for a name and its remark.
 */
export function remarkColumn(
  names: readonly string[],
  remarks: readonly string[],
  columns: number,
): (name: Line, remark: Line) => Line {
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
  const start = widest(names) + 4;
  if (start + widest(remarks) > columns) return (name, remark) => spread(name, remark, columns);
  return (name, remark) => [...name, span(' '.repeat(Math.max(1, start - widthOfLine(name)))), ...remark];
}
