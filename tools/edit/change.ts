/** A change of the original text: `start` to `end` becomes `newText`. */
export type TextChange = { readonly start: number; readonly end: number; readonly newText: string };

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

/** The line ending of a place, or of the whole file where the place has none: the one that is used more. */
export function lineEnding(place: string, text: string): '\n' | '\r\n' {
  const sample = place.includes('\n') ? place : text;
  const all = sample.split('\n').length - 1;
  const withReturn = sample.split('\r\n').length - 1;
  return withReturn * 2 > all ? '\r\n' : '\n';
}
