import { showUndecoded } from '../file/codec.ts';
import { likeness } from '../file/nearest.ts';
import { looseLine } from './canonical.ts';
import type { Line, SearchedText } from './searched-text.ts';

const shownLines = 12;
const comparedCharacters = 300;
/** Characters that are compared by their likeness, all lines together: the first lines of a long file. */
const mostCompared = 2_000_000;
/** A wanted line that repeats votes with its first places. */
const mostOffsets = 20;
/** Lines less alike than this are no help (Dice's coefficient of character pairs). */
const minLikeness = 0.4;

/**
 * The lines of a text that are most like `oldText`, numbered and with visible white space; undefined when nothing is like it.
 * Lines that are equal but for white space and punctuation vote for a place; without a vote the most similar line to the longest
 * wanted one decides.
 */
export function showNearest({ text, lines: linesOfText }: SearchedText, oldText: string): string | undefined {
  const lines = text.split('\n');
  const wanted = oldText.replace(/^\n+/, '').trimEnd().split('\n');
  const start = placeByVotes(linesOfText(), wanted) ?? placeByLikeness(lines, wanted);
  if (start === undefined) return undefined;
  const from = Math.max(0, start);
  return showLines(lines, from, Math.min(lines.length, from + Math.min(wanted.length, shownLines) + 1));
}

/** Lines `from` to `end` (0-based, end excluded) with their numbers; blanks are shown as ·, tabs as →, carriage returns as ␍. */
export function showLines(lines: readonly string[], from: number, end: number): string {
  return lines
    .slice(from, end)
    .map(
      (line, index) =>
        `${from + index + 1}\t${showBlanks(line.length > comparedCharacters ? `${line.slice(0, comparedCharacters)}…` : line)}`,
    )
    .join('\n');
}

function showBlanks(line: string): string {
  return showUndecoded(line).replaceAll(' ', '·').replaceAll('\t', '→').replaceAll('\r', '␍').replaceAll('\u00a0', '⍽');
}

function placeByVotes(lines: readonly Line[], wanted: readonly string[]): number | undefined {
  const offsets = new Map<string, number[]>();
  wanted.forEach((line, index) => {
    const loose = looseLine(line);
    const known = offsets.get(loose) ?? [];
    if (loose.length > 3 && known.length < mostOffsets) offsets.set(loose, [...known, index]);
  });
  const votes = new Map<number, number>();
  lines.forEach(({ loose }, index) => {
    for (const offset of offsets.get(loose) ?? []) votes.set(index - offset, (votes.get(index - offset) ?? 0) + 1);
  });
  let best: number | undefined;
  for (const [place, number] of votes) if (best === undefined || number > (votes.get(best) ?? 0)) best = place;
  return best;
}

function placeByLikeness(lines: readonly string[], wanted: readonly string[]): number | undefined {
  const longest = wanted.reduce(
    (best, line, index) => (line.trim().length > (wanted[best] ?? '').trim().length ? index : best),
    0,
  );
  const aim = looseLine(wanted[longest] ?? '').slice(0, comparedCharacters);
  let best: number | undefined;
  let bestScore = minLikeness;
  let compared = 0;
  for (const [index, line] of lines.entries()) {
    compared += Math.min(line.length, comparedCharacters) + aim.length;
    if (compared > mostCompared) break;
    const score = likeness(looseLine(line.slice(0, comparedCharacters * 2)).slice(0, comparedCharacters), aim);
    if (score > bestScore) {
      best = index - longest;
      bestScore = score;
    }
  }
  return best;
}
