import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { askGit } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { firstFew } from '../../core/text/count.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';
import { stampOf, usualSources } from './git-started.ts';

/** What a git command runs of the repository's own: hooks by their names, and the settings that name other programs. */
export type RunByGit = {
  readonly verb: string;
  readonly hooks: readonly string[];
  readonly settings: readonly string[];
};

/**
 * The programs that a git command most likely runs because the repository has them: hooks, filters, drivers. What they start in turn are
 * mostly files of the workspace. None of git-lfs, which starts no such file.
 */
export function findRunByGit(command: SimpleCommand): RunByGit {
  const [program, ...words] = programWords(command);
  const [verb = '', ...args] = withoutGitOptions(words);
  if (program !== 'git') return { verb, hooks: [], settings: [] };
  const { hooks, settings } = lookUp(command.folder);
  const left = leavesOut(verb, args) ? verifying : [];
  return {
    verb,
    hooks: [...(hooksOf[verb] ?? []), ...always].filter((name) => !left.includes(name) && isActive(hooks, name)),
    settings: /^(branch|tag|notes|init)$/.test(verb) ? settings.filter((name) => !ofFiles.test(name)) : settings,
  };
}

/** These in words that follow "git runs"; undefined where there are none. */
export function describeRunByGit({ hooks, settings }: RunByGit): string | undefined {
  const what = [
    ...(hooks.length > 0 ? [`this repository's hooks (${hooks.join(', ')})`] : []),
    ...(settings.length > 0 ? [`what git's settings name (${firstFew(settings, 3)})`] : []),
  ];
  return what.length === 0 ? undefined : what.join(' and ');
}

const ofCommits = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-rewrite', 'pre-auto-gc'];

/** Of the subcommands that run unasked (`plain-effects.ts`); one that goes on (`git merge --continue`) runs those of a commit, too. */
const hooksOf: Readonly<Record<string, readonly string[]>> = {
  commit: ofCommits,
  merge: [...ofCommits, 'pre-merge-commit', 'post-merge'],
  'cherry-pick': ofCommits,
  revert: ofCommits,
  am: [...ofCommits, 'applypatch-msg', 'pre-applypatch', 'post-applypatch'],
  checkout: ['post-checkout'],
  switch: ['post-checkout'],
  stash: ['post-checkout'],
};

const always = ['reference-transaction', 'post-index-change'];

/** What `--no-verify` leaves out. */
const verifying = ['pre-commit', 'commit-msg', 'pre-merge-commit'];

/** Where the word before it is an option, it may be the value of that. */
function leavesOut(verb: string, args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((word, at) => {
    const isAlone = at === 0 || !args[at - 1]!.startsWith('-');
    const isShort = verb === 'commit' && /^-[aqsv]*n/.test(word);
    return isAlone && /^(commit|merge)$/.test(verb) && (word === '--no-verify' || isShort);
  });
}

/** Where hooks lie, and the names of settings that name programs. */
type Named = { readonly hooks: string | undefined; readonly settings: readonly string[] };

const known = new Map<string, Named & { readonly stamp: string }>();

/** Looked up again when a file of settings has changed, or where there may be others than those that are looked at. */
function lookUp(folder: string): Named {
  const top = topOf(folder);
  // A repository that the same script makes has none yet.
  if (!isFolder(top)) return { hooks: undefined, settings: [] };
  const sources = usualSources(top);
  const stamp = stampOf(sources);
  const before = known.get(top);
  if (before?.stamp === stamp) return before;
  const listed = askGit(top, ['config', '--list', '--show-scope', '-z'])?.split('\0');
  const hooks = askGit(top, ['rev-parse', '--git-path', 'hooks'])?.replace(/\n$/, '');
  const found: Named = {
    hooks: hooks === undefined ? undefined : resolve(top, hooks),
    settings: listed === undefined ? ['not known: git could not list them'] : programsOf(listed),
  };
  const isWhole = !listed?.some((item) => item.startsWith('include')) && isFolder(sources[0]!);
  if (isWhole) known.set(top, { ...found, stamp });
  return found;
}

const ofFiles = /^(core\.fsmonitor|diff\.|filter\.|merge\.)/;
/** Those that act on the files of whatever repository; of the others, the user's own settings name the user's own programs. */
const everywhere = /^(filter\..+\.(clean|smudge|process)|merge\..+\.driver|hook\..+\.command)$/;
const ofRepository =
  /^(core\.(fsmonitor|editor)|sequence\.editor|gpg\.(.+\.)?(program|defaultkeycommand)|diff\.(external|.+\.(command|textconv))|interactive\.difffilter|trailer\..+\.(command|cmd))$/;

function programsOf(listed: readonly string[]): string[] {
  const names: string[] = [];
  for (let at = 0; at + 1 < listed.length; at += 2) {
    const [scope = '', setting = ''] = [listed[at], listed[at + 1]];
    const end = setting.indexOf('\n');
    const [name, value] = end === -1 ? [setting, ''] : [setting.slice(0, end), setting.slice(end + 1)];
    const isOwn = /^(local|worktree|command)$/.test(scope);
    if (!everywhere.test(name) && !(isOwn && ofRepository.test(name))) continue;
    if (!/^git-lfs (clean|smudge|filter-process)\b[^;&|`$<>]*$/.test(value) && !isSwitch(name, value)) names.push(name);
  }
  return [...new Set(names)];
}

/** No program: nothing at all, or the file system monitor that is part of git. */
function isSwitch(name: string, value: string): boolean {
  return value === '' || (name === 'core.fsmonitor' && /^(true|false|yes|no|on|off|[01])$/i.test(value));
}

/** Whether git would run a hook, and it does something: husky puts one of each name there that only looks for the repository's. */
function isActive(folder: string | undefined, name: string): boolean {
  if (folder === undefined) return false;
  const path = join(folder, name);
  try {
    accessSync(path, constants.X_OK);
    const state = statSync(path);
    if (!state.isFile()) return false;
    const text = state.size > longestKnown ? '' : readFileSync(path, 'utf8');
    if (ofHusky.test(text)) return statSync(join(dirname(folder), name), { throwIfNoEntry: false }) !== undefined;
    return !ofLfs.test(text);
  } catch {
    // Git can't run it either.
    return false;
  }
}

const longestKnown = 1000;
const ofHusky = /^#!.*\n\. "(\$\(dirname (-- )?"\$0"\)|\$\{0%\/\*\})\/h"\s*$/;
const ofLfs =
  /^#!\/bin\/sh\ncommand -v git-lfs >\/dev\/null 2>&1 \|\| \{ (printf|echo) .*; exit 2; \}\ngit lfs [a-z-]+ "\$@"\s*$/;

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
