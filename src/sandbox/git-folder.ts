import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { statIfThere } from '../core/disk/stat-if-there.ts';

/** Where a folder of the workspace keeps its git data: the `.git` folder, and for a linked worktree the repository it belongs to. */
export type GitFolder = { readonly own: string; readonly common: string };

/**
 * The git data of a folder, or undefined when it has none. A `.git` file says anything (`gitdir: /`), so what it names is believed only
 * when it is git data that names this folder in return.
 */
export function findGitFolder(root: string): GitFolder | undefined {
  const path = join(root, '.git');
  // A link leads to the repository of another folder, which commands here have no business in.
  const state = statIfThere(path);
  if (state?.isDirectory()) return { own: realpathSync(path), common: realpathSync(path) };
  if (!state?.isFile() || state.size > 4096) return undefined;
  const aim = /^gitdir: (.+)$/m.exec(readRegular(path).toString('utf8'))?.[1];
  const own = aim === undefined ? undefined : realFolder(resolve(root, aim.trim()));
  if (!own) return undefined;
  const common = /\/worktrees\/[^/]+$/.test(own) ? dirname(dirname(own)) : own;
  return isGitData(common) && namesBack(own, common, root) ? { own, common } : undefined;
}

function realFolder(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? realpathSync(path) : undefined;
}

function isGitData(folder: string): boolean {
  return (
    /\.git(\/|$)/.test(folder) && ['HEAD', 'objects', 'refs', 'config'].every((name) => existsSync(join(folder, name)))
  );
}

/** A worktree is listed with the path of its `.git` file; a submodule's settings name its folder. */
function namesBack(own: string, common: string, root: string): boolean {
  try {
    if (own !== common)
      return (
        realpathSync(readRegular(join(own, 'gitdir')).toString('utf8').trim()) === realpathSync(join(root, '.git'))
      );
    const tree = /^\s*worktree = (.+)$/m.exec(readRegular(join(own, 'config')).toString('utf8'))?.[1];
    return tree !== undefined && realpathSync(resolve(own, tree.trim())) === realpathSync(root);
  } catch {
    return false;
  }
}

/** What of the git data decides which programs git runs, or where it looks: never written by a command. */
export const gitSettings: readonly string[] = [
  'config',
  'config.worktree',
  'hooks',
  'commondir',
  'info/attributes',
  'gitdir',
  'modules',
  'worktrees',
];
