import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { privateFolder } from '../disk/private-folder.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What `spawn` needs to start a program of ours. */
export type OwnProgram = { readonly file: string; readonly env: Record<string, string> };

/** The workspaces of this process, in which the model's commands write. */
const workspaces = new Set<string>();

/** From now on no program in these folders is started for the agent itself, whatever the PATH says. */
export function keepProgramsOutOf(folders: readonly string[]): void {
  for (const folder of folders) workspaces.add(folder);
}

/**
 * A program that the agent starts for itself, outside of any sandbox: the user's, never one of the workspace or of the repository around
 * `cwd`. What it starts in turn is found in the same way. Where there is none, starting it fails with ENOENT.
 */
export function ownProgram(name: string, env: Env, cwd: string = process.cwd()): OwnProgram {
  const PATH = ownPath(env.PATH, cwd);
  return { file: findProgram(name, PATH, rootsAround(cwd)) ?? name, env: { ...definedOf(env), PATH } };
}

/** The full path of such a program; undefined when there is none. */
export function findOwnProgram(name: string, env: Env, cwd: string = process.cwd()): string | undefined {
  return findProgram(name, env.PATH, rootsAround(cwd));
}

/**
 * What a name on the PATH would start where that is not a program of the user's: one in a relative folder, in a workspace or in the repository
 * around `cwd`. Undefined when it is the user's, or there is none.
 */
export function findForeignProgram(name: string, env: Env, cwd: string = process.cwd()): string | undefined {
  const liesIn = testOf(rootsAround(cwd));
  const first = (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => ({ folder, file: resolve(cwd, folder, name) }))
    .find(({ file }) => isExecutable(file));
  if (first === undefined) return undefined;
  return !isAbsolute(first.folder) || liesIn(first.folder) || liesIn(first.file) ? first.file : undefined;
}

/** A PATH without relative folders and those that a workspace or the repository around `cwd` may fill. */
export function ownPath(path: string | undefined, cwd: string = process.cwd()): string {
  const liesIn = testOf(rootsAround(cwd));
  const folders = foldersOf(path).filter((folder) => !liesIn(folder));
  // An empty one would mean the folder that the program is started in.
  return folders.length === 0 ? '/usr/bin:/bin' : folders.join(delimiter);
}

/**
 * Where a program of the user's starts that is not about the workspace (their MCP servers, their status line, the command for a key): in an empty
 * folder of `winkHome`, with the PATH of `ownPath`. `npx` and its like take code and settings (`node_modules`, `.npmrc`) from the folder they start
 * in and those around it, so it is never one that the workspace or the repository around `cwd` may fill.
 */
export function ownPlace(
  env: Env,
  winkHome: string,
  cwd: string = process.cwd(),
): { cwd: string; env: Record<string, string> } {
  const folder = ownFolder(winkHome);
  return {
    cwd: isOfWorkspace(folder, cwd) ? '/' : folder,
    env: { ...definedOf(env), PATH: ownPath(env.PATH, cwd) },
  };
}

/** Where no folder can be made, the root does: it is nobody's repository. */
function ownFolder(winkHome: string): string {
  try {
    return privateFolder(join(winkHome, 'start'))();
  } catch {
    return '/';
  }
}

/** Whether a folder is a workspace, the repository around `cwd`, or inside one of them. */
export function isOfWorkspace(folder: string, cwd: string = process.cwd()): boolean {
  return testOf(rootsAround(cwd))(folder);
}

/**
 * An environment for what runs in the workspace for the user (hooks, MCP servers, their own git) and may need a program of it: what `ownPath`
 * leaves out comes last, so that no such program stands in for one of the user's.
 */
export function ownProgramsFirst(env: Env, cwd: string = process.cwd()): Record<string, string> {
  const own = ownPath(env.PATH, cwd).split(delimiter);
  const rest = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && !own.includes(folder));
  return { ...definedOf(env), PATH: [...own, ...rest].join(delimiter) };
}

function definedOf(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The full path of a program of the user's: the first on their PATH, but none from a relative folder or from one inside `roots`
 * (`node_modules/.bin` of a repository, which may hold anything), nor a link that leads there. Undefined when there is none.
 */
export function findProgram(name: string, path: string | undefined, roots: readonly string[]): string | undefined {
  const liesIn = testOf(roots);
  return foldersOf(path)
    .filter((folder) => !liesIn(folder))
    .map((folder) => join(folder, name))
    .find((file) => isExecutable(file) && !liesIn(file));
}

function foldersOf(path: string | undefined): string[] {
  return (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

/** Whether a path lies in one of the folders, as it is written or with its links resolved. */
function testOf(roots: readonly string[]): (path: string) => boolean {
  const tops = [...new Set(roots.flatMap((root) => [root, realOf(root)]))];
  return (path) => [path, realOf(path)].some((each) => tops.some((top) => `${each}/`.startsWith(`${top}/`)));
}

function realOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** The workspaces, and what is around a folder and around ours: a submodule lies in another repository. */
function rootsAround(cwd: string): string[] {
  return [...new Set([...workspaces, ...around(cwd), ...around(process.cwd())])].filter((each) => each !== '/');
}

/** A folder and each repository that it lies in, but for those that hold the home folder, where people keep programs of their own. */
function around(folder: string): string[] {
  const found = [folder];
  for (let each = dirname(folder); each !== dirname(each); each = dirname(each))
    if (existsSync(join(each, '.git'))) found.push(each);
  return found.filter((each) => !`${homedir()}/`.startsWith(`${each}/`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
