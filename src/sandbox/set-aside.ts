import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import type { Confinement } from '../core/tool.ts';
import { findGitFolder } from './git-folder.ts';
import type { MarkFinder, Marks } from './marks.ts';

const ours = ['.wink', '.mcp.json'];
const others = ['.vscode', '.idea', '.husky', '.claude', '.cursor', '.codex', '.gemini', '.opencode', '.envrc'];

/**
 * Takes away what a command made where nothing was and nothing may be: a mount covers only what exists, so absent settings are
 * looked for again once the command and all its processes have ended. Call it before the command; the function it gives, after.
 */
export function watchAbsent(roots: readonly string[], confinement: Confinement, keepIn: () => string) {
  const absent =
    confinement === 'read-only'
      ? []
      : roots.flatMap((root) => placesOf(root, confinement)).filter((path) => !exists(path));
  return (): string | undefined => {
    return takeAway(absent.filter(exists), keepIn);
  };
}

function takeAway(made: readonly string[], keepIn: () => string): string | undefined {
  if (made.length === 0) return undefined;
  const folder = join(keepIn(), 'set-aside');
  mkdirSync(folder, { recursive: true });
  for (const [index, path] of made.entries()) putAside(path, join(folder, `${Date.now()}-${index}-${basename(path)}`));
  return `[taken away: ${made.join(', ')} can run code or change settings, so commands may not make it]`;
}

/**
 * The same for what runs code anywhere in the workspace: nested repositories, folders of editors. What was only moved is left where it
 * is, since the command could not change it. `find` gives the marks after the command. `mayMakeRepositories`: repositories as `git init`
 * makes them, which name no programs, are left as well.
 */
export function watchNested(before: Marks, find: MarkFinder, keepIn: () => string, mayMakeRepositories: boolean) {
  const findMade = watchMarks(before, find);
  return async (): Promise<string | undefined> => {
    const made = await findMade();
    if (!made) return notLooked;
    return takeAway(mayMakeRepositories ? made.filter(isActive) : made, keepIn);
  };
}

/** Only says what an allowed command made that runs code later. */
export async function reportNested(find: MarkFinder) {
  const findMade = watchMarks(await find(), find);
  return async (): Promise<string | undefined> => {
    const active = (await findMade())?.filter(isActive) ?? [];
    return active.length === 0
      ? undefined
      : `[created: ${active.join(', ')}; git, editors and other programs may run code from there; tell the user]`;
  };
}

const notLooked =
  '[not looked through: after this command the workspace is too large, too deep or has secrets where they cannot be hidden, so it is not known whether it made something that runs code; tell the user]';

/** What is there now and was not before; undefined when not everything can be looked through any more. */
function watchMarks(before: Marks | undefined, find: MarkFinder): () => Promise<string[] | undefined> {
  const all = (marks: Marks | undefined) => [...(marks?.fixed ?? []), ...(marks?.links ?? [])];
  const known = new Set(all(before).flatMap(identify));
  return async () => {
    const now = await find();
    return now && all(now).filter((path) => identify(path).some((each) => !known.has(each)));
  };
}

function identify(path: string): string[] {
  const state = statIfThere(path);
  return state ? [`${state.dev} ${state.ino}`] : [];
}

/** Of a repository without a working tree its `config` is the mark. */
function isActive(path: string): boolean {
  const name = basename(path);
  return name === '.git' ? runsCode(path) : name === 'config' ? runsCode(dirname(path)) : true;
}

/** A repository as `git init` and `git clone` make it names no programs. */
function runsCode(folder: string): boolean {
  if (!statIfThere(folder)?.isDirectory()) return true;
  const hooks = join(folder, 'hooks');
  const hasHooks =
    statIfThere(hooks)?.isDirectory() === true && readdirSync(hooks).some((name) => !name.endsWith('.sample'));
  const config = join(folder, 'config');
  const text = statIfThere(config)?.isFile() ? readRegular(config).toString('utf8') : '';
  return hasHooks || namesPrograms.test(text);
}

const namesPrograms =
  /fsmonitor\s*=\s*(?!false)|hookspath|sshcommand|gitproxy|textconv|^\s*\[(filter|diff|merge|alias|include|includeif|credential|pager|difftool|mergetool|gpg)\b|^\s*(pager|editor|external|helper|askpass|command|program|clean|smudge|process|driver)\s*=/im;

function placesOf(root: string, confinement: Confinement): string[] {
  const names =
    confinement === 'approved'
      ? ours
      : confinement === 'workspace'
        ? [...ours, ...others, '.git']
        : [...ours, ...others];
  const git = findGitFolder(root);
  const settings = git
    ? [git.common, git.own].flatMap((folder) =>
        ['commondir', 'config.worktree', 'hooks'].map((name) => join(folder, name)),
      )
    : [];
  return [...names.map((name) => join(root, name)), ...settings];
}

function exists(path: string): boolean {
  return statIfThere(path) !== undefined;
}

function putAside(path: string, aim: string): void {
  try {
    renameSync(path, aim);
  } catch {
    // On another file system it can't be moved; what may not stay is removed.
    rmSync(path, { recursive: true, force: true });
  }
}
