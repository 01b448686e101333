/** More new files than this are not looked at in one snapshot, nor more bytes than this: about a second of git's work each. */
export const maxFiles = 5_000;
export const maxTotalBytes = 200_000_000;

/** One looks deeper while one folder in a folder has this part of what it holds. */
const mainShare = 0.8;

export type NewFile = { readonly path: string; readonly weight: number };

/**
 * What to leave out of a snapshot so that it stays quick: of new files (their paths, and how much each weighs) as many folders, `/` at
 * their ends, as bring the rest under the limit, the heaviest first, each as deep as most of its weight lies. Where files that lie in no
 * folder are the heaviest, they are left out one by one.
 */
export function chooseLeftOut(files: readonly NewFile[], limit = maxFiles): string[] {
  let total = sum(files);
  if (total <= limit) return [];
  const root = weigh(files);
  const left: string[] = [];
  while (total > limit) {
    const way = heaviestFolder(root);
    const folder = way.at(-1);
    if (folder === undefined) return [...left, ...heaviestLoose(files, total - limit)];
    left.push(folder.path);
    total -= folder.weight;
    takeOut(root, way);
  }
  return left;
}

/** A folder with all that is new in it, at any depth. */
type Folder = { readonly path: string; weight: number; loose: number; readonly folders: Map<string, Folder> };

/** All folders, each with its weight, in one pass over the files: there may be half a million, those of a folder one after the other. */
function weigh(files: readonly NewFile[]): Folder {
  const root: Folder = { path: '', weight: 0, loose: 0, folders: new Map() };
  let way = [root];
  for (const { path, weight } of files) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (way.at(-1)?.path !== folder) way = wayTo(root, folder);
    for (const each of way) each.weight += weight;
    way[way.length - 1]!.loose += weight;
  }
  return root;
}

/** The folders down to one with this path, made where they are missing; the root first. */
function wayTo(root: Folder, path: string): Folder[] {
  const way = [root];
  let folder = root;
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const name = path.slice(folder.path.length, end + 1);
    const known = folder.folders.get(name);
    const next = known ?? { path: path.slice(0, end + 1), weight: 0, loose: 0, folders: new Map() };
    if (known === undefined) folder.folders.set(name, next);
    folder = next;
    way.push(folder);
  }
  return way;
}

/** The way to the heaviest folder, as deep as most of its weight lies; empty when files in no folder weigh more. */
function heaviestFolder(root: Folder): Folder[] {
  const way: Folder[] = [];
  for (let folder = root; ; ) {
    let next: Folder | undefined;
    for (const each of folder.folders.values()) if (each.weight > (next?.weight ?? 0)) next = each;
    if (next === undefined) return way;
    const isMain = folder === root ? next.weight > root.loose : next.weight >= folder.weight * mainShare;
    if (!isMain) return way;
    way.push(next);
    folder = next;
  }
}

/** Takes the folder at the end of a way out of those above it. */
function takeOut(root: Folder, way: readonly Folder[]): void {
  const gone = way.at(-1);
  if (gone === undefined) return;
  const above = [root, ...way.slice(0, -1)];
  for (const folder of above) folder.weight -= gone.weight;
  const parent = above.at(-1);
  parent?.folders.delete(gone.path.slice(parent.path.length));
}

/** As many of the files that lie in no folder, the heaviest first, as make up an excess; all of them when they are too few. */
function heaviestLoose(files: readonly NewFile[], excess: number): string[] {
  const loose = files.filter(({ path }) => !path.includes('/')).sort((one, other) => other.weight - one.weight);
  let gone = 0;
  const chosen: string[] = [];
  for (const { path, weight } of loose) {
    if (gone >= excess) break;
    gone += weight;
    chosen.push(path);
  }
  return chosen;
}

function sum(files: readonly NewFile[]): number {
  return files.reduce((total, { weight }) => total + weight, 0);
}

/** A folder or file as a pattern that makes git pass it over. */
export function excludePattern(path: string): string {
  return `/${path.replace(/[\\*?[\]!# ]/g, '\\$&')}`;
}
