import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inSlices } from '../core/process/in-slices.ts';
import { chooseLeftOut, maxFiles, type NewFile } from './leave-out.ts';
import { textOfPath } from './store-git.ts';

/** Git's walk is given this long before it is looked for what makes it long, in milliseconds. */
const patienceMs = 500;
/** After so many entries the folders that are left count as full. */
const maxEntries = 100_000;
const passedOver = new Set(['.git', 'node_modules', '.venv', 'venv', '__pycache__', '.tox', '.gradle', '.cache']);

/** The answer of a walk, or the folders that made it too long. */
export type Listed = { readonly output: Buffer } | { readonly crowded: readonly string[] };

/**
 * Lets git list what is new. When that takes long, it is given up as soon as whole new folders are found that hold more files than a
 * snapshot takes; otherwise it is waited for. Throws what the walk throws.
 */
export async function listUnlessCrowded(
  list: (signal: AbortSignal) => Promise<Buffer>,
  findCrowded: (signal: AbortSignal) => Promise<readonly string[]>,
): Promise<Listed> {
  const [walking, looking] = [new AbortController(), new AbortController()];
  const walk = list(walking.signal);
  const walked = walk.then(
    () => [],
    () => [],
  );
  const patience = wait(patienceMs, undefined, { signal: looking.signal }).then(() => findCrowded(looking.signal));
  const crowded = await Promise.race([walked, patience.catch(() => walked)]);
  looking.abort();
  if (crowded.length === 0) return { output: await walk };
  walking.abort();
  return { crowded };
}

/**
 * Which of some new folders (`/` at their ends, bytes as characters) to leave out so that a snapshot stays quick, by a count of all files in
 * them but those of installed packages: what git ignores there is not known.
 */
export async function findCrowdedFolders(root: string, folders: readonly string[]): Promise<readonly string[]> {
  return chooseLeftOut(await inSlices(weighFolders(root, folders)));
}

function* weighFolders(root: string, folders: readonly string[]): Generator<undefined, NewFile[]> {
  const weighed: NewFile[] = [];
  let left = maxEntries;
  for (const path of folders) {
    const folder = join(root, textOfPath(path));
    // Git does not look into a repository of its own either.
    if (existsSync(join(folder, '.git'))) continue;
    const { files, entries } = left > 0 ? yield* countFiles(folder) : { files: maxFiles + 1, entries: 0 };
    left -= entries;
    weighed.push({ path, weight: files });
  }
  return weighed;
}

/** The files in a folder at any depth, and how many entries that took to see; no further than to `maxFiles`. */
function* countFiles(folder: string): Generator<undefined, { files: number; entries: number }> {
  const open = [folder];
  let [files, entries] = [0, 0];
  for (let path = open.pop(); path !== undefined && files <= maxFiles; path = open.pop()) {
    for (const entry of entriesOf(path)) {
      entries += 1;
      if (!entry.isDirectory()) files += 1;
      else if (!passedOver.has(entry.name)) open.push(join(path, entry.name));
    }
    yield;
  }
  return { files, entries };
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    // What we can't read can't be kept either, and git says so.
    return [];
  }
}
