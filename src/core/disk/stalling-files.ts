import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** A file that keeps a program waiting which reads it, and what it is: `is a pipe`. */
export type StallingFile = { readonly path: string; readonly what: string };

/** Git and ripgrep read these in each folder they come through. */
const inEachFolder = ['.gitignore', '.gitattributes'];
/** Git reads these at the top of a working tree. */
const atTheTop = [
  '.mailmap',
  '.gitmodules',
  ...['HEAD', 'config', 'index', 'packed-refs', 'shallow', 'info/exclude', 'info/attributes'].map(
    (name) => `.git/${name}`,
  ),
];
/** No list of patterns that somebody wrote is as large. */
const mostBytes = 8_000_000;
const mostFolders = 50_000;
const lookMs = 3_000;

/** The last that was found, so that nobody waits for it again. */
let lastFound: StallingFile | undefined;

/** What it is that keeps whoever reads it waiting, or takes all memory: a pipe, a device, a huge file, or a link to one. */
function stallsBy(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory() || stats.isSocket()) return undefined;
    if (stats.isFIFO()) return 'is a pipe';
    if (!stats.isFile()) return 'is a device';
    if (path.endsWith('/.git/index') || path.endsWith('/.git/packed-refs')) return undefined;
    return stats.size > mostBytes ? `has ${Math.round(stats.size / 1_000_000)} MB` : undefined;
  } catch {
    return undefined;
  }
}

/** The file that was found to stall programs in a folder, if it still does. */
export function knownStallingFile(root: string): StallingFile | undefined {
  if (lastFound !== undefined && stallsBy(lastFound.path) === undefined) lastFound = undefined;
  if (lastFound === undefined) return undefined;
  const isBelow = !relative(root, lastFound.path).startsWith('..');
  const isAbove = !relative(dirname(lastFound.path), root).startsWith('..');
  return isBelow || isAbove ? lastFound : undefined;
}

/** Looks for what stalls git or ripgrep in a folder: in the folders above it, and below it, but for installed packages, as far as there is time. */
export async function findStallingFile(root: string): Promise<StallingFile | undefined> {
  const until = performance.now() + lookMs;
  const folders = [root];
  const look = (paths: readonly string[]) => {
    for (const path of paths) {
      const what = stallsBy(path);
      if (what !== undefined) return { path, what };
    }
    return undefined;
  };
  const above: string[] = [];
  for (let folder = root; folder !== dirname(folder); folder = dirname(folder)) above.push(folder);
  lastFound = look(above.flatMap((folder) => [...inEachFolder, ...atTheTop].map((name) => join(folder, name))));
  for (let count = 0; lastFound === undefined && count < mostFolders && performance.now() < until; count += 1) {
    const folder = folders.shift();
    if (folder === undefined) return undefined;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    lastFound = look(entries.filter(({ name }) => inEachFolder.includes(name)).map(({ name }) => join(folder, name)));
    for (const entry of entries)
      if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules')
        folders.push(join(folder, entry.name));
  }
  return lastFound;
}

/** For people and the model: `sub/.gitignore is a pipe`. */
export function describeStallingFile({ path, what }: StallingFile, root: string): string {
  return `${relative(root, path)} ${what}`;
}
