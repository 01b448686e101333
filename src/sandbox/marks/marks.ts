import {
  constants as access,
  accessSync,
  type BigIntStats,
  type Dirent,
  opendirSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isRepository, repositoryNames, repositorySettings } from '../../core/disk/bare-repository.ts';
import { protectedByLink } from '../../core/disk/protected-links.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { errorCode } from '../../core/errors.ts';
import { inSlices } from '../../core/process/in-slices.ts';
import { createLinkedFinder } from './linked-repositories.ts';

/** What a confined command must not see, and what it must not change; real paths, outermost first. */
export type Marks = {
  readonly hidden: readonly string[];
  readonly fixed: readonly string[];
  /** Links with names that run code: nothing can be mounted over them, so new ones are looked for after a command. */
  readonly links?: readonly string[];
  /** Folders whose names are not UTF-8, and so can't be looked into. */
  readonly unnamed?: readonly string[];
  /** Named pipes: what reads one waits until somebody writes. They are hidden, too. */
  readonly pipes?: readonly string[];
  /** What is fixed, or would be if it were there, only because a link or a setting of git leads to it. */
  readonly led?: readonly string[];
  /** Of these, what the links lead to that this look has found. */
  readonly linked?: readonly string[];
};

export type MarkTests = {
  readonly isHidden: (path: string) => boolean;
  readonly isProtected: (path: string) => boolean;
  /** Further paths that must not be changed because links and settings lead to them, as they are when it is asked. */
  readonly actingPlaces?: () => readonly string[];
};

type Folder = {
  readonly stamp: string;
  readonly hidden: string[];
  readonly fixed: string[];
  readonly links: string[];
  readonly pipes: string[];
  readonly unnamed: string[];
  readonly folders: string[];
};

const maxFolders = 40_000;
/** A folder changed this shortly before it was looked at may change again within the same tick of the clock; it is looked at anew. */
const raceMs = 50;
/** After so many entries of one folder, others may have their turn. */
const entriesAtOnce = 500;

/** Finds the marks as they stand now, while everything else goes on; undefined when not everything can be looked through. */
export type MarkFinder = () => Promise<Marks | undefined>;

/**
 * Makes a function that finds the marks of some folders: secrets, settings that run code, and sockets and pipes, which lead to other
 * programs. The first call looks through everything but installed packages (of these only repositories that git enters by itself); later ones
 * only through folders that changed. It gives
 * undefined when there are more than `most` folders to look through, or one lies too deep to be opened. A folder that may not be read
 * is hidden whole, since a command could open it. `passesDeep`: what lies too deep, where no program obeys it, is passed over.
 */
export function createMarkFinder(
  roots: readonly string[],
  tests: MarkTests,
  most: number = maxFolders,
  passesDeep = false,
): MarkFinder {
  const known = new Map<string, Folder>();
  const findLinked = createLinkedFinder(roots);
  return () => inSlices(findMarks(roots, { known, findLinked, passesDeep }, tests, most));
}

/** Of more folders than these not even what runs code is looked for. */
const foldersAfter = 1_000_000;

/** Looks, after a command that made the workspace unsearchable, for what runs code all the same; what is hidden it leaves out then. */
export function lookFurther(look: MarkFinder, roots: readonly string[], tests: MarkTests): MarkFinder {
  const further = createMarkFinder(roots, { ...tests, isHidden: () => false }, foldersAfter, true);
  return async () => (await look()) ?? (await further());
}

/** Looks no more once there was too much to look through. */
export function untilTooLarge(find: MarkFinder): MarkFinder {
  let isTooLarge = false;
  return async () => {
    const marks = isTooLarge ? undefined : await find();
    isTooLarge = marks === undefined;
    return marks;
  };
}

type Memory = {
  readonly known: Map<string, Folder>;
  readonly findLinked: ReturnType<typeof createLinkedFinder>;
  readonly passesDeep: boolean;
};

/** One look. It yields wherever others may have their turn. */
function* findMarks(
  roots: readonly string[],
  { known, findLinked, passesDeep }: Memory,
  tests: MarkTests,
  most: number,
): Generator<undefined, Marks | undefined> {
  const marks = { hidden: new Set<string>(), fixed: new Set<string>(), links: new Set<string>() };
  const [pipes, unnamed]: [string[], string[]] = [[], []];
  const open = [...roots];
  for (let count = 0; open.length > 0; count += 1) {
    const path = open.pop()!;
    if (passesDeep && isTooDeep(path)) continue;
    if (count > most || isTooDeep(path)) return undefined;
    yield;
    const folder = yield* lookAt(path, known.get(path), tests);
    if (folder === 'unknown') return undefined;
    if (!folder) continue;
    known.set(path, folder);
    for (const each of folder.hidden) marks.hidden.add(each);
    for (const each of folder.fixed) marks.fixed.add(each);
    for (const each of folder.links) marks.links.add(each);
    pipes.push(...folder.pipes);
    unnamed.push(...folder.unnamed);
    for (const each of folder.folders) open.push(each);
  }
  const repositories = [...marks.fixed].filter((path) => basename(path) === '.git').map((path) => dirname(path));
  for (const path of findLinked(repositories)) if (tests.isProtected(path)) addActing(path, marks);
  const linked = tests.actingPlaces ? ledByLinks([...marks.links], roots) : [];
  const led = [...new Set([...(tests.actingPlaces?.() ?? []), ...linked])];
  for (const path of led) addActing(path, marks);
  const { hidden, fixed, links } = marks;
  return { hidden: outermost([...hidden]), fixed: [...fixed].sort(), links: [...links], pipes, unnamed, led, linked };
}

function addActing(path: string, marks: { readonly fixed: Set<string>; readonly links: Set<string> }): void {
  const state = statIfThere(path);
  if (state) (state.isSymbolicLink() ? marks.links : marks.fixed).add(path);
}

/** What protected links lead to in the workspace. */
function ledByLinks(links: readonly string[], roots: readonly string[]): string[] {
  return links
    .flatMap((link) => protectedByLink(link, roots.find((root) => link.startsWith(`${root}/`)) ?? ''))
    .filter((path) => roots.some((root) => path === root || path.startsWith(`${root}/`)));
}

/** The system opens no path of more than 4,095 bytes, and a name has 255 at most: what lies deeper can be reached, but not mounted over. */
const maxPathBytes = 3_800;

export function isTooDeep(path: string): boolean {
  return path.length * 3 > maxPathBytes && Buffer.byteLength(path) > maxPathBytes;
}

function* lookAt(
  path: string,
  before: Folder | undefined,
  tests: MarkTests,
): Generator<undefined, Folder | 'unknown' | undefined> {
  const state = stateOf(path);
  if (state === 'unknown') return state;
  if (!state?.isDirectory()) return undefined;
  // The stamp is older than the list of entries, so what changes while that is read is seen the next time.
  const isFresh = Date.now() - Number(state.ctimeMs) < raceMs;
  const stamp = isFresh ? '' : `${state.ino} ${state.mtimeNs} ${state.ctimeNs}`;
  if (before && before.stamp === stamp && stamp !== '') return before;
  const folder: Folder = { stamp, hidden: [], fixed: [], links: [], pipes: [], unnamed: [], folders: [] };
  const isInside = tests.isProtected(path);
  const repositoryParts = new Set<string>();
  let count = 0;
  try {
    accessSync(path, access.R_OK | access.X_OK);
    for (const entry of entriesOf(path, state.size)) {
      sort(path === '/' ? `/${entry.name}` : `${path}/${entry.name}`, entry, folder, isInside, tests);
      if (repositoryNames.includes(entry.name)) repositoryParts.add(entry.name);
      count += 1;
      if (count % entriesAtOnce === 0) yield;
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return undefined;
    return { ...folder, stamp: '', hidden: [realOf(path) ?? path], folders: [] };
  }
  const has = (name: string) => repositoryParts.has(name);
  if (isRepository(has)) folder.fixed.push(...repositorySettings.filter(has).map((name) => join(path, name)));
  return folder;
}

function stateOf(path: string): BigIntStats | 'unknown' | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return 'unknown';
  }
}

function* entriesOf(path: string, bytes: bigint): Generator<Dirent> {
  if (bytes < largeFolderBytes) yield* readdirSync(path, { withFileTypes: true });
  else yield* entriesBitByBit(path);
}

/** From this size of its own on a folder may have so many entries that others would have to wait until they are listed. */
const largeFolderBytes = 100_000n;

function* entriesBitByBit(path: string): Generator<Dirent> {
  const folder = opendirSync(path, { bufferSize: 256 });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry;
  } finally {
    folder.closeSync();
  }
}

function sort(
  path: string,
  entry: Dirent,
  folder: Folder,
  isInside: boolean,
  { isHidden, isProtected }: MarkTests,
): void {
  if (!isInside && isProtected(path)) (entry.isSymbolicLink() ? folder.links : folder.fixed).push(path);
  if (entry.isFIFO()) folder.pipes.push(path);
  if (isHidden(path) || entry.isSocket() || entry.isFIFO()) {
    const real = realOf(path);
    if (real !== undefined) folder.hidden.push(real);
    return;
  }
  if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name === '.git') return;
  // So are bytes given that are no text.
  const isUnnamed = entry.name.includes('\ufffd') && statIfThere(path) === undefined;
  (isUnnamed ? folder.unnamed : folder.folders).push(path);
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export function outermost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((path) => !foldersAbove(path).some((outer) => all.has(outer))).sort();
}

function foldersAbove(path: string): string[] {
  const found: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) found.push(path.slice(0, end));
  return found;
}
