import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { startGit } from '../../core/git/start-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import { isInside, resolveReal } from '../path-kinds.ts';

export type GitStarted = {
  /** Looks the settings up, and again when one of their files has changed; otherwise costs a few looks at these. Never throws. */
  readonly refresh: () => Promise<void>;
  /** Files and folders of the workspace that git runs, or takes for settings, because its own settings name them; real and as named. */
  readonly paths: () => readonly string[];
};

/**
 * Follows what git's settings name in the workspace: the folder of `core.hooksPath`, included files, and programs that git starts by itself
 * (file system monitor, filters, diff and merge drivers, ssh, editor, pager). Those of the repository and the user's own both count.
 * `roots`: the workspace first, then each --add-dir; absolute.
 */
export function followGitStarted(roots: readonly string[]): GitStarted {
  let known: { readonly paths: readonly string[]; readonly sources: readonly string[]; readonly stamp: string } = {
    ...{ paths: [], sources: [], stamp: 'none' },
  };
  let looking: Promise<void> | undefined;
  const look = async () => {
    const usual = roots.flatMap((root) => usualSources(topOf(root)));
    if (stampOf(known.sources) === known.stamp) return;
    const found = await Promise.all(roots.map(findNamed));
    const inWorkspace = (path: string) => roots.some((root) => isInside(resolveReal(root) ?? root, path));
    const paths = found
      .flatMap((each) => each.paths)
      .flatMap((path) => [withRealFolder(path), resolveReal(path) ?? path]);
    const sources = [...new Set([...usual, ...found.flatMap((each) => each.sources)])];
    known = { paths: [...new Set(paths.filter(inWorkspace))], sources, stamp: stampOf(sources) };
  };
  return {
    refresh: () => {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    paths: () => known.paths,
  };
}

/** A link keeps its own name: what it leads to is another path. */
function withRealFolder(path: string): string {
  return join(resolveReal(dirname(path)) ?? dirname(path), path.slice(dirname(path).length));
}

/** Where settings may come to be that are not there yet: `.git` first, from the top of a working tree. */
export function usualSources(top: string): string[] {
  const git = join(top, '.git');
  const own = process.env.GIT_CONFIG_GLOBAL ?? join(homedir(), '.gitconfig');
  return [git, join(git, 'config'), join(git, 'config.worktree'), own, join(homedir(), '.config/git/config')];
}

/** What tells that one of some files of settings has changed. */
export function stampOf(sources: readonly string[]): string {
  return sources
    .map((path) => {
      const state = stateOf(path);
      return state ? `${state.ino} ${state.isFile() ? `${state.size} ${state.mtimeMs}` : ''}` : '';
    })
    .join('\n');
}

type Named = { readonly paths: readonly string[]; readonly sources: readonly string[] };

async function findNamed(root: string): Promise<Named> {
  const top = topOf(root);
  const items = (await listSettings(root)).split('\0');
  const paths: string[] = [];
  const sources: string[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [origin = '', setting = ''] = [items[at], items[at + 1]];
    const end = setting.indexOf('\n');
    if (!origin.startsWith('file:') || end === -1) continue;
    const file = resolve(top, origin.slice('file:'.length));
    const [name, value] = [setting.slice(0, end), setting.slice(end + 1)];
    sources.push(file);
    // An included file is itself settings, also one that does not exist yet.
    const included = includes.test(name) ? [expand(value, dirname(file))] : [];
    sources.push(...included);
    paths.push(file, ...included, ...namedBy(name, value, top));
  }
  return { paths: paths.filter((path) => !isInside(join(top, '.git'), path)), sources };
}

/** Git only reads its settings here, and starts nothing. */
async function listSettings(root: string): Promise<string> {
  const signal = AbortSignal.timeout(5_000);
  const question = ['config', '--list', '--show-origin', '-z'];
  const ended = await startGit(question, { cwd: root, isWithUsersSettings: true, signal }).catch(() => undefined);
  return ended?.code === 0 ? ended.output.toString('utf8') : '';
}

const includes = /^include(if\..+)?\.path$/;
const programs =
  /^(core\.(fsmonitor|sshcommand|editor|pager|askpass|gitproxy|alternaterefscommand)|sequence\.editor|gpg\.(.+\.)?program|credential\.(.+\.)?helper|diff\.(external|.+\.(command|textconv))|filter\..+\.(clean|smudge|process)|merge\..+\.driver|(merge|diff)tool\..+\.(cmd|path)|interactive\.difffilter|pager\..+|trailer\..+\.(command|cmd)|hook\..+\.command|uploadpack\.packobjectshook)$/;

/** What one setting names, from the folder in which git starts it. */
function namedBy(name: string, value: string, top: string): string[] {
  if (name === 'core.hookspath') {
    const folder = expand(value, top);
    // The hooks of a whole workspace are its files of these names.
    return isInside(folder, top) ? hookNames.map((each) => join(folder, each)) : [folder];
  }
  if (!programs.test(name)) return [];
  const words = value.split(/[\s'"`;|&()<>=]+/).map((word) => word.replace(/^!/, ''));
  return words
    .map((word, at) => ({ word, path: expand(word, top), isScript: isScriptName(word, words.slice(0, at)) }))
    .filter(({ word }) => word !== '' && !word.startsWith('-'))
    .filter(({ word, path, isScript }) => {
      const state = stateOf(path);
      // A bare word that is no file there is found on the PATH; a folder is something else than a program.
      return state ? state.isFile() : word.includes('/') || isScript;
    })
    .map(({ path }) => path);
}

/** What an interpreter is given to run counts also where it is not there yet. */
function isScriptName(word: string, before: readonly string[]): boolean {
  const last = before.findLast((each) => each !== '' && !each.startsWith('-')) ?? '';
  return interpreters.test(basename(last)) && /^[\w.-]+$/.test(word);
}

const interpreters = /^((ba|da|z|k)?sh|python[\d.]*|node|ruby|perl|php|deno|bun)$/;

const hookNames =
  'applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push reference-transaction post-rewrite sendemail-validate fsmonitor-watchman post-index-change push-to-checkout pre-auto-gc'.split(
    ' ',
  );

/** Undefined also for what can't be looked at, such as a word that is too long for a name. */
function stateOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function expand(path: string, folder: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(folder, path);
}
