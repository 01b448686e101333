import { type Canonical, canonicalize, type Level, levels } from './canonical.ts';
import { fitLineEndings, lineEnding, type Place, type TextChange } from './change.ts';
import { findIndented } from './edit-indent.ts';
import { findPlaces } from './find-places.ts';
import type { SearchedText } from './searched-text.ts';

/** Every place where a text was found (of more than `mostPlaces`, the first ones), at the strictest level that finds it at all. */
export type Matches = { readonly level: Level | 'indentation'; readonly places: readonly Place[] };

/**
 * Looks for `oldText`: exactly, then forgiving line endings, trailing blanks, Unicode punctuation, at last indentation. Of a looser
 * match only what differs between old and new text is changed; the rest of the place keeps its own characters. Empty when it is nowhere.
 */
export function findMatches(searched: SearchedText, oldText: string, newText: string): Matches {
  for (const level of levels) {
    const places =
      level === 'exact' ? findExact(searched, oldText, newText) : findLoose(searched, oldText, newText, level);
    if (places.length > 0) return { level, places };
  }
  return { level: 'indentation', places: findIndented(searched, oldText, newText) };
}

function findExact({ text, breaks }: SearchedText, oldText: string, newText: string): Place[] {
  // A CRLF is one break: a text that begins with its second half is found at the next level.
  const starts = findPlaces(text, oldText).filter((start) => !(text[start] === '\n' && text[start - 1] === '\r'));
  if (starts.length === 0) return [];
  const newTextAt = fitLineEndings(breaks(), oldText, newText);
  return starts.map((start) => {
    const end = start + oldText.length;
    return { start, end, change: () => ({ start, end, newText: newTextAt(start) }) };
  });
}

function findLoose(searched: SearchedText, oldText: string, newText: string, level: Exclude<Level, 'exact'>): Place[] {
  const oldForm = canonicalize(oldText, level);
  if (level === 'line endings' ? oldForm.text === '' : oldForm.text.trim() === '') return [];
  const form = searched.form(level);
  const { length } = oldForm.text;
  const endedInBlanks = level !== 'line endings' && /[^\S\r\n]$/.test(oldText);
  const found = findPlaces(form.text, oldForm.text)
    .filter((at) => isWhole(form, at, at + length))
    .filter((at) => !endedInBlanks || isLineEnd(form.text, at + length));
  if (found.length === 0) return [];
  const narrow = narrowChanges(searched, form, oldForm, newText, canonicalize(newText, level));
  return found.map((at) => ({
    start: place(form.starts, at),
    end: place(form.ends, at + length - 1),
    change: () => narrow(at),
  }));
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
function narrowChanges(
  { text, breaks }: SearchedText,
  form: Canonical,
  oldForm: Canonical,
  newText: string,
  newForm: Canonical,
): (at: number) => TextChange {
  const [oldLength, newLength] = [oldForm.text.length, newForm.text.length];
  const shorter = Math.min(oldLength, newLength);
  let same = 0;
  while (same < shorter && oldForm.text[same] === newForm.text[same]) same += 1;
  let sameEnd = 0;
  while (sameEnd < shorter && oldForm.text[oldLength - 1 - sameEnd] === newForm.text[newLength - 1 - sameEnd])
    sameEnd += 1;
  return (at) => {
    let head = same;
    while (head > 0 && !(isBoundary(form, at + head) && isBoundary(newForm, head))) head -= 1;
    let tail = Math.min(sameEnd, shorter - head);
    const isCleanTail = () => isBoundary(form, at + oldLength - tail) && isBoundary(newForm, newLength - tail);
    while (tail > 0 && !isCleanTail()) tail -= 1;
    const end = at + oldLength;
    const start = head === 0 ? place(form.starts, at) : place(form.ends, at + head - 1);
    const pieceStart = head === 0 ? 0 : place(newForm.ends, head - 1);
    const pieceEnd = tail === 0 ? newText.length : place(newForm.starts, newLength - tail);
    const ending = lineEnding(text.slice(place(form.starts, at), place(form.ends, end - 1)), breaks());
    return {
      start,
      end: tail === 0 ? place(form.ends, end - 1) : place(form.starts, end - tail),
      newText: newText.slice(pieceStart, pieceEnd).replace(/\r?\n/g, ending),
    };
  };
}

function place(places: Uint32Array, index: number): number {
  return places[index] ?? 0;
}
