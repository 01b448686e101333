/** More places than this are not counted: no model means them all. */
export const mostPlaces = 100_000;
/** Up to this length the system's own search is the quickest, and never takes long. */
const shortLength = 100;

/**
 * Where a part is in a text, overlapping places included, so that `aa` in `aaa` counts as two; at most `mostPlaces` and one more. The time is in
 * proportion to the lengths, whatever repeats in them.
 */
export function findPlaces(text: string, part: string): number[] {
  if (part === '') return [];
  if (part.length > shortLength)
    return findRuns(
      text.length,
      part.length,
      (at, index) => text.charCodeAt(at) === part.charCodeAt(index),
      (left, right) => part.charCodeAt(left) === part.charCodeAt(right),
    );
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1 && places.length <= mostPlaces; at = text.indexOf(part, at + 1))
    places.push(at);
  return places;
}

/** The same for lists. */
export function findRunsOf(all: readonly string[], part: readonly string[]): number[] {
  return findRuns(
    all.length,
    part.length,
    (at, index) => all[at] === part[index],
    (left, right) => part[left] === part[right],
  );
}

/**
 * Knuth, Morris and Pratt's search (SIAM J. Comput. 6, 1977): nothing is compared again that has matched. `isSame`: whether an item of the whole
 * equals one of the part; `isAlike`: whether two of the part are equal.
 */
function findRuns(
  length: number,
  partLength: number,
  isSame: (at: number, index: number) => boolean,
  isAlike: (left: number, right: number) => boolean,
): number[] {
  /** How much of the part's beginning also ends its first so many items. */
  const borders = new Int32Array(partLength + 1);
  for (let index = 1, border = 0; index < partLength; index += 1) {
    while (border > 0 && !isAlike(index, border)) border = borders[border] ?? 0;
    if (isAlike(index, border)) border += 1;
    borders[index + 1] = border;
  }
  const places: number[] = [];
  for (let at = 0, matched = 0; at < length && places.length <= mostPlaces; at += 1) {
    while (matched > 0 && (matched === partLength || !isSame(at, matched))) matched = borders[matched] ?? 0;
    if (isSame(at, matched)) matched += 1;
    if (matched === partLength) places.push(at - partLength + 1);
  }
  return places;
}
