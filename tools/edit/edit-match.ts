import { type Canonical, canonicalize, type Level, levels } from './canonical.ts';
import { fitLineEndings, lineEnding, type TextChange } from './change.ts';
import { findIndented } from './edit-indent.ts';

/** Every place where a text was found, at the strictest level that finds it at all. */
export type Matches = { readonly level: Level | 'indentation'; readonly changes: readonly TextChange[] };

/**
 * Looks for `oldText`: exactly, then forgiving line endings, trailing blanks, Unicode punctuation, at last indentation. Of a looser
 * match only what differs between old and new text is changed; the rest of the place keeps its own characters. Empty when it is nowhere.
 */
export function findMatches(text: string, oldText: string, newText: string): Matches {
  for (const level of levels) {
    const changes = level === 'exact' ? findExact(text, oldText, newText) : findLoose(text, oldText, newText, level);
    if (changes.length > 0) return { level, changes };
  }
  return { level: 'indentation', changes: findIndented(text, oldText, newText) };
}

function findExact(text: string, oldText: string, newText: string): TextChange[] {
  // A CRLF is one break: a text that begins with its second half is found at the next level.
  const places = placesOf(text, oldText).filter((start) => !(text[start] === '\n' && text[start - 1] === '\r'));
  return places.map((start) => ({
    start,
    end: start + oldText.length,
    newText: fitLineEndings(text, start, oldText, newText),
  }));
}

/** Where `part` is, overlapping places included, so that `aa` in `aaa` counts as two. */
function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  if (part === '') return places;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

function findLoose(text: string, oldText: string, newText: string, level: Exclude<Level, 'exact'>): TextChange[] {
  const oldForm = canonicalize(oldText, level);
  if (level === 'line endings' ? oldForm.text === '' : oldForm.text.trim() === '') return [];
  const form = canonicalize(text, level);
  const endedInBlanks = level !== 'line endings' && /[^\S\r\n]$/.test(oldText);
  const newForm = canonicalize(newText, level);
  return placesOf(form.text, oldForm.text)
    .filter((at) => isWhole(form, at, at + oldForm.text.length))
    .filter((at) => !endedInBlanks || isLineEnd(form.text, at + oldForm.text.length))
    .map((at) => narrowChange(text, form, at, oldForm, newText, newForm));
}

/** A match may not begin or end inside one character of the original (an ellipsis compared as three dots). */
function isWhole(form: Canonical, start: number, end: number): boolean {
  return isBoundary(form, start) && isBoundary(form, end);
}

function isBoundary(form: Canonical, at: number): boolean {
  return at <= 0 || at >= form.text.length || form.starts[at] !== form.starts[at - 1];
}

function isLineEnd(text: string, at: number): boolean {
  return at >= text.length || text.charAt(at) === '\n';
}

/** Leaves what old and new text have in common at their beginning and end as it stands in the file. */
function narrowChange(
  text: string,
  form: Canonical,
  at: number,
  oldForm: Canonical,
  newText: string,
  newForm: Canonical,
): TextChange {
  const shorter = Math.min(oldForm.text.length, newForm.text.length);
  let head = 0;
  while (head < shorter && oldForm.text[head] === newForm.text[head]) head += 1;
  while (head > 0 && !(isBoundary(form, at + head) && isBoundary(newForm, head))) head -= 1;
  let tail = 0;
  while (tail < shorter - head && oldForm.text.at(-1 - tail) === newForm.text.at(-1 - tail)) tail += 1;
  const isCleanTail = () =>
    isBoundary(form, at + oldForm.text.length - tail) && isBoundary(newForm, newForm.text.length - tail);
  while (tail > 0 && !isCleanTail()) tail -= 1;
  const end = at + oldForm.text.length;
  const start = head === 0 ? place(form.starts, at) : place(form.ends, at + head - 1);
  const pieceStart = head === 0 ? 0 : place(newForm.ends, head - 1);
  const pieceEnd = tail === 0 ? newText.length : place(newForm.starts, newForm.text.length - tail);
  const ending = lineEnding(text.slice(place(form.starts, at), place(form.ends, end - 1)), text);
  return {
    start,
    end: tail === 0 ? place(form.ends, end - 1) : place(form.starts, end - tail),
    newText: newText.slice(pieceStart, pieceEnd).replace(/\r?\n/g, ending),
  };
}

function place(places: Uint32Array, index: number): number {
  return places[index] ?? 0;
}
