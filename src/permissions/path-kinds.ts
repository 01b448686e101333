import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isExample, looksSecret } from '../core/disk/secret-paths.ts';
import { setAsideFolder } from '../core/disk/set-aside-folder.ts';
import { escapePattern, matchPaths, readingsOf, splitPattern } from '../core/text/path-pattern.ts';
import type { PermissionRule } from './rules.ts';

/** The folders that context needs. `roots`: the workspace first, then each --add-dir. All absolute. */
export type PermissionPlaces = {
  readonly cwd: string;
  readonly home: string;
  readonly roots: readonly string[];
  /** Folders that may be read without a question although they lie outside (kept outputs of long commands). */
  readonly readable: readonly string[];
  /** Folders that hold this program's own state (sessions, keys): secret as a whole. */
  readonly secretFolders: readonly string[];
  /** A folder that is a copy of another (a worktree): what a rule closes to reading in the original it closes in the copy. */
  readonly copy?: FolderCopy | undefined;
};

export type FolderCopy = { readonly folder: string; readonly original: string };

/**
 * The path with every link and `..` resolved, for files that do not exist yet too; undefined when it can't be known (a loop of
 * links, a folder that may not be searched).
 */
export function resolveReal(path: string, hops = 0): string | undefined {
  if (hops > 40) return undefined;
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path) return path;
    try {
      if (lstatSync(path).isSymbolicLink()) return resolveReal(resolve(dirname(path), readlinkSync(path)), hops + 1);
    } catch (error) {
      if (!isMissing(error)) return undefined;
    }
    const real = resolveReal(parent, hops + 1);
    return real === undefined ? undefined : join(real, basename(path));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Whether a path is the folder or lies in it; both absolute and normalised. */
export function isInside(folder: string, path: string): boolean {
  // Asked half a million times in a large workspace.
  if (isPlain(folder) && isPlain(path)) return path === folder || path.startsWith(`${folder}/`);
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** An absolute path of a system with slashes that holds nothing that would have to be worked out first. */
function isPlain(path: string): boolean {
  return sep === '/' && path.startsWith('/') && !/\/\.{0,2}(\/|$)/.test(path);
}

/** The places with their links resolved, so that real paths can be compared with them. */
export function resolvePlaces(places: PermissionPlaces): PermissionPlaces {
  const real = (path: string) => resolveReal(path) ?? path;
  return {
    cwd: real(places.cwd),
    home: real(places.home),
    roots: places.roots.map(real),
    readable: places.readable.map(real),
    secretFolders: places.secretFolders.map(real),
    copy: places.copy && { folder: real(places.copy.folder), original: real(places.copy.original) },
  };
}

/** Whether a path looks like it holds keys, passwords or tokens, or lies in this program's own state. */
export function isSecret(path: string, places: PermissionPlaces): boolean {
  if (looksSecret(path)) return true;
  if (!places.secretFolders.some((folder) => isInside(folder, path))) return false;
  const isShown = (folder: string) => isInside(folder, path) && !isInside(setAsideFolder(folder), path);
  return !isExample(path) && !places.readable.some(isShown);
}

/**
 * Whether a `read` or `edit` rule covers a path. Patterns are as in .gitignore: `~/` is the home folder, `/` is absolute, anything
 * with a slash counts from the workspace, a bare name covers that name at any depth, and a folder covers what lies in it.
 */
export function matchesPath(rule: PermissionRule, path: string, places: PermissionPlaces): boolean {
  return pathMatcher(rule, places)(path);
}

/** `matchesPath` for many paths: what a pattern means is worked out once. */
export function pathMatcher(rule: PermissionRule, places: PermissionPlaces): (path: string) => boolean {
  if (rule.pattern === undefined) return () => true;
  const { base, glob } = anchor(rule.pattern, places);
  const isMatch =
    glob === ''
      ? () => true
      : matchPaths(globsOf(rule, base, glob), { dot: true, nocase: process.platform === 'darwin' });
  const covers = (path: string) => {
    if (base !== undefined && !isInside(base, path)) return false;
    const subject = base === undefined ? path.slice(1) : relative(base, path);
    return isMatch(subject.split(sep).join('/'));
  };
  const { copy } = places;
  // What may not be written is told when the copy's changes are brought back.
  if (copy === undefined || rule.effect === 'allow' || rule.kind !== 'read') return covers;
  return (path) =>
    covers(path) || (isInside(copy.folder, path) && covers(join(copy.original, relative(copy.folder, path))));
}

/**
 * What a rule's pattern may mean. Its beginning that exists on disk is literal, so that `edit(app/[id]/**)` is about that folder; what
 * allows means no more than that, and what denies or asks means every reading, so that it never silently protects nothing.
 */
function globsOf({ effect }: PermissionRule, base: string | undefined, glob: string): string[] {
  const widen = (each: string) => [each, `${each}/**`];
  if (base === undefined) return readingsOf(glob).flatMap((each) => widen(`**/${each}`));
  const { literal, rest } = splitPattern(base, glob);
  const standing = [escapePattern(literal), rest].filter((part) => part !== '').join('/');
  const readings = effect === 'allow' ? readingsOf(standing) : [standing, ...readingsOf(glob)];
  return readings.flatMap(widen);
}

function anchor(pattern: string, places: PermissionPlaces): { base: string | undefined; glob: string } {
  const trimmed = pattern.length > 1 ? pattern.replace(/\/+$/, '') : pattern;
  if (trimmed === '~') return { base: places.home, glob: '' };
  if (trimmed.startsWith('~/')) return { base: places.home, glob: trimmed.slice(2) };
  if (trimmed.startsWith('/')) return { base: '/', glob: trimmed.slice(1) };
  const local = trimmed.replace(/^(\.\/)+/, '');
  if (local === '.' || local === '') return { base: places.cwd, glob: '' };
  if (local.startsWith('../')) return { base: '/', glob: resolve(places.cwd, local).slice(1) };
  return local.includes('/') ? { base: places.cwd, glob: local } : { base: undefined, glob: local };
}

/** Whether a rule's own pattern names a secret, so that it was meant for one (`read(.env)`, not `read(**)`). */
export function namesSecret(rule: PermissionRule, places: PermissionPlaces): boolean {
  if (rule.pattern === undefined) return false;
  return (
    isSecret(rule.pattern.replace(/(\/\*\*)?(\/\*)?$/, '').replace(/\*+$/, ''), places) ||
    isSecret(rule.pattern, places)
  );
}

/** The place up to which a pattern leaves nothing open: of `a/b/**` it is `a/b`. */
export function literalStart(pattern: string, places: PermissionPlaces): string {
  const { base = places.cwd, glob } = anchor(pattern, places);
  return resolve(base, splitPattern(base, glob).literal);
}

/** The place outside the workspace that a pattern names as a whole (`~/data/**`, `/srv/x`); undefined for any other. */
export function literalPath(pattern: string, places: PermissionPlaces): string | undefined {
  const { base, glob } = anchor(pattern, places);
  if (base === undefined || base === places.cwd) return undefined;
  const literal = glob.replace(/(^|\/)\*\*?$/, '').replace(/\/\*\*$/, '');
  return splitPattern(base, literal).rest === '' ? resolve(base, literal) : undefined;
}
