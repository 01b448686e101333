import { resolve } from 'node:path';
import { runGitSafely } from '../../core/git/ask-git.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { commitOf } from '../git/brought-by-git.ts';
import { programWords } from '../plain-effects.ts';

/** Where git puts files back as they were, and which: as its own words name them, none for all of the repository. */
export type ThrownAway = { readonly folder: string; readonly specs: readonly string[] };

/** What a git command puts back over changes that nobody committed, or removes with them; undefined where it does no such thing. */
export function readThrownAway(command: SimpleCommand): ThrownAway | undefined {
  const [program, ...words] = programWords(command);
  if (program !== 'git') return undefined;
  const [verb = '', ...args] = withoutGitOptions(words);
  const at = words.indexOf('-C');
  const isElsewhere = at !== -1 && at < words.length - args.length - 1;
  const folder = isElsewhere ? resolve(command.folder, words[at + 1] ?? '.') : command.folder;
  const specs = readers[verb]?.(partsOf(verb, args), folder);
  return specs && { folder, specs };
}

/** Files of those that differ from what git's index has, from the top of the repository. */
export function listChanged({ folder, specs }: ThrownAway): string[] {
  const question = ['diff', '--name-only', '--no-renames', '--ignore-submodules=all', '-z', '--end-of-options', '--'];
  return (runGitSafely(folder, [...question, ...specs]) ?? '').split('\0').filter((path) => path !== '');
}

type Parts = {
  readonly has: (pattern: RegExp) => boolean;
  /** What is no option and no option's value, in front of `--`. */
  readonly operands: readonly string[];
  readonly paths: readonly string[];
};

const withValue: Readonly<Record<string, RegExp>> = {
  checkout: /^(-[bB]|--orphan|--conflict)$/,
  restore: /^(-s|--source|--conflict)$/,
  stash: /^(-[a-zA-Z]*m|--message)$/,
};

function partsOf(verb: string, args: readonly string[]): Parts {
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  const isValue = (at: number) => at > 0 && (withValue[verb]?.test(before[at - 1]!) ?? false);
  return {
    has: (pattern) => before.some((word, at) => !isValue(at) && pattern.test(word)),
    operands: before.filter((word, at) => !word.startsWith('-') && !isValue(at)),
    paths: end === -1 ? [] : args.slice(end + 1),
  };
}

const fromFile = /^--(pathspec-f|stdin)/;
const aborts: Reader = ({ has }) => (has(/^--(ab(o|or|ort)?|sk(i|ip)?)$/) ? [] : undefined);

/** The words that name files, none for all; undefined where nothing is thrown away. */
type Reader = (parts: Parts, folder: string) => readonly string[] | undefined;

const readers: Readonly<Record<string, Reader>> = {
  checkout: ({ has, operands: [first, ...more], paths }, folder) => {
    if (has(/^(-[qtlm23]*[fp]|--fo?r?c?e?$|--patch$)/) || has(fromFile)) return [];
    const isCommit = first !== undefined && commitOf(first, folder) !== undefined;
    const named = [...(first === undefined || isCommit ? [] : [first]), ...more, ...paths];
    return named.length === 0 ? undefined : named;
  },
  restore: ({ has, operands, paths }) => {
    const isIndexAlone = has(/^(-[Wpq]*S|--st\w*$)/) && !has(/^(-[Spq]*W|--w\w*$)/);
    if (isIndexAlone) return undefined;
    return someOf([...operands, ...paths], has(fromFile) || has(/^(-p|--patch)$/));
  },
  switch: ({ has }) => (has(/^(-[qtm]*f|--force$|--di\w*$)/) ? [] : undefined),
  reset: ({ has }) => (has(/^--(h\w*|merge)$/) ? [] : undefined),
  stash: ({ has, operands: [act = 'push', ...named], paths }) => {
    if (act === 'save') return [];
    return act === 'push' && !has(/^(-S|--staged)$/) ? [...named, ...paths] : undefined;
  },
  'read-tree': ({ has }) => (has(/^(-[a-zA-Z]*u[a-zA-Z]*|--reset)$/) ? [] : undefined),
  'checkout-index': ({ has, operands, paths }) =>
    has(/^(-[a-z]*f[a-z]*|--force)$/)
      ? someOf([...operands, ...paths], has(/^(-[a-z]*a[a-z]*|--all|--stdin)$/))
      : undefined,
  // Which files a patch changes is not in the words.
  apply: ({ has }) =>
    has(/^(-[a-zA-Z]*R[a-zA-Z]*|--reverse)$/) && !has(/^--(check|stat|numstat|summary|cached)$/) ? [] : undefined,
  rm: ({ has, operands, paths }) =>
    has(/^(-[a-z]*f[a-z]*|--force)$/) && !has(/^(-[a-z]*n[a-z]*|--dry-run|--cached)$/)
      ? someOf([...operands, ...paths], has(fromFile))
      : undefined,
  merge: aborts,
  rebase: aborts,
  am: aborts,
  'cherry-pick': aborts,
  revert: aborts,
};

function someOf(specs: readonly string[], isAll: boolean): readonly string[] | undefined {
  if (isAll) return [];
  return specs.length === 0 ? undefined : specs;
}
