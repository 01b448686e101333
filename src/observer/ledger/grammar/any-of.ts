/**
 * One pattern that matches where any of several does: a quick look before they are tried one after the other, since most match nothing. They must
 * have the same flags, without `g`, and no references to their groups.
 */
export function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), patterns[0]?.flags);
}
