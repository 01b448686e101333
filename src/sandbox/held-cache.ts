import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { folderSlug } from '../core/text/slug.ts';

/**
 * The folder in which starters of packages (`npx`, `uvx`) keep programs for a repository's servers: in the user's own caches, from which programs
 * start outside the sandbox, nothing can be written there. Each repository has its own, so that none puts programs into another's.
 */
export function heldCacheOf(winkHome: string, repository: string): string {
  return join(cachesIn(winkHome), folderSlug(repository));
}

/** Makes the folder, notes that it is used, and gives the variables by which the starters find it, as words of `env`. */
export function useHeldCache(folder: string): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  utimesSync(folder, new Date(), new Date());
  return starters.map(([name, place]) => `${name}=${join(folder, place)}`);
}

const starters = [
  ['npm_config_cache', 'npm'],
  ['UV_CACHE_DIR', 'uv'],
  ['BUN_INSTALL_CACHE_DIR', 'bun'],
  ['DENO_DIR', 'deno'],
  ['PIPX_HOME', 'pipx'],
] as const;

/** Removes those that were not used for so many days. */
export function pruneHeldCaches(winkHome: string, days: number): void {
  const oldest = Date.now() - days * 24 * 3600 * 1000;
  const top = cachesIn(winkHome);
  if (statSync(top, { throwIfNoEntry: false }) === undefined) return;
  for (const folder of readdirSync(top).map((name) => join(top, name)))
    if (statSync(folder).mtimeMs < oldest) rmSync(folder, { recursive: true, force: true });
}

function cachesIn(winkHome: string): string {
  return join(winkHome, 'held');
}
