/** A change of the original text: `start` to `end` becomes `newText`. */
export type TextChange = { readonly start: number; readonly end: number; readonly newText: string };

/** Where a text was found, and what is changed there. */
export type Place = { readonly start: number; readonly end: number; readonly change: () => TextChange };

/** The text with all changes made; they are given in order and do not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const change of changes) {
    parts.push(text.slice(from, change.start), change.newText);
    from = change.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The 1-based line of a place in a text. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The line breaks of a text. */
export type LineBreaks = {
  /** The one that is used more. */
  readonly usual: '\n' | '\r\n';
  readonly has: boolean;
  readonly isMixed: boolean;
  /** The one that ends the line of a place; the usual one where none does. Asked from the front to the back it passes over the text once. */
  readonly after: (position: number) => '\n' | '\r\n';
};

export function findLineBreaks(text: string): LineBreaks {
  const usual = mostUsed(text);
  let [from, to] = [0, -1];
  return {
    usual,
    has: text.includes('\n'),
    isMixed: text.includes('\r\n') && /(^|[^\r])\n/.test(text),
    after: (position) => {
      if (position < from || position > to) {
        const found = text.indexOf('\n', position);
        [from, to] = [position, found === -1 ? text.length : found];
      }
      if (to === text.length) return usual;
      return text[to - 1] === '\r' ? '\r\n' : '\n';
    },
  };
}

/** The line ending of a place, or of the whole file where the place has none: the one that is used more. */
export function lineEnding(place: string, breaks: LineBreaks): '\n' | '\r\n' {
  return place.includes('\n') ? mostUsed(place) : breaks.usual;
}

function mostUsed(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1;
  const withReturn = text.split('\r\n').length - 1;
  return withReturn * 2 > all ? '\r\n' : '\n';
}

/**
 * Gives for each place (where `oldText` begins) the new text with the line breaks of the file that it goes into, whatever breaks it was written
 * with. A file that mixes both keeps what old and new text have in common as it stands; what is new there gets the breaks of its place. Only
 * where a mixed file's text is to differ in nothing but its breaks are they taken as written. A file without any break leaves the new text as it is.
 */
export function fitLineEndings(breaks: LineBreaks, oldText: string, newText: string): (start: number) => string {
  if (!breaks.has) return () => newText;
  if (!breaks.isMixed) {
    const fitted = newText.replace(/\r?\n/g, breaks.usual);
    return () => fitted;
  }
  if (withoutReturns(oldText) === withoutReturns(newText)) return () => newText;
  const [head, tail] = commonEnds(oldText, newText);
  const withBreaks = (ending: string) => {
    const middle = newText.slice(head, newText.length - tail).replace(/\r?\n/g, ending);
    return newText.slice(0, head) + middle + newText.slice(newText.length - tail);
  };
  const forms = { '\n': withBreaks('\n'), '\r\n': withBreaks('\r\n') };
  const ofOld = oldText.includes('\n') ? mostUsed(oldText) : undefined;
  return (start) => forms[ofOld ?? breaks.after(start + oldText.length)];
}

/** Whether two texts differ in nothing but their line breaks. */
export function differOnlyInEndings(left: string, right: string): boolean {
  return left !== right && withoutReturns(left) === withoutReturns(right);
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** How many characters two texts have in common at their beginning and end, without parting a CRLF. */
function commonEnds(left: string, right: string): [number, number] {
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head += 1;
  if (head > 0 && left[head - 1] === '\r') head -= 1;
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  if (tail > 0 && left.at(-tail) === '\n' && left.at(-1 - tail) !== right.at(-1 - tail)) tail -= 1;
  return [head, tail];
}
