import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';

export type GitState = {
  /** The working tree's root. */
  readonly root: string;
  /** Its .git folder; for a linked worktree its own part of it. */
  readonly folder: string;
  /** Branch name, or undefined when HEAD is detached. */
  readonly branch?: string;
  /** The first 10 digits of the commit that HEAD is at; undefined in a repository without commits. */
  readonly commit?: string;
  /** A merge, rebase, cherry-pick, revert or bisect that is not finished. */
  readonly unfinished?: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect';
};

/**
 * Branch, commit and unfinished operations, read from the files of .git: starting git would take longer than everything else before
 * the first request. undefined outside a repository or when its files can't be read.
 */
export function readGitState(cwd: string): GitState | undefined {
  const root = findRoot(cwd);
  const folder = root === undefined ? undefined : gitFolderOf(root);
  const head = folder === undefined ? undefined : readLine(join(folder, 'HEAD'));
  if (root === undefined || folder === undefined || head === undefined) return undefined;
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  const commit = reference === undefined ? head : readReference(folder, reference);
  const unfinished = findUnfinished(folder);
  return {
    root,
    folder,
    ...(reference === undefined ? {} : { branch: reference.replace(/^refs\/heads\//, '') }),
    ...(commit === undefined ? {} : { commit: commit.slice(0, 10) }),
    ...(unfinished === undefined ? {} : { unfinished }),
  };
}

function findRoot(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** In a linked worktree and in a submodule .git is a file that names the folder. */
export function gitFolderOf(root: string): string | undefined {
  const path = join(root, '.git');
  try {
    if (statSync(path).isDirectory()) return path;
  } catch {
    return undefined;
  }
  const named = /^gitdir: (.+)$/.exec(readLine(path) ?? '')?.[1];
  return named === undefined ? undefined : resolve(root, named);
}

function readReference(folder: string, reference: string): string | undefined {
  const common = readLine(join(folder, 'commondir'));
  const shared = common === undefined ? folder : resolve(folder, common);
  return readLine(join(folder, reference)) ?? readLine(join(shared, reference)) ?? readPacked(shared, reference);
}

function readPacked(folder: string, reference: string): string | undefined {
  const text = readText(join(folder, 'packed-refs'));
  return text
    ?.split('\n')
    .find((line) => line.endsWith(` ${reference}`))
    ?.split(' ')[0];
}

function findUnfinished(folder: string): GitState['unfinished'] {
  if (existsSync(join(folder, 'MERGE_HEAD'))) return 'merge';
  if (existsSync(join(folder, 'rebase-merge')) || existsSync(join(folder, 'rebase-apply'))) return 'rebase';
  if (existsSync(join(folder, 'CHERRY_PICK_HEAD'))) return 'cherry-pick';
  if (existsSync(join(folder, 'REVERT_HEAD'))) return 'revert';
  if (existsSync(join(folder, 'BISECT_LOG'))) return 'bisect';
  return undefined;
}

function readLine(path: string): string | undefined {
  return readText(path)?.split('\n')[0]?.trim();
}

function readText(path: string): string | undefined {
  try {
    return readRegular(path).toString('utf8');
  } catch {
    return undefined;
  }
}
