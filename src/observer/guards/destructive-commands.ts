import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { runGitSafely } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../shell/program-words.ts';
import { followFolders, readCommands, type SimpleCommand } from '../shell/simple-commands.ts';
import { joinPath, touchesOf } from '../shell/touches.ts';

/** What a command would destroy. Paths are absolute; a `*` in one stands for any name. */
export type Destruction =
  | DestroyedFiles
  | { readonly type: 'stash'; readonly isOne: boolean }
  | { readonly type: 'remote'; readonly how: 'overwritten' }
  | { readonly type: 'remote'; readonly how: 'deleted'; readonly names: readonly string[] }
  | { readonly type: 'branch'; readonly name: string; readonly folder: string };

/** `put back`: tracked files as they were committed; `cleaned`: files that git does not know; `removed`: both. */
export type DestroyedFiles = {
  readonly type: 'files';
  readonly path: string;
  readonly how: 'put back' | 'cleaned' | 'removed';
  /** Only some of what lies there, as a `find` with conditions chooses it. */
  readonly isSome?: boolean;
  /** Paths that are left out. */
  readonly except?: readonly string[];
};

const mayDestroy =
  /\bgit\b|\b(?:rm|unlink|shred|find|xargs|rmtree|rmSync|rmdirSync|rm_rf|unlinkSync|rimraf)\b|\bos\.(?:remove|unlink)\b/;
const maxDepth = 4;

/**
 * What a shell line would destroy beyond recovery, also by a shell in the shell (`bash -c`), by `find` and `xargs`, by an alias of git's, in another
 * folder or repository. It only reads; `aliasOf` and the top of a repository are asked for only where git is called in a way that needs it.
 */
export function readDestruction(line: string, cwd: string, aliasOf: AliasOf): readonly Destruction[] {
  return mayDestroy.test(line.slice(0, 20_000)) ? readLine(line, { cwd, aliasOf, depth: 0 }) : [];
}

/** What an alias of git's stands for in a folder; undefined when it isn't one. */
export type AliasOf = (folder: string, name: string) => string | undefined;

type Place = { readonly cwd: string; readonly aliasOf: AliasOf; readonly depth: number };

function readLine(line: string, place: Place): Destruction[] {
  if (place.depth > maxDepth) return [];
  const folders = followFolders(place.cwd);
  let stashed: readonly Destruction[] | undefined;
  const found: Destruction[] = [];
  const commands = readCommands(line);
  for (const command of commands) {
    const words = programWords(command.words).map((word) => atHome(word, folders.folderOf(command)));
    if (/^(?:cd|pushd)$/.test(words[0] ?? '') && words[1] !== undefined)
      folders.moveTo(command, resolve(folders.folderOf(command), words[1]));
    const folder = folders.folderOf(command);
    const here = { ...place, cwd: folder, depth: place.depth + 1 };
    const inner = innerLine(words);
    if (inner !== undefined) found.push(...readLine(inner, here));
    else if (isGit(words)) {
      const git = readGit(words, here);
      if (!('act' in git)) found.push(...git);
      // What is put away and dropped in one line is thrown away, unless it was taken out in between.
      else if (git.act === 'put') stashed = git.files;
      else if (git.act === 'applied') stashed = [];
      else {
        if (git.act === 'dropped') found.push(...(stashed ?? [dropOf(words)]));
        stashed = undefined;
      }
    } else found.push(...readRemoval(words, { ...command, words }, folder, commands));
  }
  return found;
}

/** `~`, `$HOME` and `$PWD` as the shell reads them. */
function atHome(word: string, folder: string): string {
  return word
    .replace(/^(?:~|\$HOME\b|\$\{HOME\})(?=\/|$)/, () => homedir())
    .replace(/^(?:\$PWD\b|\$\{PWD\}|\$\(pwd\))(?=\/|$)/, () => folder);
}

const shells = /^(?:ba|z|da|k)?sh$/;

/** The shell line that a command hands to a shell: `bash -c LINE`, `eval LINE`, `git submodule foreach LINE`. */
function innerLine(words: readonly string[]): string | undefined {
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (program === 'eval') return words.slice(1).join(' ');
  if (!shells.test(program)) return undefined;
  const at = words.findIndex((word, place) => place > 0 && /^-\w*c$/.test(word));
  return at === -1 ? undefined : words[at + 1];
}

function isGit(words: readonly string[]): boolean {
  return words[0]?.replace(/^.*\//, '') === 'git';
}

/** `rm`, `find -delete`, `xargs rm`, and scripts given as text. */
function readRemoval(
  words: readonly string[],
  command: SimpleCommand,
  folder: string,
  line: readonly SimpleCommand[],
): Destruction[] {
  const removed = (path: string): DestroyedFiles => ({ type: 'files', path: resolve(folder, path), how: 'removed' });
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (program === 'find') return readFind(words).map(({ path, isSome }) => ({ ...removed(path), isSome }));
  if (program === 'xargs') {
    const isRemoval = words.some((word) => /^(?:\S*\/)?(?:rm|unlink|shred)$/.test(word));
    const isOfUntracked = line.some(
      ({ words: other }) => isGit(other) && /\bls-files\b.* (?:-o|--others)\b/.test(other.join(' ')),
    );
    return isRemoval && isOfUntracked ? [{ type: 'files', path: folder, how: 'cleaned' }] : [];
  }
  if (/^(?:shred|rimraf)$/.test(program))
    return words
      .slice(1)
      .filter((word) => !word.startsWith('-'))
      .map(removed);
  if (words.includes('rimraf')) return words.slice(words.indexOf('rimraf') + 1).map(removed);
  return touchesOf([command], new Map())
    .filter(({ how, isMoved }) => how === 'delete' && isMoved !== true)
    .map(({ path }) => removed(joinPath(folder, path)));
}

/** Where a `find` removes files; without a place it is the folder in which it runs. */
function readFind(words: readonly string[]): { path: string; isSome: boolean }[] {
  const exec = words.findIndex((word) => /^-exec(?:dir)?$/.test(word));
  const isRemoval = words.includes('-delete') || /-exec(?:dir)? (?:\S*\/)?(?:rm|unlink|shred)\b/.test(words.join(' '));
  if (!isRemoval) return [];
  const args = words.slice(1).filter((word, at) => at > 0 || !/^-(?:[HLP]|O\d)$/.test(word));
  const end = args.findIndex((word) => /^[-(!]/.test(word));
  const places = end === 0 ? ['.'] : args.slice(0, end);
  const name = words[words.findIndex((word) => /^-i?name$/.test(word)) + 1];
  const tests = (exec === -1 ? words : words.slice(0, exec)).slice(1).join(' ');
  const isSome = /(?:^| )(?:[!(]|-(?!(?:delete|depth|print|mindepth|xdev|mount|type f|[HLP]|O\d)(?: |$)))/.test(tests);
  return places.map((path) => ({
    path: words.includes('-name') && name !== undefined ? `${path}/**/${name}` : path,
    isSome,
  }));
}

const known =
  /^(?:add|am|apply|bisect|blame|branch|bundle|cat-file|checkout|checkout-index|cherry-pick|clean|clone|commit|config|describe|diff|fetch|for-each-ref|format-patch|gc|grep|help|init|log|ls-files|ls-remote|ls-tree|merge|merge-base|mv|notes|pull|push|read-tree|rebase|reflog|remote|reset|restore|rev-list|rev-parse|revert|rm|shortlog|show|sparse-checkout|stash|status|submodule|switch|symbolic-ref|tag|update-index|update-ref|version|worktree)$/;

/** `put`: these files were put away; `taken`: taken out, and the stash is gone; `applied`: taken out, and it is still there. */
type StashAct =
  | { readonly act: 'put'; readonly files: readonly Destruction[] }
  | { readonly act: 'taken' | 'applied' | 'dropped' };

function readGit(words: readonly string[], place: Place): readonly Destruction[] | StashAct {
  const args = words.slice(1);
  const [verb = '', ...rest] = withoutGitOptions(args);
  const at = args.indexOf('-C');
  const folder = at === -1 || at >= args.length - rest.length - 1 ? place.cwd : resolve(place.cwd, args[at + 1] ?? '.');
  if (!known.test(verb)) {
    const meaning = place.aliasOf(folder, verb)?.trim();
    if (meaning === undefined) return [];
    const tail = rest.map(quote).join(' ');
    return readLine(meaning.startsWith('!') ? `${meaning.slice(1)} ${tail}` : `git ${meaning} ${tail}`, {
      ...place,
      cwd: folder,
    });
  }
  if (verb === 'stash') return readStash(rest, folder);
  if (verb === 'submodule') return readSubmodule(rest, { ...place, cwd: folder });
  return readVerb(verb, rest, folder);
}

function readStash([verb = 'push', ...more]: readonly string[], folder: string): readonly Destruction[] | StashAct {
  if (/^(?:drop|clear)$/.test(verb)) return { act: 'dropped' };
  if (/^(?:pop|branch)$/.test(verb)) return { act: 'taken' };
  if (verb === 'apply') return { act: 'applied' };
  if (/^(?:list|show|create|store)$/.test(verb)) return [];
  const options = verb === 'push' ? more : verb.startsWith('-') ? [verb, ...more] : [];
  const dash = options.indexOf('--');
  const named =
    dash === -1
      ? withoutValues(options, /^(?:-\w*m|--message|--pathspec-from-file)$/).filter((word) => !word.startsWith('-'))
      : options.slice(dash + 1);
  const paths = named.length === 0 ? [topOf(folder)] : named.map((path) => resolve(folder, path));
  return { act: 'put', files: paths.map((path) => ({ type: 'files', path, how: 'put back' })) };
}

/** Words without the values of the options that take one as a word of its own. */
function withoutValues(words: readonly string[], takesValue: RegExp): readonly string[] {
  return words.filter((_, at) => !takesValue.test(words[at - 1] ?? ''));
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function dropOf(words: readonly string[]): Destruction {
  return { type: 'stash', isOne: words.includes('drop') };
}

const has = (words: readonly string[], short: string, ...long: string[]) =>
  words.some((word) => long.includes(word) || (/^-[a-zA-Z]+$/.test(word) && word.includes(short)));

function readVerb(verb: string, rest: readonly string[], folder: string): Destruction[] {
  const everything = (): Destruction[] => [{ type: 'files', path: topOf(folder), how: 'put back' }];
  const paths = (words: readonly string[], how: 'put back' | 'cleaned' | 'removed'): Destruction[] =>
    words.map((path) => ({ type: 'files', path: resolve(folder, path), how }));
  const plain = rest.filter((word) => !word.startsWith('-'));
  switch (verb) {
    case 'reset':
      return rest.includes('--hard') ? everything() : [];
    case 'read-tree':
      return rest.includes('--reset') && has(rest, 'u') ? everything() : [];
    case 'switch':
      return has(rest, 'f', '--force', '--discard-changes') ? everything() : [];
    case 'checkout':
      return has(rest, 'f', '--force') ? everything() : paths(checkedOut(rest), 'put back');
    case 'checkout-index':
      if (!has(rest, 'f', '--force')) return [];
      return has(rest, 'a', '--all') ? everything() : paths(plain, 'put back');
    case 'restore':
      // With `--staged` alone only the index is put back.
      return has(rest, 'S', '--staged') && !has(rest, 'W', '--worktree') ? [] : paths(restored(rest), 'put back');
    case 'clean':
      if (!has(rest, 'f', '--force') || has(rest, 'n', '--dry-run') || has(rest, 'X')) return [];
      return cleaned(rest, folder);
    case 'rm':
      return has(rest, 'f', '--force') && !rest.includes('--cached') ? paths(plain, 'removed') : [];
    case 'worktree':
      return plain[0] === 'remove' && has(rest, 'f', '--force') ? paths(plain.slice(1), 'removed') : [];
    case 'branch':
      return has(rest, 'D') || (has(rest, 'd', '--delete') && has(rest, 'f', '--force'))
        ? plain.map((name) => ({ type: 'branch', name, folder }))
        : [];
    case 'push':
      return readPush(rest);
    default:
      return [];
  }
}

/** A name without a folder is left out at any depth. */
function cleaned(rest: readonly string[], folder: string): Destruction[] {
  const takesExclude = /^(?:-[a-zA-Z]*e|--exclude)$/;
  const excluded = rest.flatMap((word, at) =>
    takesExclude.test(rest[at - 1] ?? '') ? word : (/^--exclude=(.+)$/.exec(word)?.[1] ?? []),
  );
  const except = excluded.map((name) => (/\/./.test(name) ? resolve(folder, `./${name}`) : `${folder}/**/${name}`));
  const plain = withoutValues(rest, takesExclude).filter((word) => !word.startsWith('-'));
  return (plain.length === 0 ? ['.'] : plain).map((path) => ({
    type: 'files',
    path: resolve(folder, path),
    how: 'cleaned',
    except,
  }));
}

function readPush(rest: readonly string[]): Destruction[] {
  if (has(rest, 'n', '--dry-run')) return [];
  if (has(rest, 'd', '--delete', '--mirror', '--prune') || rest.some((word) => /^:\S/.test(word))) {
    const names = rest.filter((word) => !word.startsWith('-')).slice(1);
    return [{ type: 'remote', how: 'deleted', names: names.map((name) => name.replace(/^:/, '')) }];
  }
  const isForce = has(rest, 'f', '--force') || rest.some((word) => /^\+\S/.test(word));
  return isForce ? [{ type: 'remote', how: 'overwritten' }] : [];
}

/** The paths of a `git checkout`: what follows `--`, or words that look like paths behind an optional revision. */
function checkedOut(rest: readonly string[]): readonly string[] {
  if (has(rest, 'b', '--orphan') || rest.includes('-B')) return [];
  const dash = rest.indexOf('--');
  if (dash !== -1) return rest.slice(dash + 1);
  const plain = rest.filter((word) => !word.startsWith('-'));
  const isPath = (word: string) => word === '.' || /\.\w{1,8}$|\/$|^\.\.?\/|\*/.test(word);
  return plain.filter((word, at) => isPath(word) || (at > 0 && /[./]/.test(word)));
}

function restored(rest: readonly string[]): readonly string[] {
  return rest.filter((word, at) => !word.startsWith('-') && !/^(?:-s|--source)$/.test(rest[at - 1] ?? ''));
}

function readSubmodule(rest: readonly string[], place: Place): Destruction[] {
  const plain = rest.filter((word) => !word.startsWith('-'));
  const modules = () =>
    (runGitSafely(place.cwd, ['submodule', 'status', '--recursive']) ?? '')
      .split('\n')
      .flatMap((line) => /^[ +U-]?[0-9a-f]{7,64} (.+?)(?: \(.*\))?$/.exec(line)?.[1] ?? []);
  if (plain[0] === 'foreach')
    return modules().flatMap((path) => readLine(plain.slice(1).join(' '), { ...place, cwd: resolve(place.cwd, path) }));
  const isForced = has(rest, 'f', '--force');
  if (!isForced || !/^(?:update|deinit)$/.test(plain[0] ?? '')) return [];
  const named = plain.length > 1 ? plain.slice(1) : modules();
  return named.map((path) => ({ type: 'files', path: resolve(place.cwd, path), how: 'put back' }));
}
