import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { KeptFolder } from '../../core/disk/kept-folder.ts';
import { runGitSafely } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { matchPaths, splitPattern } from '../../core/text/path-pattern.ts';
import type { PermissionContext } from '../decide-path.ts';
import { findAdded } from '../git/brought-by-git.ts';
import { isInside } from '../path-kinds.ts';
import { startedCommands } from '../started-commands.ts';
import { type LostByWords, lostByWords, movedByWords } from './lost-by-words.ts';
import { listChanged, readThrownAway } from './thrown-away.ts';

/** What a build, a program or a check makes again. */
const remade = new RegExp(
  `^(${[
    'node_modules|bower_components|vendor|Pods|\\.pnpm-store|\\.yarn|\\.pnp\\..*|\\.?venv|\\.tox|\\.nox|\\.eggs|.*\\.egg-info|\\.bundle|\\.dart_tool|\\.terraform',
    'dist|build|_build|out|target|bin|obj|generated|\\.output|\\.next|\\.nuxt|\\.svelte-kit|\\.astro|\\.docusaurus|\\.expo|\\.angular|\\.serverless|storybook-static|DerivedData|\\.gradle',
    'coverage|htmlcov|\\.nyc_output|\\.coverage|test-results|playwright-report|\\.?cache|\\.turbo|\\.parcel-cache|\\.vite|__pycache__|\\.(pytest|mypy|ruff)_cache',
    'tmp|temp|logs?|\\.DS_Store|\\.eslintcache|.*\\.(log|tmp|swp|pyc|pyo|o|a|so|dll|dylib|obj|class|jar|whl|tsbuildinfo|map|min\\.js)',
  ].join('|')})$`,
  'i',
);

const maxLooked = 2_000;

type Knowledge = Pick<PermissionContext, 'places' | 'real' | 'startedAtMs' | 'keptFolders'>;

/**
 * Files that a command deletes, empties or replaces by its words and that no checkpoint could bring back: git ignores them, they are large and
 * new, or there is no checkpoint of that place. Not what is made again by a build, nor what came into being after the session began. Paths from
 * the folder in which the command runs.
 */
export function findUnkept(command: SimpleCommand, context: Knowledge): string[] {
  const lost = startedHere(command, context).flatMap((each): LostByWords[] => [
    ...lostByWords(each).map((one) => ({ ...one, path: resolve(each.folder, one.path) })),
    ...findAdded(each).map((path): LostByWords => ({ path, isPattern: false, isReplaced: true })),
  ]);
  const thrown = startedHere(command, context).flatMap((each) => findThrownAway(each, context));
  return [...new Set([...find(lost, context), ...thrown])].map((path) => relative(command.folder, path) || '.');
}

/** What git puts back over changes where no checkpoint is; where there is one, git knows these files, and so does the checkpoint. */
function findThrownAway(command: SimpleCommand, { real, startedAtMs, keptFolders }: Knowledge): string[] {
  const thrown = readThrownAway(command);
  const folders = thrown && keptFolders();
  if (!thrown || !folders) return [];
  const top = topOf(realPath(thrown.folder));
  const left = folders.flatMap((each) => each.left).map((path) => path.replace(/\/$/, ''));
  const isKept = (path: string) => folders.some(({ root }) => isInside(root, path));
  if (isKept(top) && left.length === 0) return [];
  return listChanged(thrown)
    .map((path) => join(top, path))
    .filter((path) => !isKept(path) || left.some((each) => isInside(each, path)))
    .filter((path) => real.roots.some((root) => isInside(root, path) && !isRemade(root, path)))
    .filter((path) => wasThere(path, startedAtMs, true));
}

/**
 * Such files that a command moves to where they could be deleted unasked: among what builds make again, or to the name of another file that the
 * checkpoint holds. Paths from the folder in which the command runs.
 */
export function findMovedAway(command: SimpleCommand, context: Knowledge): string[] {
  const moved = startedHere(command, context).flatMap((each) =>
    movedByWords(each).map(({ path, aims }) => ({
      path: resolve(each.folder, path),
      aims: aims.map((aim) => resolve(each.folder, aim)),
    })),
  );
  return moved
    .filter(({ path }) => find([{ path, isPattern: false }], context).length > 0)
    .filter(({ aims }) => !isGuarded(aims, context))
    .map(({ path }) => relative(command.folder, path) || '.');
}

/** Whether what comes to a place is asked about there as well: no build makes it, and no file of that name is in the checkpoint. */
function isGuarded([aim, inFolder = aim]: readonly string[], context: Knowledge): boolean {
  if (aim === undefined || inFolder === undefined) return false;
  const place = realPlace(isFolder(aim) ? inFolder : aim);
  const root = context.real.roots.find((each) => isInside(each, place));
  // What lies outside is asked about anyway.
  if (root === undefined) return true;
  if (isRemade(root, place)) return false;
  const folder = context.keptFolders()?.find((each) => isInside(each.root, place));
  if (folder === undefined) return true;
  const asked = ['ls-files', '-z', '--cached', '--', `:(literal)${relative(folder.root, place)}`];
  return runGitSafely(folder.root, asked, [0], { env: folder.environment }) === '';
}

/** A command and what it starts on this machine. */
function startedHere(command: SimpleCommand, { places }: Knowledge): readonly SimpleCommand[] {
  // What only redirects starts nothing.
  if (command.words.length === 0) return [command];
  const started = startedCommands(command, places.home).filter(({ where }) => where === undefined);
  return started.map((each) => each.command);
}

/**
 * Of files that a tool is about to replace (absolute, links resolved) those that the checkpoint leaves out. Where there is none at all (switched
 * off, no git, a full disk), as the user was told, edits go on: that is what the mode is for.
 */
export function findUnkeptPaths(paths: readonly string[], context: Knowledge): string[] {
  if (context.keptFolders()?.length === 0) return [];
  return find(
    paths.map((path) => ({ path, isPattern: false, isReplaced: true })),
    context,
  );
}

function find(lost: readonly LostByWords[], context: Knowledge): string[] {
  const { roots } = context.real;
  const there = lost
    .filter((each) => each.isPattern || mayBeLost(each, context.startedAtMs))
    .map((each) => ({ ...each, path: each.isPattern ? each.path : realPlace(each.path) }))
    // What lies outside is asked about anyway.
    .filter(({ path }) => roots.some((root) => isInside(root, path) && !isRemade(root, path)));
  if (there.length === 0) return [];
  const folders = context.keptFolders();
  if (folders === undefined) return [];
  const found = [
    ...folders.flatMap((folder) => missingIn(folder, there, folders, context.startedAtMs)),
    ...there.flatMap((each) => leftOf(each, folders)),
  ];
  const bare = there
    .filter(({ path }) => !folders.some(({ root }) => isInside(root, path)))
    .flatMap(changedSinceCommit);
  return [...new Set([...found, ...bare])]
    .filter((path) => roots.some((root) => isInside(root, path) && !isRemade(root, path)))
    .filter((path) => wasThere(path, context.startedAtMs, false));
}

/**
 * What is there of them and not in the checkpoint of a folder that is kept. The checkpoint is asked, not what git ignores now: a command may
 * have changed that, or moved a file to where git does not ignore it.
 */
function missingIn(
  folder: KeptFolder,
  lost: readonly LostByWords[],
  all: readonly KeptFolder[],
  startedAtMs: number,
): string[] {
  const specs = (isPattern: boolean) =>
    lost.filter((each) => each.isPattern === isPattern).flatMap((each) => specOf(folder.root, each, all));
  const named = lost.filter(({ isPattern }) => !isPattern);
  const isOther = (path: string) => path !== folder.root && all.some(({ root }) => root === path);
  const isNewFolder = (path: string) => isFolder(path) && !wasThere(path, startedAtMs, false);
  // Of a folder that is missing as a whole its name is enough, but where it came into being later; a pattern may mean some of it.
  const below = listMissing(folder, specs(false), ['--directory', '--no-empty-directory'])
    .filter((found) => !isOther(found))
    .map((found) => named.find(({ path }) => isInside(found, path))?.path ?? found)
    .flatMap((found) =>
      isNewFolder(found) ? listMissing(folder, [`:(literal)${relative(folder.root, found)}`], []) : [found],
    );
  return [...below, ...listMissing(folder, specs(true), []).filter((found) => !isOther(found))];
}

/** What is lost as git calls it in the repository that it lies in, and in those that lie in it; none for others. */
function specOf(root: string, { path, isPattern }: LostByWords, all: readonly KeptFolder[]): string[] {
  const own = relative(root, path);
  if (root === all.find((each) => isInside(each.root, path))?.root)
    return [isPattern ? `:(glob)${own}` : own === '' ? '.' : `:(literal)${own}`];
  if (!isPattern) return isInside(path, root) ? ['.'] : [];
  const { literal, rest } = splitPattern('/', path);
  return rest.startsWith('**/') && isInside(literal, root) ? [`:(glob)${rest}`] : [];
}

function listMissing(
  { root, environment }: KeptFolder,
  specs: readonly string[],
  options: readonly string[],
): string[] {
  if (specs.length === 0) return [];
  const asked = ['ls-files', '-z', '--others', ...options, '--', ...specs];
  return (runGitSafely(root, asked, [0], { env: environment }) ?? '')
    .split('\0')
    .filter((each) => each !== '')
    .slice(0, maxLooked)
    .map((each) => join(root, each).replace(/\/$/, ''));
}

/** What the checkpoint left out, since it was too large or too much. */
function leftOf(lost: LostByWords, folders: readonly KeptFolder[]): string[] {
  const left = folders.flatMap((folder) => folder.left).map((path) => path.replace(/\/$/, ''));
  if (!lost.isPattern)
    return left.some((each) => isInside(each, lost.path))
      ? [lost.path]
      : left.filter((each) => isInside(lost.path, each));
  const { literal, rest } = splitPattern('/', lost.path);
  const isMatch = matchPaths([lost.path], { dot: true });
  return left.flatMap((each) => {
    if (isInside(each, literal)) return expand(lost);
    if (!isInside(literal, each)) return [];
    return isMatch(each) ? [each] : rest.includes('/') ? expand({ ...lost, path: join(each, basename(rest)) }) : [];
  });
}

/** The files that a pattern for one folder means; of one for all folders below, where that begins. */
function expand({ path, isPattern }: LostByWords): string[] {
  if (!isPattern) return [path];
  const { literal, rest } = splitPattern('/', path);
  if (rest === '' || rest.includes('/')) return [literal];
  const isMatch = matchPaths([rest], { dot: true });
  try {
    return readdirSync(literal)
      .slice(0, maxLooked)
      .filter(isMatch)
      .map((name) => join(literal, name));
  } catch {
    return [];
  }
}

/** Where there is no checkpoint: all of it, but what the user's own git has as it is. */
function changedSinceCommit(lost: LostByWords): string[] {
  const { literal, rest } = lost.isPattern
    ? splitPattern('/', lost.path)
    : { literal: dirname(lost.path), rest: basename(lost.path) };
  const spec = `:(${lost.isPattern ? 'glob' : 'literal'})${rest}`;
  const listed = runGitSafely(literal, ['ls-files', '-z', '--others', '--modified', '--directory', '--', spec]);
  if (rest === '' || listed === undefined) return expand(lost);
  return listed
    .split('\0')
    .filter((each) => each !== '')
    .slice(0, maxLooked)
    .map((each) => join(literal, each));
}

function isRemade(root: string, path: string): boolean {
  return relative(root, path)
    .split('/')
    .some((part) => remade.test(part));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The path with its folder's links resolved: what is deleted or replaced is the link itself. */
function realPlace(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/** In a new folder may lie what was moved there. */
function mayBeLost({ path, isReplaced }: LostByWords, startedAtMs: number): boolean {
  return wasThere(path, startedAtMs, isReplaced === true) || (!isReplaced && isFolder(path));
}

/** Whether it was there before; where the system does not tell, as far as its last change says. */
function wasThere(path: string, timeMs: number, isFile: boolean): boolean {
  try {
    const stats = lstatSync(path);
    return !(isFile && stats.isDirectory()) && (stats.birthtimeMs || stats.mtimeMs) < timeMs;
  } catch {
    return false;
  }
}
