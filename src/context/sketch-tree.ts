import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../core/disk/read-text.ts';
import { findTrackedNames } from './git-index.ts';

/** Folders that hold nothing written by hand, whatever .gitignore says. */
const skipped = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
  'dist',
  'build',
  'target',
  'coverage',
  '.next',
  '.cache',
  '.idea',
  'vendor',
  '.DS_Store',
  '.wink',
]);

/**
 * The upper two levels of a folder, a line an entry, at most `maxCharacters` long: the top level first, folders with what is in
 * them. It is a map to find one's way, not a listing; what is left out is counted, but for what is `isUnnamed`.
 */
export function sketchTree(folder: string, maxCharacters: number, isUnnamed: (path: string) => boolean): string {
  const ignored = plainIgnores(folder);
  const isNamed = (parent: string) => (entry: Dirent) => !isUnnamed(join(parent, entry.name));
  const entries = visible(folder, ignored, withoutTracked(folder)).filter(isNamed(folder));
  const lines: string[] = [];
  let size = 0;
  for (const [index, entry] of entries.entries()) {
    const line = entry.isDirectory()
      ? folderLine(entry.name, visible(join(folder, entry.name), ignored).filter(isNamed(join(folder, entry.name))))
      : safeName(entry.name);
    if (size + line.length + 1 > maxCharacters) {
      lines.push(`(${entries.length - index} more)`);
      break;
    }
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n');
}

function folderLine(name: string, entries: readonly Dirent[]): string {
  const names = entries.map((entry) => safeName(entry.name) + (entry.isDirectory() ? '/' : ''));
  const shown = names.slice(0, 8).join(' ');
  return `${safeName(name)}/ ${shown}${names.length > 8 ? ` (${names.length - 8} more)` : ''}`.trimEnd();
}

/** What is tracked is part of the work, whatever its name says: of a repository's root, a `dist` in it. */
function withoutTracked(folder: string): ReadonlySet<string> {
  if (![...skipped].some((name) => existsSync(join(folder, name)))) return skipped;
  const tracked = findTrackedNames(folder);
  return new Set([...skipped].filter((name) => !tracked.has(name)));
}

function visible(folder: string, ignored: ReadonlySet<string>, hidden: ReadonlySet<string> = skipped): Dirent[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter(({ name }) => !hidden.has(name) && !ignored.has(name))
    .sort(
      (left, right) => Number(right.isDirectory()) - Number(left.isDirectory()) || (left.name < right.name ? -1 : 1),
    );
}

/** The plain names of .gitignore (`dist/`, `/out`); patterns are left to the tools that search. */
function plainIgnores(folder: string): ReadonlySet<string> {
  try {
    const lines = readText(join(folder, '.gitignore')).split('\n');
    return new Set(lines.map((line) => line.trim().replace(/^\/|\/$/g, '')).filter((line) => /^[\w.-]+$/.test(line)));
  } catch {
    return new Set();
  }
}

/** A file's name is anybody's text: no line breaks, no control characters, no tags, none that reorders or hides text. */
export function safeName(name: string): string {
  return safePath(name).slice(0, 80);
}

/** As `safeName`, at full length. */
export function safePath(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>]/g, '?');
}
