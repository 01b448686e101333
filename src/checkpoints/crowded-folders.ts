import { type Dir, type Dirent, existsSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inSlices } from '../core/process/in-slices.ts';
import { chooseLeftOut, maxFiles } from './leave-out.ts';
import { bytePath, textOfPath } from './store-git.ts';

/** Git's walk is given this long before it is looked for what makes it long, in milliseconds. */
const patienceMs = 500;
/** After so many entries in all, no more are looked at. */
const maxEntries = 100_000;
/** The same for one folder. */
const maxSeen = 20_000;
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
  patience = patienceMs,
): Promise<Listed> {
  const [walking, looking] = [new AbortController(), new AbortController()];
  const walk = list(walking.signal);
  const walked = walk.then(
    () => [],
    () => [],
  );
  const look = wait(patience, undefined, { signal: looking.signal }).then(() => findCrowded(looking.signal));
  const crowded = await Promise.race([walked, look.catch(() => walked)]);
  looking.abort();
  if (crowded.length === 0) return { output: await walk };
  walking.abort();
  return { crowded };
}

/** What git makes of new paths (bytes as characters): which it ignores, and which the user's own git keeps. */
export type GitsView = {
  readonly ignored: (paths: readonly string[]) => Promise<readonly string[]>;
  readonly tracked: ReadonlySet<string>;
};

/**
 * Which of some new folders (`/` at their ends, bytes as characters) to leave out so that a snapshot stays quick, by a count of the files in
 * them that a snapshot would take. What there is no time to look at does not count.
 */
export async function findCrowdedFolders(
  root: string,
  folders: readonly string[],
  { ignored, tracked }: GitsView,
  most = maxEntries,
): Promise<readonly string[]> {
  const counts: Count[] = folders.map((path) => ({ path, weight: 0, seen: 0 }));
  const open = counts.map((count) => openFolder(root, count.path, count)).reverse();
  let left = most;
  try {
    while (left > 0 && open.length > 0) {
      const batch = await inSlices(nextBatch(open));
      left -= batch.length;
      const passed = new Set(batch.length === 0 ? [] : await ignored(batch.map(({ path }) => path)));
      for (const { path, isFolder, count } of batch) {
        if (passed.has(path)) continue;
        if (isFolder) open.push(openFolder(root, `${path}/`, count));
        else if (!tracked.has(path)) count.weight += 1;
      }
    }
  } finally {
    for (const { entries } of open) entries.return();
  }
  return chooseLeftOut(counts);
}

/** The files counted in a new folder, and how many entries that took to see. */
type Count = { readonly path: string; weight: number; seen: number };
type Entry = { readonly path: string; readonly isFolder: boolean; readonly count: Count };
type OpenFolder = { readonly path: string; readonly entries: Generator<Dirent, void>; readonly count: Count };

const openFolder = (root: string, path: string, count: Count): OpenFolder => ({
  path,
  entries: entriesOf(join(root, textOfPath(path))),
  count,
});

/** The next entries of the open folders; those at their end, and those of which enough is known, are closed. */
function* nextBatch(open: OpenFolder[]): Generator<undefined, Entry[]> {
  const batch: Entry[] = [];
  for (let folder = open.at(-1); folder !== undefined && batch.length <= maxFiles; folder = open.at(-1)) {
    const { path, entries, count } = folder;
    const isEnough = count.weight > maxFiles || count.seen >= maxSeen;
    const next = isEnough ? entries.return() : entries.next();
    if (next.done) open.pop();
    else {
      count.seen += 1;
      const isFolder = next.value.isDirectory();
      if (!isFolder || !passedOver.has(next.value.name))
        batch.push({ path: path + bytePath(next.value.name), isFolder, count });
    }
    if (next.done || batch.length % 100 === 0) yield;
  }
  return batch;
}

function* entriesOf(path: string): Generator<Dirent, void> {
  // Git does not look into a repository of its own either.
  if (existsSync(join(path, '.git'))) return;
  let folder: Dir;
  try {
    folder = opendirSync(path, { bufferSize: 1_000 });
  } catch {
    // What we can't read can't be kept either, and git says so.
    return;
  }
  try {
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) yield entry;
  } finally {
    folder.closeSync();
  }
}
