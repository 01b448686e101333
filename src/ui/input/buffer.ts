import { splitGraphemes, widthOf } from '../text/span.ts';

/** What is being written: the text and where the cursor is (an offset that is always between two whole characters). */
export type Buffer = {
  readonly text: string;
  readonly cursor: number;
  /** The column that up and down try to keep. */
  readonly goal?: number;
};

export const emptyBuffer: Buffer = { text: '', cursor: 0 };

/** Folded pastes and images are in the text as one character each that can't be entered, only deleted whole. */
export const foldPattern = /\[(?:Pasted text|Image) #\d+[^\]\n]*\]/g;

/** The text in indivisible pieces: graphemes, and whole folds. */
function atoms(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(foldPattern)) {
    pieces.push(...splitGraphemes(text.slice(from, match.index)), match[0]);
    from = match.index + match[0].length;
  }
  pieces.push(...splitGraphemes(text.slice(from)));
  return pieces;
}

/** The atom boundaries next to an offset; only the line around it is looked at, so long texts stay fast. */
function boundaryBefore(text: string, offset: number): number {
  if (offset <= 0) return 0;
  if (text[offset - 1] === '\n') return offset - 1;
  const start = lineStart(text, offset);
  let at = start;
  for (const atom of atoms(text.slice(start, lineEnd(text, offset)))) {
    if (at + atom.length >= offset) return at;
    at += atom.length;
  }
  return at;
}

function boundaryAfter(text: string, offset: number): number {
  if (offset >= text.length) return text.length;
  if (text[offset] === '\n') return offset + 1;
  const start = lineStart(text, offset);
  let at = start;
  for (const atom of atoms(text.slice(start, lineEnd(text, offset)))) {
    at += atom.length;
    if (at > offset) return at;
  }
  return at;
}

/** Where the line around an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where it ends: at its line break, or with the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

/** Joins at the seams may merge characters (a combining mark typed after a letter): the cursor moves to the end of the merged one. */
function settle(text: string, offset: number): Buffer {
  const clamped = Math.max(0, Math.min(offset, text.length));
  if (clamped === 0 || clamped === text.length || text[clamped] === '\n' || text[clamped - 1] === '\n')
    return { text, cursor: clamped };
  return { text, cursor: boundaryAfter(text, clamped - 1) };
}

export function insert(buffer: Buffer, added: string): Buffer {
  const text = buffer.text.slice(0, buffer.cursor) + added + buffer.text.slice(buffer.cursor);
  return settle(text, buffer.cursor + added.length);
}

/** Removes the text between two offsets and leaves the cursor there. */
export function remove(buffer: Buffer, from: number, to: number): Buffer {
  return settle(buffer.text.slice(0, from) + buffer.text.slice(to), from);
}

export function deleteBack(buffer: Buffer): Buffer {
  return remove(buffer, boundaryBefore(buffer.text, buffer.cursor), buffer.cursor);
}

export function deleteForward(buffer: Buffer): Buffer {
  return remove(buffer, buffer.cursor, boundaryAfter(buffer.text, buffer.cursor));
}

export function moveLeft(buffer: Buffer): Buffer {
  return { text: buffer.text, cursor: boundaryBefore(buffer.text, buffer.cursor) };
}

export function moveRight(buffer: Buffer): Buffer {
  return { text: buffer.text, cursor: boundaryAfter(buffer.text, buffer.cursor) };
}

export function moveToLineStart(buffer: Buffer): Buffer {
  return { text: buffer.text, cursor: lineStart(buffer.text, buffer.cursor) };
}

export function moveToLineEnd(buffer: Buffer): Buffer {
  return { text: buffer.text, cursor: lineEnd(buffer.text, buffer.cursor) };
}

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** The start of the word before the cursor: blanks and signs are skipped first, as readline does. */
export function wordBefore({ text, cursor }: Buffer): number {
  return cursor - lengthToWordEnd(atoms(text.slice(0, cursor)).reverse(), (atom) => wordCharacter.test(atom));
}

/** The same, where only blanks separate words (Ctrl+W). */
export function bigWordBefore({ text, cursor }: Buffer): number {
  return cursor - lengthToWordEnd(atoms(text.slice(0, cursor)).reverse(), (atom) => !/^\s$/.test(atom));
}

export function wordAfter({ text, cursor }: Buffer): number {
  return cursor + lengthToWordEnd(atoms(text.slice(cursor)), (atom) => wordCharacter.test(atom));
}

function lengthToWordEnd(pieces: readonly string[], isWord: (atom: string) => boolean): number {
  const start = pieces.findIndex(isWord);
  const end = pieces.findIndex((atom, index) => index > start && !isWord(atom));
  return pieces.slice(0, start === -1 || end === -1 ? undefined : end).join('').length;
}

export function moveTo(buffer: Buffer, offset: number): Buffer {
  return settle(buffer.text, offset);
}

/** Swaps the characters around the cursor (Ctrl+T). */
export function transpose(buffer: Buffer): Buffer {
  const { text, cursor } = buffer;
  const middle = cursor === lineEnd(text, cursor) ? boundaryBefore(text, cursor) : cursor;
  const start = boundaryBefore(text, middle);
  const end = boundaryAfter(text, middle);
  if (start === middle || middle === end || text[start] === '\n' || text[middle] === '\n') return buffer;
  return settle(text.slice(0, start) + text.slice(middle, end) + text.slice(start, middle) + text.slice(end), end);
}

/** A row of the drawn text: the offsets it shows. */
export type Row = { readonly start: number; readonly end: number };

/** A tab takes one column here, so that what is typed keeps it. */
function columnsOf(text: string): number {
  return widthOf(text.includes('\t') ? text.replaceAll('\t', ' ') : text);
}

/** Lays the text out in rows of at most `columns` columns, as the screen shows it: broken at blanks, and inside words that are longer. */
export function layOut(text: string, columns: number): Row[] {
  const rows: Row[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    if (line.length <= columns && columnsOf(line) <= columns)
      rows.push({ start: lineStart, end: lineStart + line.length });
    else rows.push(...wrapAtoms(atoms(line), lineStart, columns));
    lineStart += line.length + 1;
  }
  return rows;
}

function wrapAtoms(pieces: readonly string[], lineStart: number, columns: number): Row[] {
  const rows: Row[] = [];
  let start = lineStart;
  let at = lineStart;
  let used = 0;
  /** Behind the last blank of the row, and the columns up to there. */
  let blank = { at: start, used: 0 };
  for (const atom of pieces) {
    const width = columnsOf(atom);
    while (used + width > columns && at > start) {
      const breakAt = blank.at > start ? blank.at : at;
      rows.push({ start, end: breakAt });
      used -= blank.at > start ? blank.used : used;
      start = breakAt;
      blank = { at: start, used: 0 };
    }
    used += width;
    at += atom.length;
    if (atom === ' ' || atom === '\t') blank = { at, used };
  }
  rows.push({ start, end: at });
  return rows;
}

/** The row and column of an offset. At a soft break the cursor is at the start of the next row. */
export function place(text: string, rows: readonly Row[], offset: number): { row: number; column: number } {
  let row = 0;
  for (const [index, candidate] of rows.entries()) if (candidate.start <= offset) row = index;
  const start = rows[row]?.start ?? 0;
  return { row, column: columnsOf(text.slice(start, offset)) };
}

/** The rows around the cursor, at most so many, how many come above them, and where the cursor is in them. */
export function rowsInSight({ text, cursor }: Buffer, columns: number, most: number) {
  const rows = layOut(text, columns);
  const { row, column } = place(text, rows, cursor);
  const above = Math.max(0, Math.min(row - most + 1, rows.length - most));
  const shown = rows.slice(above, above + most).map(({ start, end }) => text.slice(start, end));
  return { shown, above, row: row - above, column };
}

/** One row up (-1) or down (1), keeping the column where it can; undefined when there is no such row. */
export function moveVertically(buffer: Buffer, direction: -1 | 1, columns: number): Buffer | undefined {
  const rows = layOut(buffer.text, columns);
  const { row, column } = place(buffer.text, rows, buffer.cursor);
  const target = rows[row + direction];
  if (target === undefined) return undefined;
  const goal = buffer.goal ?? column;
  let at = target.start;
  let used = 0;
  for (const atom of atoms(buffer.text.slice(target.start, target.end))) {
    const width = columnsOf(atom);
    if (used + width > goal) break;
    used += width;
    at += atom.length;
  }
  const isSoftEnd = at === target.end && rows[row + direction + 1]?.start === target.end;
  return { text: buffer.text, cursor: isSoftEnd && at > target.start ? boundaryBefore(buffer.text, at) : at, goal };
}
