import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { runGitSafely } from '../../core/process/safe-git.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../shell/program-words.ts';
import { readCommands, type SimpleCommand } from '../shell/simple-commands.ts';
import { joinPath, touchesOf } from '../shell/touches.ts';

/** What a command would destroy. Paths are absolute; a `*` in one stands for any name. */
export type Destruction =
  /** `put back`: tracked files as they were committed; `cleaned`: files that git does not know; `removed`: both. */
  | { readonly type: 'files'; readonly path: string; readonly how: 'put back' | 'cleaned' | 'removed' }
  | { readonly type: 'stash'; readonly isOne: boolean }
  | { readonly type: 'remote'; readonly how: 'overwritten' | 'deleted' }
  | { readonly type: 'branch'; readonly name: string; readonly folder: string };

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
  let folder = place.cwd;
  let stashed: string | undefined;
  const found: Destruction[] = [];
  const commands = readCommands(line);
  for (const command of commands) {
    const words = programWords(command.words);
    if (/^(?:cd|pushd)$/.test(words[0] ?? '') && words[1] !== undefined) folder = resolve(folder, words[1]);
    const here = { ...place, cwd: folder, depth: place.depth + 1 };
    const inner = innerLine(words);
    if (inner !== undefined) found.push(...readLine(inner, here));
    else if (isGit(words)) {
      const git = readGit(words, here);
      // What is put away and dropped in one line is thrown away.
      if (git === 'stashes') stashed = topOf(folder);
      else if (git === 'drops')
        found.push(stashed === undefined ? dropOf(words) : { type: 'files', path: stashed, how: 'put back' });
      else found.push(...git);
    } else found.push(...readRemoval(words, command, folder, commands));
  }
  return found;
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
  const removed = (path: string): Destruction => ({ type: 'files', path: resolve(folder, path), how: 'removed' });
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (program === 'find') {
    const isRemoval =
      words.includes('-delete') || /-exec(?:dir)? (?:\S*\/)?(?:rm|unlink|shred)\b/.test(words.join(' '));
    if (!isRemoval) return [];
    const name = words[words.findIndex((word) => /^-i?name$/.test(word)) + 1];
    const places = words.slice(
      1,
      words.findIndex((word) => /^[-(!]/.test(word)),
    );
    return places.map((path) => removed(words.includes('-name') && name !== undefined ? `${path}/**/${name}` : path));
  }
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

const known =
  /^(?:add|am|apply|bisect|blame|branch|bundle|cat-file|checkout|checkout-index|cherry-pick|clean|clone|commit|config|describe|diff|fetch|for-each-ref|format-patch|gc|grep|help|init|log|ls-files|ls-remote|ls-tree|merge|merge-base|mv|notes|pull|push|read-tree|rebase|reflog|remote|reset|restore|rev-list|rev-parse|revert|rm|shortlog|show|sparse-checkout|stash|status|submodule|switch|symbolic-ref|tag|update-index|update-ref|version|worktree)$/;

function readGit(words: readonly string[], place: Place): readonly Destruction[] | 'stashes' | 'drops' {
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
  if (verb === 'stash') {
    if (/^(?:drop|clear)$/.test(rest[0] ?? '')) return 'drops';
    return /^(?:pop|apply|list|show|branch|create|store)$/.test(rest[0] ?? '') ? [] : 'stashes';
  }
  if (verb === 'submodule') return readSubmodule(rest, { ...place, cwd: folder });
  return readVerb(verb, rest, folder);
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
      return paths(plain.length === 0 ? ['.'] : plain, 'cleaned');
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

function readPush(rest: readonly string[]): Destruction[] {
  if (has(rest, 'n', '--dry-run')) return [];
  if (has(rest, 'd', '--delete', '--mirror', '--prune') || rest.some((word) => /^:\S/.test(word)))
    return [{ type: 'remote', how: 'deleted' }];
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

/** The top folder of the repository that holds a folder; the folder itself outside of one. */
export function topOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return folder;
  }
}
