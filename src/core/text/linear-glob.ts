/** A segment with more wildcards than this makes a regular expression try all ways of sharing a name out among them. */
const fewWildcards = 3;

/** Whether a pattern could keep a regular expression busy for ever (`*a*a*a*b` against a long name). */
export function isCostly(pattern: string): boolean {
  return pattern.split('/').some((segment) => segment !== '**' && (segment.match(/\*+/g)?.length ?? 0) > fewWildcards);
}

/**
 * Matches a path against a pattern of names, `*`, `?`, `[…]` and `**` in a time that grows with the product of their lengths: the last
 * `*` takes one character more when what follows does not fit. Braces and the like stand for themselves.
 */
export function matchLinearly(pattern: string, path: string, isCaseless: boolean): boolean {
  const plain = (text: string) => (isCaseless ? text.toLowerCase() : text);
  const segments = plain(pattern)
    .split('/')
    .map((segment) => (segment === '**' ? segment : readSegment(segment)));
  const names = plain(path)
    .split('/')
    .map((name) => [...name]);
  return matchSequence(
    segments,
    names,
    (segment) => segment === '**',
    (segment, name) =>
      segment !== '**' &&
      matchSequence(
        segment,
        name,
        (token) => token === '*',
        (token, letter) => token !== '*' && token(letter),
      ),
  );
}

type Token = '*' | ((letter: string) => boolean);

function readSegment(segment: string): Token[] {
  const tokens: Token[] = [];
  for (const [piece] of segment.matchAll(/\*+|\?|\[[!^]?[^\]]+\]|\\.|./gsu)) {
    if (piece.startsWith('*')) tokens.push('*');
    else if (piece === '?') tokens.push(() => true);
    else if (/^\[.+\]$/s.test(piece)) tokens.push(readClass(piece));
    else {
      const letter = piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
      tokens.push((given) => given === letter);
    }
  }
  return tokens;
}

function readClass(piece: string): (letter: string) => boolean {
  const isNegated = /^\[[!^]/.test(piece);
  const inner = [...piece.slice(isNegated ? 2 : 1, -1).matchAll(/(.)-(.)|(.)/gsu)];
  const holds = (letter: string) =>
    inner.some(([, from, to, one]) => (one === undefined ? letter >= from! && letter <= to! : letter === one));
  return (letter) => holds(letter) !== isNegated;
}

/** Wildcard matching over any sequence: `isStar` items take none or more, all others one each. */
function matchSequence<Item, Part>(
  items: readonly Item[],
  parts: readonly Part[],
  isStar: (item: Item) => boolean,
  fits: (item: Item, part: Part) => boolean,
): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let part = 0; part < parts.length; ) {
    const item = items[at];
    if (item !== undefined && isStar(item)) {
      star = at;
      at += 1;
      resume = part;
    } else if (item !== undefined && fits(item, parts[part]!)) {
      at += 1;
      part += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      part = resume;
    } else return false;
  }
  return items.slice(at).every(isStar);
}
