import { existsSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { isCostly, matchLinearly } from './linear-glob.ts';

const special = /[\\()[\]{}!+@*?]/g;
const wildcard = /[()[\]{}!*?]|[+@]\(/;

/** A name as a pattern that matches it alone: routes are called `[id]`, `(auth)` or `[...slug]`. */
export function escapePattern(name: string): string {
  return name.replace(special, '\\$&');
}

/**
 * Parts a pattern into its literal beginning and the rest. Literal is what has no wildcard, and whatever exists on disk as it is written:
 * where there is a folder `[id]`, `app/[id]/*` means that folder and not `app/i`.
 */
export function splitPattern(folder: string, pattern: string): { literal: string; rest: string } {
  const segments = pattern.split('/');
  let at = 0;
  let literal = pattern.startsWith('/') ? '/' : '';
  for (; at < segments.length; at += 1) {
    const segment = segments[at] ?? '';
    if (segment === '') continue;
    const next = literal === '' || literal === '/' ? literal + segment : `${literal}/${segment}`;
    if (wildcard.test(segment) && !existsSync(next.startsWith('/') ? next : join(folder, next))) break;
    literal = next;
  }
  return { literal, rest: segments.slice(at).join('/') };
}

/** The patterns that a written one may mean: as it stands, and with its brackets and parentheses taken as parts of names. */
export function readingsOf(pattern: string): string[] {
  const plain = pattern.replace(/(?<!\\)(?:[()[\]{}]|[!@+](?=\())/g, '\\$&');
  return plain === pattern ? [pattern] : [pattern, plain];
}

/** Tests paths against patterns; accents may be composed or not in either. */
export function matchPaths(
  patterns: readonly string[],
  options: { readonly dot?: boolean; readonly nocase?: boolean } = {},
): (path: string) => boolean {
  const all = patterns.map((pattern) => pattern.normalize('NFC'));
  const costly = all.filter(isCostly);
  const rest = all.filter((pattern) => !isCostly(pattern));
  const isMatch = rest.length > 0 ? picomatch(rest, options) : () => false;
  return (path) => {
    const plain = path.normalize('NFC');
    return isMatch(plain) || costly.some((pattern) => matchLinearly(pattern, plain, options.nocase ?? false));
  };
}
