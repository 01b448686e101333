import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readText } from '../core/disk/read-text.ts';
import { isObject, parseJson } from '../core/text/json.ts';

/** What a file in the root says of the programs that are worth looking for. */
const programsOfFiles: readonly (readonly [string, readonly string[]])[] = [
  ['package.json', ['node', 'npm']],
  ['pnpm-lock.yaml', ['pnpm']],
  ['yarn.lock', ['yarn']],
  ['bun.lock', ['bun']],
  ['deno.json', ['deno']],
  ['pyproject.toml', ['python3', 'uv', 'pytest', 'ruff']],
  ['requirements.txt', ['python3', 'pip', 'pytest']],
  ['setup.py', ['python3', 'pip', 'pytest']],
  ['Cargo.toml', ['cargo']],
  ['go.mod', ['go']],
  ['Gemfile', ['ruby', 'bundle']],
  ['composer.json', ['php', 'composer']],
  ['pom.xml', ['java', 'mvn']],
  ['build.gradle', ['java', 'gradle']],
  ['build.gradle.kts', ['java', 'gradle']],
  ['CMakeLists.txt', ['cmake', 'ctest']],
  ['Makefile', ['make']],
  ['mix.exs', ['mix']],
  ['Dockerfile', ['docker']],
];

/** Programs that this repository's files call for and that are on the PATH, and those called for that are missing. */
export function findPrograms(folder: string, path: string): { installed: string[]; missing: string[] } {
  const wanted = new Set(['git', 'rg']);
  for (const [file, names] of programsOfFiles)
    if (existsSync(join(folder, file))) for (const name of names) wanted.add(name);
  const folders = path.split(delimiter).filter((each) => each !== '');
  const installed = [...wanted].filter((name) => isOnPath(name, folders));
  return { installed, missing: [...wanted].filter((name) => name !== 'rg' && !installed.includes(name)) };
}

/** Whether a program of this name can be started from one of the folders. */
export function isOnPath(name: string, folders: readonly string[]): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return folders.some((folder) => endings.some((ending) => isExecutable(join(folder, name + ending))));
}

function isExecutable(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The names of the scripts in package.json, at most 15. */
export function readScripts(folder: string): string[] {
  try {
    const manifest = parseJson(readText(join(folder, 'package.json')));
    const scripts = isObject(manifest) ? manifest.scripts : undefined;
    return isObject(scripts) ? Object.keys(scripts).slice(0, 15) : [];
  } catch {
    return [];
  }
}
