import { lineEnding, type Place } from './change.ts';
import { findRunsOf } from './find-places.ts';
import { type Line, linesOf, type SearchedText } from './searched-text.ts';

/** So many lines are compared with those that are wanted: of what repeats more often than that, the first places are found. */
const mostCompared = 500_000;

/**
 * Places where whole lines equal those of `oldText` but for their indentation, if all are shifted alike. The new text is shifted the
 * same way; places whose shift can't be told are left out.
 */
export function findIndented(
  { text, lines: linesOfText, breaks }: SearchedText,
  oldText: string,
  newText: string,
): Place[] {
  const endsWithBreak = oldText.endsWith('\n');
  const wanted = linesOf(endsWithBreak ? oldText.replace(/\r?\n$/, '') : oldText);
  if (wanted.every(({ loose }) => loose === '')) return [];
  const lines = linesOfText();
  const starts = findRunsOf(
    lines.map(({ loose }) => loose),
    wanted.map(({ loose }) => loose),
  );
  const places: Place[] = [];
  for (const at of starts.slice(0, Math.ceil(mostCompared / wanted.length))) {
    const shift = findShift(wanted, lines.slice(at, at + wanted.length));
    const shifted = shift && shiftLines(newText, shift);
    if (shifted === undefined) continue;
    const last = lines[at + wanted.length - 1];
    const start = lines[at]?.start ?? 0;
    const lastEnd = last?.end ?? start;
    const hasBreak = endsWithBreak && lastEnd < text.length;
    const end = lastEnd + (hasBreak ? (text.startsWith('\r\n', lastEnd) ? 2 : 1) : 0);
    const written = endsWithBreak && !hasBreak ? shifted.replace(/\r?\n$/, '') : shifted;
    const change = () => {
      const ending = lineEnding(text.slice(start, lastEnd), breaks());
      return { start, end, newText: written.replace(/\r?\n/g, ending) };
    };
    places.push({ start, end, change });
  }
  return places;
}

/** What to do with an indentation of the model's to get the file's; undefined when it has no counterpart. */
type Shift = (indentation: string) => string | undefined;

function findShift(wanted: readonly Line[], found: readonly Line[]): Shift | undefined {
  const pairs = wanted
    .map((line, index) => [indentationOf(line.text), indentationOf(found[index]?.text ?? '')] as const)
    .filter((_, index) => wanted[index]?.text.trim() !== '');
  const [first] = pairs;
  if (!first) return undefined;
  const [model, file] = first;
  const shifts: (Shift | undefined)[] = [
    file.endsWith(model) ? addPrefix(file.slice(0, file.length - model.length)) : undefined,
    model.endsWith(file) ? dropPrefix(model.slice(0, model.length - file.length)) : undefined,
    convertUnits(pairs),
  ];
  return shifts.find((shift) => shift && pairs.every(([from, to]) => shift(from) === to));
}

function indentationOf(line: string): string {
  return /^[^\S\r\n]*/.exec(line)?.[0] ?? '';
}

function addPrefix(prefix: string): Shift {
  return (indentation) => prefix + indentation;
}

function dropPrefix(prefix: string): Shift {
  return (indentation) => (indentation.startsWith(prefix) ? indentation.slice(prefix.length) : undefined);
}

/** Two styles of one depth (two blanks against a tab): the units are the shortest indentations that belong together. */
function convertUnits(pairs: readonly (readonly [string, string])[]): Shift | undefined {
  const indented = pairs.filter(([model, file]) => model !== '' && file !== '');
  const [from, to] = indented.reduce(
    (best, pair) => (pair[0].length < best[0].length ? pair : best),
    indented[0] ?? ['', ''],
  );
  if (from === '' || to === '') return undefined;
  const depth = /^\t+$/.test(to) ? to.length : /^\t+$/.test(from) ? from.length : 1;
  const unitFrom = from.slice(0, from.length / depth);
  const unitTo = to.slice(0, to.length / depth);
  return (indentation) => {
    const times = indentation.length / unitFrom.length;
    return Number.isInteger(times) && indentation === unitFrom.repeat(times) ? unitTo.repeat(times) : undefined;
  };
}

/** Undefined when one line's indentation has no counterpart. Empty lines stay empty. */
function shiftLines(text: string, shift: Shift): string | undefined {
  const shifted: string[] = [];
  for (const line of text.split('\n')) {
    const indentation = indentationOf(line);
    const body = line.slice(indentation.length);
    const moved = body.trim() === '' ? '' : shift(indentation);
    if (moved === undefined) return undefined;
    shifted.push(moved + body);
  }
  return shifted.join('\n');
}
