import { resolve } from 'node:path';

/**
 * How sure it is where a command runs: in the folder in which the script starts, in that folder or one below it (a plain `cd` into it may
 * have failed), or anywhere.
 */
export type Place = 'start' | 'below' | 'unknown';

/** A word, and whether that is what bash will see. */
type Known = { readonly value: string; readonly isKnown: boolean };

/** Where a script is after some of its commands. `folder` is the likely one; `place` says how sure that is. */
export type Whereabouts = { readonly folder: string; readonly place: Place };

/** Commands of the shell itself that may change its folder, or that run text or a function which may. Programs never can. */
const movers = new Set(
  'cd chdir pushd popd eval source . trap alias shopt enable mapfile readarray complete compgen fc jobs hash bind'.split(
    ' ',
  ),
);

/** Words that may stand before such a command. */
const prefixes = new Set(['command', 'builtin', '-p', '--']);

/** Where the script is after a command of these words. `start` is where it began. */
export function followFolder(
  at: Whereabouts,
  words: readonly Known[],
  { start, home }: { readonly start: string; readonly home: string },
): Whereabouts {
  const lost: Whereabouts = { folder: at.folder, place: 'unknown' };
  const own = words.slice(words.findIndex(({ value }) => !prefixes.has(value)));
  const [first, ...args] = own;
  if (!first) return at;
  if (!first.isKnown) return lost;
  if (!movers.has(first.value)) return at;
  const operands = args[0]?.value === '--' ? args.slice(1) : args;
  const [aim] = operands;
  if (!/^(cd|chdir)$/.test(first.value) || operands.length > 1) return lost;
  if (!aim) return { folder: home, place: 'unknown' };
  if (!aim.isKnown || aim.value.startsWith('-')) return lost;
  const folder = resolve(at.folder, aim.value);
  if (at.place === 'start' && folder === start) return at;
  const isBelow = at.place !== 'unknown' && folder.startsWith(start === '/' ? '/' : `${start}/`);
  return { folder, place: isBelow && !aim.value.split('/').includes('..') ? 'below' : 'unknown' };
}
