import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isRepository, repositoryNames, repositorySettings } from '../../core/disk/bare-repository.ts';
import { protectedThings } from '../../core/disk/protected-files.ts';
import { isInside, literalStart, type PermissionPlaces } from '../path-kinds.ts';
import type { PermissionRule } from '../rules.ts';

/** What must be known to tell what acts by itself. */
export type ActingContext = {
  /** The places with their links resolved. */
  readonly real: PermissionPlaces;
  /** The places as they are written. */
  readonly places: PermissionPlaces;
  /** What git runs in the workspace because its settings name it, and what links with protected names lead to; real. */
  readonly actingPlaces: readonly string[];
  /** The real paths that the same call writes. */
  readonly written: readonly string[];
};

/** Why a path runs code or changes settings by itself: the names in it that are known for that, and places that others made so. */
export type Acting = { readonly names: readonly string[]; readonly places: readonly string[] };

/**
 * What of a real path acts by itself. A workspace may itself lie in such a folder (a worktree below `.claude`): the names in the way to it
 * don't count. Places are what git's settings name, and the file that makes git take a folder for a repository.
 */
export function findActing(path: string, context: ActingContext): Acting {
  const root = context.real.roots.find((each) => isInside(each, path));
  const names = protectedThings(root === undefined ? path : relative(root, path));
  const places = context.actingPlaces.filter((each) => isInside(each, path));
  const isPart = root !== undefined && names.length === 0 && completesRepository(path, root, context.written);
  return { names, places: isPart ? [...places, path] : places };
}

/** The names by which a path acts as it is written, where links on its way lead to another name. */
export function actingNames(path: string, { places }: ActingContext): string[] {
  const root = places.roots.find((each) => isInside(each, path));
  return root === undefined ? [] : protectedThings(relative(root, path));
}

/** Whether a rule's own pattern names each thing by which a path acts, so that it was meant for it (`edit(.vscode/**)`, not `edit(sub/**)`). */
export function coversActing(rule: PermissionRule, { names, places }: Acting, context: ActingContext): boolean {
  if (names.length + places.length === 0) return true;
  if (rule.pattern === undefined) return false;
  const named = protectedThings(rule.pattern);
  const start = literalStart(rule.pattern, context.real);
  return names.every((each) => named.includes(each)) && places.every((each) => isInside(each, start));
}

/** Whether a folder around a file becomes, with it and the other files that are written together, or is, a repository with settings of its own. */
function completesRepository(path: string, root: string, written: readonly string[]): boolean {
  const way = relative(root, path).split(sep);
  return way.some((name, index) => {
    if (!repositoryNames.includes(name)) return false;
    const folder = join(root, ...way.slice(0, index));
    const has = (each: string) => {
      const place = join(folder, each);
      return each === name || existsSync(place) || written.some((other) => isInside(place, other));
    };
    return isRepository(has) && repositorySettings.some(has);
  });
}
