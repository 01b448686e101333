import { lstatSync, type Stats } from 'node:fs';
import { errorCode } from '../errors.ts';

/** What is at a path, links not followed; undefined for nothing, also where a folder on its way is a file. */
export function statIfThere(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
