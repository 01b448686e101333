import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readRegular, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { sanitize } from '../core/text/sanitize.ts';

const files = [
  '.mcp.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.cursor/hooks.json',
  '.gemini/settings.json',
  '.codex/config.toml',
];
/** Folders of other agents of which the texts are read: skills and agents. What else lies there is run by commands, which are held or asked about. */
const textFolders = ['.agents/skills', '.claude/skills', '.claude/agents'];
const maxFiles = 1000;
const maxBytes = 32_000_000;

/**
 * What trust in a folder is for: everything in it that the word makes effective (config, hooks, servers, classes, commands), and which
 * repository it is, by the address it was cloned from. `home` is this program's own folder and never part of it. Throws UserError where
 * not all of it can be read: what is not known is never the same as before.
 */
export function fingerprint(root: string, home: string): string {
  const hash = createHash('sha256');
  let bytesLeft = maxBytes;
  const read = (path: string, isListed = false) => {
    const content = contentOf(path, bytesLeft, isListed);
    bytesLeft -= content.length;
    return content;
  };
  const add = (name: string, bytes: Buffer | string) => hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  add('origin', originOf(root, read));
  const addAll = (name: string, isWanted: (path: string) => boolean) => {
    const folder = realOf(join(root, name));
    const { paths, links } = folder === undefined || folder === realOf(home) ? noFiles : listFiles(folder, isWanted);
    for (const [path, real] of links)
      add(path.slice(root.length), real.startsWith(`${root}/`) ? real.slice(root.length) : real);
    for (const path of paths.sort()) add(path.slice(root.length), read(path, true));
  };
  addAll('.wink', () => true);
  for (const name of textFolders) addAll(name, (path) => /\.md$/i.test(path));
  for (const name of files) add(`/${name}`, read(join(root, name)));
  return hash.digest('hex');
}

type Listed = { readonly paths: string[]; readonly links: (readonly [path: string, real: string])[] };
const noFiles: Listed = { paths: [], links: [] };

/** The wanted files of a folder, also of those that links in it lead to, each folder once; and where these links lead. */
function listFiles(
  folder: string,
  isWanted: (path: string) => boolean,
  found: Listed = { paths: [], links: [] },
  seen = new Set([folder]),
): Listed {
  for (const entry of entriesOf(folder)) {
    if (found.paths.length + found.links.length >= maxFiles)
      throw uncovered(folder, `with it there are more than ${maxFiles} files`);
    const path = join(folder, entry.name);
    if (!entry.isDirectory() && !leadsToFolder(path)) {
      if (isWanted(path)) found.paths.push(path);
      continue;
    }
    const real = realOf(path) ?? path;
    if (!entry.isDirectory()) found.links.push([path, real]);
    if (seen.has(real)) continue;
    seen.add(real);
    listFiles(path, isWanted, found, seen);
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    throw uncovered(folder, whyUnreadable(error));
  }
}

function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Content of a regular file, followed where it is a link; empty where nothing is. `isListed`: its folder says that something is. */
function contentOf(path: string, limit: number, isListed: boolean): Buffer | string {
  try {
    return readRegular(path, limit);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '') && (!isListed || isLink(path))) return '';
    throw uncovered(path, whyUnreadable(error));
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function uncovered(path: string, why: string): UserError {
  return new UserError(
    `Trust holds for what can be read, and ${sanitize(path)} can't be: ${why}. Make it readable or move it elsewhere; --trust trusts for one run without a look.`,
  );
}

type Read = (path: string) => Buffer | string;

function originOf(root: string, read: Read): string {
  const link = join(root, '.git');
  const settings = statSync(link, { throwIfNoEntry: false })?.isDirectory() ? link : commonFolder(root, link, read);
  const text = String(read(join(settings, 'config')));
  const section = /^\[remote "origin"\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return /^\s*url\s*=\s*(.+)$/m.exec(section)?.[1]?.trim() ?? '';
}

function commonFolder(root: string, link: string, read: Read): string {
  const aim = /^gitdir: (.+)$/m.exec(String(read(link)))?.[1];
  return aim === undefined ? link : resolve(root, aim.trim(), '../..');
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
