import { resolve } from 'node:path';
import { runGitSafely } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { type ActingContext, findActing } from '../acting/acting-paths.ts';
import { resolveReal } from '../path-kinds.ts';
import { programWords } from '../plain-effects.ts';

/**
 * Files that act by themselves and that a git command would write or remove with the rest of a branch, a commit or a stash; from the top of
 * the repository. Confined, git can't do that, and leaves such a file as it was without failing.
 */
export function findBrought(command: SimpleCommand, context: ActingContext): string[] {
  const question = questionOf(command);
  if (question === undefined) return [];
  const top = topOf(resolveReal(command.folder) ?? command.folder);
  return list(command.folder, question).filter((path) => {
    const { names, places } = findActing(resolve(top, path), context);
    return names.length + places.length > 0;
  });
}

/** Files that a git command may write where the repository has none now (absolute): one that git ignores is replaced without a word. */
export function findAdded(command: SimpleCommand): string[] {
  const [asked, ...words] = questionOf(command) ?? [];
  if (asked === undefined) return [];
  const top = topOf(resolveReal(command.folder) ?? command.folder);
  // Between a commit and the files that are there git says "deleted" of what it would write.
  return list(command.folder, [asked, '--diff-filter=AD', '--no-renames', ...words]).map((path) => resolve(top, path));
}

function questionOf(command: SimpleCommand): readonly string[] | undefined {
  const [program, ...words] = programWords(command);
  const [verb = '', ...args] = withoutGitOptions(words);
  return program === 'git' ? questions[verb]?.(args, command.folder) : undefined;
}

/** How git is asked for the files; undefined where the words don't say which. */
type Question = (args: readonly string[], folder: string) => readonly string[] | undefined;

/** What follows are words of the command, of which none is an option of ours: `--output=FILE` would write that file. */
const changed = ['diff', '--name-only', '-z', '--end-of-options'];

/** Another branch, or files that are put back as they were. */
const toBranch: Question = (args, folder) => {
  const { operands, paths } = partsOf(args);
  const isNew = args.some((word) => /^(-[a-zA-Z]*[bBcC]|--(create|force-c\w*|orphan)(=.*)?)$/.test(word));
  const [aim, ...more] = isNew ? operands.slice(1) : operands;
  if (aim === undefined) return paths.length === 0 ? undefined : [...changed, '--', ...paths];
  const commit = commitOf(aim, folder);
  if (commit === undefined) return [...changed, '--', ...operands];
  const named = [...more, ...paths];
  // What the user changed themselves is left as it is, but for files that are named.
  return named.length === 0 ? [...changed, 'HEAD', commit, '--'] : [...changed, commit, '--', ...named];
};

const ofCommits: Question = (args) => {
  const { operands } = partsOf(args);
  if (operands.length === 0) return undefined;
  const isRange = operands.some((each) => each.includes('..'));
  const walk = isRange ? [] : ['--no-walk'];
  return ['log', '--name-only', '-z', '--format=', ...walk, '--end-of-options', ...operands, '--'];
};

const questions: Readonly<Record<string, Question>> = {
  checkout: toBranch,
  switch: toBranch,
  restore: (args, folder) => {
    const source = args.find((word) => word.startsWith('--source='))?.slice('--source='.length);
    const commit = source && commitOf(source, folder);
    // No commit: git will not restore anything from it.
    if (source && commit === undefined) return undefined;
    return [...changed, ...(commit ? [commit] : []), '--', ...partsOf(args).operands, ...partsOf(args).paths];
  },
  merge: (args) => {
    const [aim] = partsOf(args).operands;
    return aim === undefined ? undefined : [...changed, `HEAD...${aim}`, '--'];
  },
  'cherry-pick': ofCommits,
  revert: ofCommits,
  stash: (args) => {
    const [act = 'push', which = 'stash@{0}'] = partsOf(args).operands;
    if (/^(pop|apply|branch)$/.test(act)) return [...changed, `${which}^1`, which, '--'];
    return /^(push|save)$/.test(act) ? [...changed, 'HEAD', '--'] : undefined;
  },
};

function partsOf(args: readonly string[]) {
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  return {
    operands: before.filter((word) => word === '-' || !word.startsWith('-')),
    paths: end === -1 ? [] : args.slice(end + 1),
  };
}

/** The commit that git goes to by a name; the branch of a remote has no name of its own yet. */
export function commitOf(name: string, folder: string): string | undefined {
  const spellings = name === '-' ? ['@{-1}'] : [name, `refs/remotes/origin/${name}`];
  return spellings.find(
    (each) =>
      runGitSafely(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${each}^{commit}`]) !== undefined,
  );
}

function list(folder: string, question: readonly string[]): string[] {
  const output = runGitSafely(folder, question) ?? '';
  return [...new Set(output.split('\0').filter((path) => path !== ''))];
}
