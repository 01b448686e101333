import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasOption } from './flags.ts';
import type { Part } from './part.ts';
import { isInside, resolveReal } from './paths.ts';
import { programName } from './words.ts';

const mostEntries = 3000;

/** Whether a command that reads whole folders follows the links in them (`grep -R`, `rg -L`, `find -L`). */
export function followsLinks(part: Part): boolean {
  const args = part.words.slice(1);
  switch (programName(part.words[0]?.value ?? '')) {
    case 'grep':
    case 'egrep':
    case 'fgrep':
      return hasOption(args, 'R', ['dereference-recursive']);
    case 'rg':
    case 'fd':
    case 'fdfind':
      return hasOption(args, 'L', ['follow']);
    case 'find':
      return args.some(({ value }) => value === '-L' || value === '-follow');
    case 'ls':
      return hasOption(args, 'R', ['recursive']) && hasOption(args, 'LH', ['dereference']);
    case 'tree':
      return hasOption(args, 'l');
    default:
      return false;
  }
}

/** A link somewhere below a folder that leads out of all roots, or `too-many` when there is more than can be looked at in a few milliseconds. */
export function findLinkOut(folder: string, roots: readonly string[]): string | undefined | 'too-many' {
  const waiting = [folder];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of entriesOf(next)) {
      if (++seen > mostEntries) return 'too-many';
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      if (!entry.isSymbolicLink()) continue;
      const real = resolveReal(path);
      if (real === undefined || !roots.some((root) => isInside(root, real))) return path;
    }
  }
  return undefined;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
