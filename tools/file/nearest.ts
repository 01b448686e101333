import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pinFolder } from '../../src/core/disk/pinned-folder.ts';
import type { Workspace } from '../../src/core/tool.ts';
import { quoteName, showPath } from './paths.ts';

/** The working folder, and which names are not told. */
export type Here = Pick<Workspace, 'cwd' | 'denies'>;

const entriesLookedAt = 5000;
const skippedFolders = new Set(['.git', 'node_modules', '.venv', 'dist', 'target']);

/**
 * What a missing path may have meant, in words: names like it in its folder, files of the same name elsewhere under `cwd`, or the
 * folder on its way that does not exist. Looks at a bounded number of entries. `checkedPath`: the real path that was allowed; names come from
 * there and nowhere else.
 */
export async function describeNearest(here: Here, given: string, checkedPath?: string): Promise<string> {
  const { cwd } = here;
  const path = checkedPath ?? given;
  const folder = await deepestFolder(dirname(path));
  const real = checkedPath === undefined ? await realpath(folder) : folder;
  const wanted = basename(path);
  const missing = folder === dirname(path) ? '' : ` The folder ${showPath(cwd, dirname(path))} does not exist.`;
  const near = folder === dirname(path) ? await namesLike(here, real, wanted) : [];
  const same = await filesNamed(here, wanted);
  const found = [...new Set([...near.map((name) => join(folder, name)), ...same])].slice(0, 5);
  if (found.length > 0) return `${missing} Did you mean ${found.map((each) => showPath(cwd, each)).join(' or ')}?`;
  const names = await firstNames(here, real, 15);
  if (names.length === 0) return `${missing} ${showPath(cwd, folder)} is empty.`;
  return `${missing} ${showPath(cwd, folder)} holds: ${names.join(', ')}.`;
}

async function deepestFolder(folder: string): Promise<string> {
  let current = folder;
  while (dirname(current) !== current) {
    const found = await stat(current).catch(() => undefined);
    if (found?.isDirectory()) return current;
    current = dirname(current);
  }
  return current;
}

/** Up to `limit` names of a folder, given by its real path, for the model: folders with a slash, sorted. An unreadable folder has none. */
export async function firstNames(here: Here, folder: string, limit: number): Promise<string[]> {
  const entries = await list(here, folder);
  const names = entries.map((entry) => quoteName(entry.name) + (entry.isDirectory() ? '/' : '')).sort();
  return names.length > limit ? [...names.slice(0, limit), `… (${names.length - limit} more)`] : names;
}

/** In a folder that was put in the place of this one nothing is looked up. */
async function list({ denies }: Here, folder: string): Promise<Dirent[]> {
  const isDenied = denies?.();
  const entries: Dirent[] = [];
  try {
    const held = await pinFolder(folder);
    try {
      for await (const entry of await opendir(held.path)) {
        if (!isDenied?.(join(folder, entry.name))) entries.push(entry);
        if (entries.length >= entriesLookedAt) break;
      }
    } finally {
      await held.close();
    }
  } catch {
    return entries;
  }
  return entries;
}

async function namesLike(here: Here, folder: string, wanted: string): Promise<string[]> {
  const scored = (await list(here, folder)).map((entry) => ({
    name: entry.name,
    score: likeness(plain(entry.name), plain(wanted)),
  }));
  return scored
    .filter(({ score }) => score >= 0.6)
    .sort((left, right) => right.score - left.score || left.name.localeCompare(right.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

function plain(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

async function filesNamed(here: Here, wanted: string): Promise<string[]> {
  const { cwd } = here;
  const found: string[] = [];
  const top = await realpath(cwd);
  const queue = [top];
  let looked = 0;
  for (
    let folder = queue.shift();
    folder !== undefined && looked < entriesLookedAt && found.length < 3;
    folder = queue.shift()
  ) {
    for (const entry of await list(here, folder)) {
      looked += 1;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) queue.push(join(folder, entry.name));
      } else if (plain(entry.name) === plain(wanted)) found.push(join(cwd, relative(top, folder), entry.name));
    }
  }
  return found;
}

/** Dice's coefficient over pairs of neighbouring characters: 1 for equal strings, 0 for nothing in common. */
export function likeness(left: string, right: string): number {
  if (left === right) return 1;
  if (left.length < 2 || right.length < 2) return 0;
  const pairs = new Map<string, number>();
  for (let index = 0; index < left.length - 1; index += 1) {
    const pair = left.slice(index, index + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let common = 0;
  for (let index = 0; index < right.length - 1; index += 1) {
    const pair = right.slice(index, index + 2);
    const left = pairs.get(pair) ?? 0;
    if (left > 0) {
      common += 1;
      pairs.set(pair, left - 1);
    }
  }
  return (2 * common) / (left.length + right.length - 2);
}
