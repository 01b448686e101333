import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { readText } from '../core/disk/read-text.ts';
import { isObject, parseJson } from '../core/text/json.ts';

/** Folders of a repository that hold its own tools. */
const toolFolders = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'vendor/bin'];

/** The file of a program: in the repository's own tools, then on PATH; undefined where it is not installed. */
export function findProjectProgram(
  name: string,
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (name.includes('/')) return [isAbsolute(name) ? name : join(repository, name)].find(isProgram);
  const folders = [...toolFolders.map((folder) => join(repository, folder)), ...(env.PATH ?? '').split(delimiter)];
  return folders
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The major version of the npm package whose program (`bin/NAME`) this file is; undefined where it is not of that package. */
export function majorVersion(file: string, name: string): number | undefined {
  try {
    const manifest = parseJson(readText(join(dirname(realpathSync(file)), '..', 'package.json')));
    if (!isObject(manifest) || manifest.name !== name) return undefined;
    const major = Number.parseInt(String(manifest.version), 10);
    return Number.isNaN(major) ? undefined : major;
  } catch {
    return undefined;
  }
}
