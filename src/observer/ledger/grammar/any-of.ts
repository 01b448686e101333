/**
 * A quick look whether any of several patterns matches, since most match nothing: all of them as one, which is made when it is first asked. They must
 * have the same flags, without `g`, and no references to their groups.
 */
export function anyOf(patterns: readonly RegExp[]): { readonly test: (text: string) => boolean } {
  let joined: RegExp | undefined;
  return {
    test: (text) => {
      joined ??= new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), patterns[0]?.flags);
      return joined.test(text);
    },
  };
}
