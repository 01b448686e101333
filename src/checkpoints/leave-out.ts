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
  const left: string[] = [];
  let rest = files;
  for (let total = sum(rest); total > limit; total = sum(rest)) {
    const folder = heaviestFolder(rest);
    if (folder === '') return [...left, ...heaviestLoose(rest, total - limit)];
    left.push(folder);
    rest = rest.filter(({ path }) => !path.startsWith(folder));
  }
  return left;
}

/** The heaviest folder, as deep as most of its weight lies; '' when files in no folder weigh more. */
function heaviestFolder(files: readonly NewFile[]): string {
  let folder = '';
  let inside = files;
  for (;;) {
    const weights = new Map<string, number>();
    let loose = 0;
    for (const { path, weight } of inside) {
      const end = path.indexOf('/', folder.length);
      if (end === -1) loose += weight;
      else weights.set(path.slice(0, end + 1), (weights.get(path.slice(0, end + 1)) ?? 0) + weight);
    }
    const [next, weight] = [...weights].reduce((best, each) => (each[1] > best[1] ? each : best), ['', 0]);
    const isMain = folder === '' ? weight > loose : weight >= sum(inside) * mainShare;
    if (next === '' || !isMain) return folder;
    folder = next;
    inside = inside.filter(({ path }) => path.startsWith(next));
  }
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
