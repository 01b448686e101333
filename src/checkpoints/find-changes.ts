import { lstat } from 'node:fs/promises';
import { errorCode } from '../core/errors.ts';
import { inSlices } from '../core/process/in-slices.ts';
import { findCrowdedFolders, listUnlessCrowded } from './crowded-folders.ts';
import { chooseLeftOut, excludePattern, maxFiles, maxTotalBytes, type NewFile } from './leave-out.ts';
import { GitError, itemsOf, joinNul, onDisk, type StoreGit, splitNul } from './store-git.ts';

/** The folder whose files are kept, and the size from which on they are not. */
type Kept = { readonly root: string; readonly maxBytes: number };

type Found = {
  readonly removed: string[];
  readonly changed: string[];
  readonly left: string[];
  readonly nested: string[];
};

/** What differs from the index: one walk of git's, with its stat cache, its ignore rules and no reading of files that look unchanged. */
export async function findChanges(
  git: StoreGit,
  options: Kept,
  { passedOver, listTracked }: { passedOver: Set<string>; listTracked: () => Promise<ReadonlySet<string>> },
): Promise<Found> {
  const { output, crowded } = await listChanges(git, options, { passedOver, listTracked });
  const { removed, changed, nested, fresh } = await inSlices(sortChanges(output));
  const left: string[] = [];
  const keepable = async (path: string): Promise<number | undefined> => {
    const bytes = await keptBytes(options, path);
    if (typeof bytes === 'number') return bytes;
    removed.add(path);
    if (bytes === 'cannot be kept') left.push(path);
    return undefined;
  };
  for (const path of changed) if (removed.has(path) || (await keepable(path)) === undefined) changed.delete(path);
  // What the user's git has is kept, however much: it is new to a store that could not take the user's index over.
  const tracked = fresh.length > maxFiles || crowded.size > 0 ? await listTracked() : new Set<string>();
  if (crowded.size > 0) {
    // The walk passed over that of crowded folders as well.
    const all = [...tracked].map((path) => ({ path, weight: 0 }));
    for (const file of await inSlices(pick(all, ({ path }) => isIn(path, crowded)))) fresh.push(file);
  }
  const counted = tracked.size === 0 ? fresh : fresh.map(({ path }) => ({ path, weight: tracked.has(path) ? 0 : 1 }));
  const few = await inSlices(passOver(counted, passedOver));
  const weighed: NewFile[] = [];
  for (const { path } of few) {
    const bytes = removed.has(path) ? undefined : await keepable(path);
    if (bytes !== undefined) weighed.push({ path, weight: tracked.has(path) ? 0 : bytes });
  }
  for (const { path } of await inSlices(passOver(weighed, passedOver, maxTotalBytes))) changed.add(path);
  return { removed: [...removed], changed: [...changed], left, nested };
}

/** After so many, others may have their turn. */
const linesAtOnce = 1_000;

/** The lines of `ls-files -t` by what they say; there may be half a million. */
function* sortChanges(output: Buffer) {
  const [removed, changed] = [new Set<string>(), new Set<string>()];
  const nested: string[] = [];
  const fresh: NewFile[] = [];
  let count = 0;
  for (const line of itemsOf(output)) {
    const [tag, path] = [line[0], line.slice(2)];
    if (tag === 'R') removed.add(path);
    else if (path.endsWith('/')) nested.push(path);
    else if (tag === '?') fresh.push({ path, weight: 1 });
    else changed.add(path);
    count += 1;
    if (count % linesAtOnce === 0) yield;
  }
  return { removed, changed, nested, fresh };
}

/** New folders that make git's walk long since they hold too much are passed over from then on. */
async function listChanges(
  git: StoreGit,
  { root }: Kept,
  { passedOver, listTracked }: { passedOver: Set<string>; listTracked: () => Promise<ReadonlySet<string>> },
): Promise<{ output: Buffer; crowded: ReadonlySet<string> }> {
  const list = (words: readonly string[], stop: AbortSignal) => {
    const excluding = [...passedOver].slice(0, maxPatterns).map((path) => `--exclude=${excludePattern(path)}`);
    return git(['ls-files', '-z', '-o', ...words, '--exclude-standard', ...excluding], undefined, stop);
  };
  const crowded = new Set<string>();
  for (;;) {
    const listed = await listUnlessCrowded(
      (stop) => list(['-t', '-m', '-d'], stop),
      async (stop) => {
        const names = splitNul(await list(['--directory'], stop));
        return findCrowdedFolders(
          root,
          names.filter((name) => name.endsWith('/') && !passedOver.has(name)),
          { ignored: (paths) => listIgnored(git, paths, stop), tracked: await listTracked() },
        );
      },
      // Where some are crowded there may be more: those for which there was no time.
      crowded.size > 0 ? 0 : undefined,
    );
    if ('output' in listed) return { output: listed.output, crowded };
    for (const path of listed.crowded) {
      passedOver.add(path);
      crowded.add(path);
    }
  }
}

/** Those of some new paths that git ignores. */
async function listIgnored(git: StoreGit, paths: readonly string[], stop: AbortSignal): Promise<string[]> {
  try {
    return splitNul(await git(['check-ignore', '--no-index', '-z', '--stdin'], joinNul(paths), stop));
  } catch (error) {
    // So git says that it is none of them.
    if (error instanceof GitError && error.exitCode === 1) return [];
    throw error;
  }
}

/** More patterns than this are no command line; single files beyond them are listed each time, and passed over all the same. */
const maxPatterns = 500;

/** The new files without those that are passed over, now or since before. */
function* passOver(
  files: readonly NewFile[],
  passedOver: Set<string>,
  limit?: number,
): Generator<undefined, readonly NewFile[]> {
  const known = yield* pick(files, ({ path }) => !passedOver.has(path));
  const tooMany = chooseLeftOut(known, limit);
  if (tooMany.length === 0) return known;
  for (const path of tooMany) passedOver.add(path);
  return yield* pick(known, ({ path, weight }) => weight === 0 || !isIn(path, passedOver));
}

function* pick(files: readonly NewFile[], isWanted: (file: NewFile) => boolean): Generator<undefined, NewFile[]> {
  const picked: NewFile[] = [];
  for (const [index, file] of files.entries()) {
    if (isWanted(file)) picked.push(file);
    if (index % linesAtOnce === 0) yield;
  }
  return picked;
}

/** Whether a path or a folder that it lies in is among these. */
function isIn(path: string, paths: ReadonlySet<string>): boolean {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1))
    if (paths.has(path.slice(0, end + 1))) return true;
  return paths.has(path);
}

/** The size in bytes of a file that can be kept. */
async function keptBytes(options: Kept, path: string): Promise<number | 'gone' | 'cannot be kept'> {
  const stats = await lstat(onDisk(options.root, path)).catch((error: unknown) => errorCode(error));
  if (stats === 'ENOENT' || stats === 'ENOTDIR') return 'gone';
  if (typeof stats !== 'object') return 'cannot be kept';
  if (stats.isSymbolicLink()) return 0;
  const isReadable = process.getuid?.() === 0 || (stats.mode & 0o444) !== 0;
  return isReadable && stats.isFile() && stats.size <= options.maxBytes ? stats.size : 'cannot be kept';
}
