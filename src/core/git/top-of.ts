import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the working tree that a folder lies in, if there is one. */
export function findTop(folder: string): string | undefined {
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return each;
    if (each === dirname(each)) return undefined;
  }
}

/** The same; the folder itself where there is none. */
export function topOf(folder: string): string {
  return findTop(folder) ?? folder;
}
