import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a confined command must not see, and what it must not change; real paths, outermost first. */
export type Marks = {
  readonly hidden: readonly string[];
  readonly fixed: readonly string[];
  /** Links with names that run code: nothing can be mounted over them, so new ones are looked for after a command. */
  readonly links?: readonly string[];
};

export type MarkTests = {
  readonly isHidden: (path: string) => boolean;
  readonly isProtected: (path: string) => boolean;
};

type Folder = {
  readonly stamp: string;
  readonly hidden: string[];
  readonly fixed: string[];
  readonly links: string[];
  readonly folders: string[];
};

const maxFolders = 40_000;
/** A folder changed this shortly before it was looked at may change again within the same tick of the clock; it is looked at anew. */
const raceMs = 50;

/**
 * Makes a function that finds the marks of some folders: secrets, settings that run code, and sockets and pipes, which lead to other
 * programs. The first call looks through everything but installed packages; later ones only through folders that changed. Undefined
 * when there are too many folders to look through.
 */
export function createMarkFinder(
  roots: readonly string[],
  tests: MarkTests,
  most: number = maxFolders,
): () => Marks | undefined {
  const known = new Map<string, Folder>();
  return () => {
    const marks = { hidden: new Set<string>(), fixed: new Set<string>(), links: new Set<string>() };
    const open = [...roots];
    for (let count = 0; open.length > 0; count += 1) {
      if (count > most) return undefined;
      const path = open.pop()!;
      const folder = lookAt(path, known.get(path), tests);
      if (!folder) continue;
      known.set(path, folder);
      for (const each of folder.hidden) marks.hidden.add(each);
      for (const each of folder.fixed) marks.fixed.add(each);
      for (const each of folder.links) marks.links.add(each);
      open.push(...folder.folders);
    }
    return { hidden: outermost([...marks.hidden]), fixed: [...marks.fixed].sort(), links: [...marks.links] };
  };
}

function lookAt(path: string, before: Folder | undefined, tests: MarkTests): Folder | undefined {
  const state = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!state?.isDirectory()) return undefined;
  const isFresh = Date.now() - Number(state.ctimeMs) < raceMs;
  const stamp = isFresh ? '' : `${state.ino} ${state.mtimeNs} ${state.ctimeNs}`;
  if (before && before.stamp === stamp && stamp !== '') return before;
  const folder: Folder = { stamp, hidden: [], fixed: [], links: [], folders: [] };
  const isInside = tests.isProtected(path);
  const entries = entriesOf(path);
  for (const entry of entries) sort(join(path, entry.name), entry, folder, isInside, tests);
  if (isBareRepository(entries)) folder.fixed.push(join(path, 'config'));
  return folder;
}

/** Git takes any such folder for a repository, and its `config` names programs. */
function isBareRepository(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return ['HEAD', 'objects', 'refs', 'config'].every((name) => names.has(name));
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    // A folder that we can't read is one that the command, with the same rights, can't read either.
    return [];
  }
}

function sort(
  path: string,
  entry: Dirent,
  folder: Folder,
  isInside: boolean,
  { isHidden, isProtected }: MarkTests,
): void {
  if (!isInside && isProtected(path)) (entry.isSymbolicLink() ? folder.links : folder.fixed).push(path);
  if (isHidden(path) || entry.isSocket() || entry.isFIFO()) {
    const real = realOf(path);
    if (real !== undefined) folder.hidden.push(real);
    return;
  }
  if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') folder.folders.push(path);
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function outermost(paths: readonly string[]): string[] {
  const sorted = [...paths].sort();
  const kept: string[] = [];
  for (const path of sorted) if (!kept.some((outer) => path.startsWith(`${outer}/`))) kept.push(path);
  return kept;
}
