import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** A name for a folder's own data: the folder's name for people, a hash of its real path so that two of one name stay apart. */
export function folderSlug(folder: string): string {
  let real = folder;
  try {
    real = realpathSync(folder);
  } catch {
    // A folder that is gone keeps the name it was called by.
  }
  const name =
    basename(real)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, 40) || 'root';
  return `${name}-${createHash('sha256').update(real).digest('hex').slice(0, 8)}`;
}
