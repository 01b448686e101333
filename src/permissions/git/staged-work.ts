import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runGitSafely } from '../../core/git/ask-git.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';
import { commitOf } from './brought-by-git.ts';

/** What a command does to the index: for which paths (none: for all), and whether it takes out of it also what the working tree holds as well. */
type Taking = { readonly specs: readonly string[]; readonly unstages: boolean };

export type StagedWork = { readonly paths: readonly string[]; readonly unstages: boolean };

/**
 * Files of which git's index holds what nothing else does, and that a command takes out of it: what was staged before `startedAtMs` and differs
 * from the working tree, where it is replaced; where it is unstaged, all that was staged, since what was chosen would be forgotten. What the
 * session staged itself doesn't count. Undefined where there are none.
 */
export function findStagedWork(command: SimpleCommand, startedAtMs: number): StagedWork | undefined {
  const [program, ...words] = programWords(command);
  const [verb = '', ...args] = withoutGitOptions(words);
  const taking = program === 'git' ? takings[verb]?.(wordsOf(verb, args), command.folder) : undefined;
  if (taking === undefined) return undefined;
  const staged = listStaged(command.folder, taking.specs, startedAtMs);
  if (staged.length === 0) return undefined;
  const changed = taking.unstages ? undefined : new Set(listChanged(command.folder, taking.specs));
  const paths = staged.filter((path) => changed?.has(path) ?? true);
  return paths.length === 0 ? undefined : { paths, unstages: taking.unstages };
}

type Words = {
  readonly has: (pattern: RegExp) => boolean;
  /** What is no option and no option's value, in front of `--`. */
  readonly operands: readonly string[];
  readonly paths: readonly string[];
};

const withValue: Readonly<Record<string, RegExp>> = {
  commit: /^(-[a-zA-Z]*[mFCct]|--(message|file|author|date|template|reuse-message|reedit-message|cleanup|trailer))$/,
  stash: /^(-[a-zA-Z]*m|--message)$/,
  restore: /^(-s|--source)$/,
};

function wordsOf(verb: string, args: readonly string[]): Words {
  const end = args.indexOf('--');
  const before = args.slice(0, end === -1 ? undefined : end);
  const isValue = (at: number) => at > 0 && (withValue[verb]?.test(before[at - 1]!) ?? false);
  const options = before.filter((word, at) => word.startsWith('-') && !isValue(at));
  return {
    has: (pattern) => options.some((word) => pattern.test(word)),
    operands: before.filter((word, at) => !word.startsWith('-') && !isValue(at)),
    paths: end === -1 ? [] : args.slice(end + 1),
  };
}

const elsewhere = /^--(pathspec-from-file|stdin|index-info|cacheinfo|again)/;

const takings: Readonly<Record<string, (words: Words, folder: string) => Taking | undefined>> = {
  add: ({ has, operands, paths }) => {
    if (has(/^(-[a-zA-Z]*n|--dry-run|--refresh)$/)) return undefined;
    const isAll = has(/^(-[a-zA-Z]*[Au]|--all|--update|--no-ignore-removal)$/) || has(elsewhere);
    return replacing([...operands, ...paths], isAll);
  },
  commit: ({ has, operands, paths }) => {
    if (has(/^--dry-run$/)) return undefined;
    return replacing([...operands, ...paths], has(/^(-[a-zA-Z]*a[a-zA-Z]*|--all)$/) || has(elsewhere));
  },
  'update-index': ({ has, operands, paths }) => replacing([...operands, ...paths], has(elsewhere) || has(/^-g$/)),
  apply: ({ has }) => (has(/^(--cached|--index|-3|--3way)$/) ? { specs: [], unstages: false } : undefined),
  rm: ({ has, operands, paths }) => {
    const isForced = has(/^(--cached|-[a-zA-Z]*f[a-zA-Z]*|--force)$/) && !has(/^(-[a-zA-Z]*n|--dry-run)$/);
    return isForced ? unstaging([...operands, ...paths], has(elsewhere)) : undefined;
  },
  restore: ({ has, operands, paths }) =>
    has(/^(-[a-zA-Z]*S[a-zA-Z]*|--staged)$/) ? unstaging([...operands, ...paths], has(elsewhere)) : undefined,
  checkout: ({ has, operands: [first, ...more], paths }, folder) => {
    if (has(/^(-[a-zA-Z]*m|--merge)$/)) return unstaging([], true);
    const named = [...more, ...paths];
    return first !== undefined && named.length > 0 && commitOf(first, folder) !== undefined
      ? unstaging(named, false)
      : undefined;
  },
  switch: ({ has }) => (has(/^(-[a-zA-Z]*m|--merge)$/) ? unstaging([], true) : undefined),
  stash: ({ has, operands: [act = 'push', ...named], paths }) => {
    if (!/^(push|save)$/.test(act) || has(/^(-[a-zA-Z]*k[a-zA-Z]*|--keep-index)$/)) return undefined;
    const specs = act === 'push' ? [...named, ...paths] : [];
    return unstaging(specs, specs.length === 0);
  },
};

function replacing(specs: readonly string[], isAll: boolean): Taking | undefined {
  return specs.length === 0 && !isAll ? undefined : { specs, unstages: false };
}

function unstaging(specs: readonly string[], isAll: boolean): Taking | undefined {
  return specs.length === 0 && !isAll ? undefined : { specs, unstages: true };
}

/**
 * Files that were staged before a time, from the top of the repository; of a deletion nothing is lost. What git staged since is told by its object,
 * or by the time at which the file was written that git notes with it: of a merge, say, the objects are old.
 */
function listStaged(folder: string, specs: readonly string[], timeMs: number): string[] {
  const question = ['diff', '--cached', '--raw', '--no-abbrev', '--no-renames', '--diff-filter=du', '-z'];
  const items = ask(folder, [...question, '--end-of-options', '--', ...specs]).split('\0');
  const found = items.flatMap((item, at) => {
    const id = /^:\d+ \d+ \w+ (\w+) /.exec(item)?.[1];
    return id === undefined ? [] : [{ path: items[at + 1] ?? '', object: `${id.slice(0, 2)}/${id.slice(2)}` }];
  });
  if (found.length === 0) return [];
  const objects = resolve(folder, ask(folder, ['rev-parse', '--git-path', 'objects']).trimEnd());
  const older = found.filter(({ object }) => isOlder(join(objects, object), timeMs)).map(({ path }) => path);
  const notedAt = noteTimes(folder, older);
  return older.filter((path) => (notedAt.get(path) ?? 0) < timeMs);
}

/** When a file was written, or moved, as git's index has it, in milliseconds. */
function noteTimes(folder: string, paths: readonly string[]): ReadonlyMap<string, number> {
  if (paths.length === 0) return new Map();
  const places = paths.slice(0, maxAsked).map((path) => `:(top,literal)${path}`);
  const output = ask(folder, ['ls-files', '--debug', '--full-name', '-z', '--', ...places]);
  const entries = output.matchAll(/([^\0]+)\0 +ctime: (\d+):(\d+)\n(?: +.*\n)*/g);
  return new Map(
    [...entries].map(([, path = '', seconds, nanoseconds]) => [
      path,
      Number(seconds) * 1000 + Number(nanoseconds) / 1e6,
    ]),
  );
}

/** An argument for each. */
const maxAsked = 1000;

function listChanged(folder: string, specs: readonly string[]): string[] {
  const question = ['diff', '--name-only', '--no-renames', '-z', '--end-of-options', '--', ...specs];
  return ask(folder, question).split('\0');
}

function ask(folder: string, question: readonly string[]): string {
  return runGitSafely(folder, question) ?? '';
}

/** An object that was written before; one that is in a pack was, too. */
function isOlder(object: string, timeMs: number): boolean {
  const state = statSync(object, { throwIfNoEntry: false });
  return state === undefined || state.mtimeMs < timeMs;
}
