import { looseLine } from './canonical.ts';
import { lineEnding, type TextChange } from './change.ts';

/** A line of a text with its place; `end` comes before its line break. */
type Line = { readonly text: string; readonly start: number; readonly end: number };

/**
 * Places where whole lines equal those of `oldText` but for their indentation, if all are shifted alike. The new text is shifted the
 * same way; places whose shift can't be told are left out.
 */
export function findIndented(text: string, oldText: string, newText: string): TextChange[] {
  const endsWithBreak = oldText.endsWith('\n');
  const wanted = linesOf(endsWithBreak ? oldText.replace(/\r?\n$/, '') : oldText);
  const looseWanted = wanted.map((line) => looseLine(line.text));
  if (looseWanted.every((line) => line === '')) return [];
  const lines = linesOf(text);
  const loose = lines.map((line) => looseLine(line.text));
  const changes: TextChange[] = [];
  for (let at = 0; at + wanted.length <= lines.length; at += 1) {
    if (!looseWanted.every((line, index) => line === loose[at + index])) continue;
    const shift = findShift(wanted, lines.slice(at, at + wanted.length));
    const shifted = shift && shiftLines(newText, shift);
    if (shifted === undefined) continue;
    const last = lines[at + wanted.length - 1];
    const start = lines[at]?.start ?? 0;
    const end = last?.end ?? start;
    const hasBreak = endsWithBreak && end < text.length;
    const breakLength = hasBreak ? (text.startsWith('\r\n', end) ? 2 : 1) : 0;
    const written = endsWithBreak && !hasBreak ? shifted.replace(/\r?\n$/, '') : shifted;
    changes.push({
      start,
      end: end + breakLength,
      newText: written.replace(/\r?\n/g, lineEnding(text.slice(start, end), text)),
    });
  }
  return changes;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split('\n')) {
    const body = part.endsWith('\r') ? part.slice(0, -1) : part;
    lines.push({ text: body, start, end: start + body.length });
    start += part.length + 1;
  }
  return lines;
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
