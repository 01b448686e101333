import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGitSafely } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import type { RunFacts } from '../step/normalized-step.ts';
import type { DestroyedFiles } from './destructive-commands.ts';

/** A file with uncommitted changes, by its whole path; `isNew`: git does not know it; `isOther`: it belongs to another repository. */
type DirtyPath = { readonly path: string; readonly isNew: boolean; readonly isOther: boolean };

/** What is uncommitted at this moment in the repository that a destruction reaches: the session's, or another one (a worktree, a submodule, a sibling). */
export function createDirtyLook({ cwd, dirtyFiles }: Pick<RunFacts, 'cwd' | 'dirtyFiles'>) {
  const looks = new Map<string, readonly DirtyPath[]>();
  return (destroyed: DestroyedFiles, top: string): readonly DirtyPath[] => {
    const root = rootOf(destroyed, top);
    let known = looks.get(root);
    if (known === undefined) {
      // Outside of any repository only what was known before the session is.
      known =
        (root === top ? dirtyNow(root, false) : dirtyNow(root, true)) ??
        (root === top ? dirtyFiles.map((name) => ({ path: join(cwd, name), isNew: false, isOther: false })) : []);
      looks.set(root, known);
    }
    return known;
  };
}

/** The top of the repository that files lie in. */
export function rootOf({ path }: DestroyedFiles, top: string): string {
  const bare = path.replace(/\/[^/]*[*?].*$/, '');
  const folder = isFolder(bare) ? bare : dirname(bare);
  return isFolder(folder) ? topOf(folder) : top;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What is uncommitted at this moment; undefined outside a repository. */
function dirtyNow(root: string, isOther: boolean): DirtyPath[] | undefined {
  const status = runGitSafely(root, [
    'status',
    '--porcelain=v1',
    '-z',
    '-uall',
    '--no-renames',
    '--ignore-submodules=all',
  ]);
  return status
    ?.split('\0')
    .filter((entry) => entry.length > 3)
    .map((entry) => ({ path: join(root, entry.slice(3)), isNew: entry.startsWith('??'), isOther }));
}
