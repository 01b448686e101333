import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { findGitFolder } from './git-folder.ts';

/**
 * Whether a repository is as `git init`, `git clone` and `git worktree add` make one: git starts no program because of it. `path` is its
 * `.git`, or one of the settings of one without a working tree. `isKnown` says of a folder that no command can have changed it.
 */
export function isPlainRepository(path: string, isKnown: (folder: string) => boolean): boolean {
  try {
    if (basename(path) === 'commondir') return isPlainData(dirname(path), isKnown);
    if (basename(path) !== '.git') return isPlainFolder(dirname(path));
    return statIfThere(path)?.isDirectory() ? isPlainFolder(path) : isPlainLink(path, isKnown);
  } catch {
    // What can't be read is not known to be plain.
    return false;
  }
}

/** The data of a worktree of a repository without one. */
function isPlainData(own: string, isKnown: (folder: string) => boolean): boolean {
  const common = dirname(dirname(own));
  const isWhole = isKnown(common) || isPlainFolder(common);
  return isWhole && basename(dirname(own)) === 'worktrees' && isPlainWorktree(own, common);
}

/** A `.git` file, as linked worktrees and submodules have it. */
function isPlainLink(path: string, isKnown: (folder: string) => boolean): boolean {
  if (!statIfThere(path)?.isFile()) return false;
  const git = findGitFolder(dirname(path));
  if (!git) return false;
  const { own, common } = git;
  const isWhole = isKnown(common) || isPlainFolder(common);
  return isWhole && (own === common || isPlainWorktree(own, common));
}

function isPlainWorktree(own: string, common: string): boolean {
  const shared = readRegular(join(own, 'commondir'), maxBytes).toString('utf8').trim();
  return realpathSync(resolve(own, shared)) === common && !has(own, 'config.worktree') && hasNoHooks(own);
}

function isPlainFolder(folder: string): boolean {
  if (['commondir', 'config.worktree'].some((name) => has(folder, name)) || !hasNoHooks(folder)) return false;
  const config = join(folder, 'config');
  const modules = join(folder, 'modules');
  const isPlain = !statIfThere(config) || (statIfThere(config)!.isFile() && startsNothing(read(config), folder));
  return isPlain && (!statIfThere(modules) || areModulesPlain(modules));
}

/** The repositories of submodules, whose names may have slashes. */
function areModulesPlain(folder: string): boolean {
  if (!statIfThere(folder)?.isDirectory()) return false;
  return readdirSync(folder).every((name) => {
    const path = join(folder, name);
    return has(path, 'HEAD') ? isPlainFolder(path) : areModulesPlain(path);
  });
}

function hasNoHooks(folder: string): boolean {
  const hooks = join(folder, 'hooks');
  const state = statIfThere(hooks);
  return !state || (state.isDirectory() && readdirSync(hooks).every((name) => name.endsWith('.sample')));
}

function has(folder: string, name: string): boolean {
  return statIfThere(join(folder, name)) !== undefined;
}

const maxBytes = 100_000;

function read(path: string): string {
  return readRegular(path, maxBytes).toString('utf8');
}

/** Settings that name no program and no other file of settings; any that is not listed may. */
const harmless: Readonly<Record<string, RegExp>> = {
  core: /^(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|worktree)$/,
  remote: /^(url|pushurl|fetch|push|tagopt|prune)$/,
  branch: /^(remote|merge|rebase)$/,
  submodule: /^(active|url)$/,
  user: /^(name|email)$/,
  extensions: /^(objectformat|refstorage)$/,
};

/** Whether the files that git would write and remove for these data are those of the folder that has them as its own, as a submodule has. */
function isWorkingTree(folder: string, value: string): boolean {
  if (/["\\#;]/.test(value)) return false;
  const tree = realpathSync(resolve(folder, value.trim()));
  return tree === dirname(realpathSync(folder)) || findGitFolder(tree)?.own === realpathSync(folder);
}

/** Whether the text of git's `config` holds nothing but harmless settings. */
function startsNothing(text: string, folder: string): boolean {
  let section = '';
  return text.split(/\r?\n/).every((line) => {
    if (/^\s*(?:[#;].*)?$/.test(line)) return true;
    const header = /^\[(\w+)(?: "[^"\\]*")?\]$/.exec(line)?.[1];
    if (header !== undefined) section = header.toLowerCase();
    if (header !== undefined) return harmless[section] !== undefined;
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (/url$/i.test(name) && (value.includes('::') || /^"?-/.test(value))) return false;
    if (section === 'core' && name.toLowerCase() === 'worktree' && !isWorkingTree(folder, value)) return false;
    return harmless[section]?.test(name.toLowerCase()) === true && !value.endsWith('\\');
  });
}
