import { dirname, join } from 'node:path';
import { readGitlinks } from '../../core/disk/git-index-links.ts';
import { listNames } from '../../core/disk/list-names.ts';
import { readRegular } from '../../core/disk/read-text.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { findGitFolder } from '../git-folder.ts';

/** What an index file held when it was last read, by path. */
type Known = Map<string, { readonly stamp: string; readonly links: readonly string[] }>;

/**
 * Makes a function that finds the repositories in installed packages that git enters by itself, since the index of a repository above has
 * them as gitlinks (`git status` reads the settings of each). Given the roots and the repositories known in them, it gives the paths of
 * their `.git`. An index is read again when it has changed.
 */
export function createLinkedFinder(roots: readonly string[]): (repositories: readonly string[]) => string[] {
  const known: Known = new Map();
  const above = roots.map(repositoryAround).filter((folder) => folder !== undefined);
  const isWithin = (path: string) => roots.some((root) => path.startsWith(`${root}/`));
  return (repositories) => {
    const found = new Set<string>();
    const open = [...new Set([...above, ...repositories])];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const link of linksOf(folder, known)) {
        const path = join(folder, link);
        const git = join(path, '.git');
        if (!isWithin(path) || found.has(git) || statIfThere(git) === undefined) continue;
        found.add(git);
        open.push(path);
      }
    }
    return [...found];
  };
}

function repositoryAround(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (statIfThere(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The gitlinks of a repository that lie among installed packages, where nobody looks for repositories otherwise. */
function linksOf(folder: string, known: Known): string[] {
  const git = findGitFolder(folder)?.own;
  if (git === undefined) return [];
  // Git can split its index; then the larger part is in a file beside it.
  const files = listNames(git).filter((name) => name === 'index' || name.startsWith('sharedindex.'));
  return files.flatMap((name) => readLinks(join(git, name), known));
}

function readLinks(path: string, known: Known): readonly string[] {
  const state = statIfThere(path);
  if (state === undefined) return [];
  const stamp = `${state.ino} ${state.size} ${state.mtimeMs} ${state.ctimeMs}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.links;
  const links = linksIn(path).filter((link) => /(^|\/)node_modules(\/|$)/.test(link));
  known.set(path, { stamp, links });
  return links;
}

const maxIndexBytes = 200_000_000;

function linksIn(path: string): string[] {
  try {
    return readGitlinks(readRegular(path, maxIndexBytes)) ?? [];
  } catch {
    // It is replaced at this moment, or can't be opened: git can't read it either.
    return [];
  }
}
