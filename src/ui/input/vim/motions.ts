import { lineEnd, lineStart } from '../buffer.ts';

/** Where a motion leads. `isInclusive`: an operator takes the character there too. `isLinewise`: it takes whole lines. */
export type Motion = { readonly to: number; readonly isInclusive?: true; readonly isLinewise?: true };

export type Find = { readonly kind: 'f' | 'F' | 't' | 'T'; readonly character: string };

/** Word characters, blanks and signs are three kinds; for W, B and E only blanks separate. */
function kindOf(character: string | undefined, isBig: boolean): 'word' | 'blank' | 'sign' {
  if (character === undefined || /\s/.test(character)) return 'blank';
  return isBig || /[\p{L}\p{N}\p{M}_]/u.test(character) ? 'word' : 'sign';
}

function firstInk(text: string, at: number): number {
  const start = lineStart(text, at);
  return start + (/^[^\S\n]*/.exec(text.slice(start))?.[0].length ?? 0);
}

function wordForward(text: string, from: number, isBig: boolean): number {
  let at = from;
  const kind = kindOf(text[at], isBig);
  while (at < text.length && kind !== 'blank' && kindOf(text[at], isBig) === kind) at += 1;
  while (at < text.length && kindOf(text[at], isBig) === 'blank') at += 1;
  return at;
}

function wordBack(text: string, from: number, isBig: boolean): number {
  let at = from;
  while (at > 0 && kindOf(text[at - 1], isBig) === 'blank') at -= 1;
  const kind = kindOf(text[at - 1], isBig);
  while (at > 0 && kindOf(text[at - 1], isBig) === kind) at -= 1;
  return at;
}

function wordEnd(text: string, from: number, isBig: boolean): number {
  let at = Math.min(from + 1, text.length);
  while (at < text.length && kindOf(text[at], isBig) === 'blank') at += 1;
  const kind = kindOf(text[at], isBig);
  while (at + 1 < text.length && kindOf(text[at + 1], isBig) === kind) at += 1;
  return Math.min(at, Math.max(0, text.length - 1));
}

/** The offset that f, F, t and T lead to within the line; undefined where the character isn't there. */
function find(text: string, at: number, { kind, character }: Find): Motion | undefined {
  if (kind === 'f' || kind === 't') {
    const to = text.indexOf(character, at + 1);
    if (to === -1 || to >= lineEnd(text, at)) return undefined;
    return { to: kind === 'f' ? to : to - 1, isInclusive: true };
  }
  const to = at === 0 ? -1 : text.lastIndexOf(character, at - 1);
  if (to === -1 || to < lineStart(text, at)) return undefined;
  return { to: kind === 'F' ? to : to + 1 };
}

/** The range of `iw` and `aw` at an offset. */
export function wordObject(text: string, at: number, isAround: boolean): readonly [number, number] {
  const kind = kindOf(text[at], false);
  let from = at;
  let to = at;
  const isSame = (place: number) => text[place] !== '\n' && kindOf(text[place], false) === kind;
  while (from > lineStart(text, at) && isSame(from - 1)) from -= 1;
  while (to < lineEnd(text, at) && isSame(to)) to += 1;
  if (isAround) while (to < lineEnd(text, at) && text[to] === ' ') to += 1;
  return [from, to];
}

/** Where a motion of one or two keys leads, so many times; undefined for what is not a motion or leads nowhere. */
export function moveBy(
  text: string,
  from: number,
  keys: string,
  count: number,
  last: Find | undefined,
): Motion | undefined {
  if (keys === 'gg') return { to: 0, isLinewise: true };
  if (keys === 'G') return { to: text.length, isLinewise: true };
  if (keys === '0') return { to: lineStart(text, from) };
  if (keys === '^') return { to: firstInk(text, from) };
  if (keys === '$') return { to: lineEnd(text, from) };
  let motion: Motion | undefined;
  let at = from;
  for (let round = 0; round < Math.min(count, 1000); round += 1) {
    motion = step(text, at, keys, last);
    if (motion === undefined) return undefined;
    at = motion.to;
  }
  return motion;
}

function step(text: string, at: number, keys: string, last: Find | undefined): Motion | undefined {
  const [first, character] = [keys[0] ?? '', keys.slice(1)];
  switch (first) {
    case 'h':
      return { to: Math.max(lineStart(text, at), at - 1) };
    case 'l':
    case ' ':
      return { to: Math.min(lineEnd(text, at), at + 1) };
    case 'w':
    case 'W':
      return { to: wordForward(text, at, first === 'W') };
    case 'b':
    case 'B':
      return { to: wordBack(text, at, first === 'B') };
    case 'e':
    case 'E':
      return { to: wordEnd(text, at, first === 'E'), isInclusive: true };
    case 'f':
    case 'F':
    case 't':
    case 'T':
      return find(text, at, { kind: first, character });
    case ';':
      return last === undefined ? undefined : find(text, at, last);
    default:
      return undefined;
  }
}
