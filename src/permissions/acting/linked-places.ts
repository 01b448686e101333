import { type BigIntStats, type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isProtectedLink, protectedByLink } from '../../core/disk/protected-links.ts';
import { isInside, resolveReal } from '../path-kinds.ts';

/** How deep links are looked for in a protected folder: the links of a worktree that an agent keeps in its own folder are of another kind. */
const deepest = 2;
/** A folder changed this shortly before it was read may change again within the same tick of the clock; it is read anew. */
const raceMs = 50n;

type Listing = { readonly stamp: string; readonly links: readonly string[]; readonly folders: readonly string[] };

/**
 * Makes a function that finds what acts by itself because a link at the top of a workspace, or in a protected folder there (of git's, its hooks), leads to it
 * (`.vscode` to `config/editor`); real paths in the workspace. It reads a folder again when that has changed. Never throws.
 */
export function createLinkFinder(roots: readonly string[]): () => readonly string[] {
  const known = new Map<string, Listing>();
  const list = (folder: string, root: string): Listing => {
    const stamp = stampOf(folder);
    const before = known.get(folder);
    if (before && before.stamp === stamp && stamp !== '') return before;
    const entries = entriesOf(folder)
      .map((entry) => ({ entry, path: join(folder, entry.name) }))
      .filter(({ entry, path }) => entry.name !== '.git' && isProtectedLink(path.slice(root.length)));
    const listing = {
      stamp,
      links: entries.filter(({ entry }) => entry.isSymbolicLink()).map(({ path }) => path),
      folders: entries.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path),
    };
    known.set(folder, listing);
    return listing;
  };
  const findIn = (root: string): string[] => {
    const links: string[] = [];
    let folders: readonly string[] = [root, join(root, '.git/hooks')];
    for (let depth = 0; depth <= deepest; depth += 1) {
      const listings = folders.map((folder) => list(folder, root));
      links.push(...listings.flatMap((each) => each.links));
      folders = listings.flatMap((each) => each.folders);
    }
    return links.flatMap((link) => protectedByLink(link, root));
  };
  return () => {
    const real = roots.map((root) => resolveReal(root) ?? root);
    const found = real.flatMap(findIn).filter((path) => real.some((root) => isInside(root, path)));
    return [...new Set(found)];
  };
}

function stampOf(folder: string): string {
  let state: BigIntStats | undefined;
  try {
    state = statSync(folder, { bigint: true });
  } catch {
    return '';
  }
  const isFresh = BigInt(Date.now()) - state.ctimeMs < raceMs;
  return isFresh ? '' : `${state.ino} ${state.mtimeNs} ${state.ctimeNs}`;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
