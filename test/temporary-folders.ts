import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the file in which the tests note their temporary folders, a line each. */
export const foldersVariable = 'WINK_TEST_FOLDERS';

/** Before all tests: a file for their temporary folders. After them: those that they have left are removed. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'wink-folders-'));
  const list = join(folder, 'list');
  appendFileSync(list, '');
  process.env[foldersVariable] = list;
  return () => {
    for (const path of new Set(readFileSync(list, 'utf8').split('\n'))) if (path !== '') remove(path);
    remove(folder);
  };
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A process that a test has left still writes there, or a mount is in the way; that is no reason to fail.
  }
}
