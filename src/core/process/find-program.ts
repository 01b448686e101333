import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The full path of a program of the user's: the first on their PATH, but none from a relative folder or from one inside `roots`
 * (`node_modules/.bin` of a repository, which may hold anything). Undefined when there is none.
 */
export function findProgram(name: string, path: string | undefined, roots: readonly string[]): string | undefined {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/') && !roots.some((root) => `${folder}/`.startsWith(`${root}/`)))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The repository around a folder, else the folder itself. */
export function repositoryAround(folder: string): string {
  for (let each = folder; each !== dirname(each); each = dirname(each)) if (existsSync(join(each, '.git'))) return each;
  return folder;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
