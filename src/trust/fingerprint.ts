import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';

const files = [
  '.mcp.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.cursor/hooks.json',
  '.gemini/settings.json',
  '.codex/config.toml',
];
const maxFiles = 1000;
const maxBytes = 1_000_000;

/**
 * What trust in a folder is for: everything in it that the word makes effective (config, hooks, servers, classes, commands), and which
 * repository it is, by the address it was cloned from. `home` is this program's own folder and never part of it.
 */
export function fingerprint(root: string, home: string): string {
  const hash = createHash('sha256');
  const add = (name: string, bytes: Buffer | string) => hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  add('origin', originOf(root));
  const own = realOf(join(root, '.wink'));
  const found = own === undefined || own === realOf(home) ? [] : listFiles(own);
  if (found.length >= maxFiles) return 'too many files to be looked through';
  for (const path of [...found.sort(), ...files.map((name) => join(root, name))])
    add(path.slice(root.length), contentOf(path));
  return hash.digest('hex');
}

function listFiles(folder: string, found: string[] = []): string[] {
  for (const entry of entriesOf(folder)) {
    if (found.length >= maxFiles) break;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) listFiles(path, found);
    else found.push(path);
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Content of a regular file, followed where it is a link; of anything else only that it is there. */
function contentOf(path: string): Buffer | string {
  try {
    if (!lstatSync(path).isFile() && !statSync(path).isFile()) return 'no regular file';
    const { size } = statSync(path);
    return size > maxBytes ? `${size} bytes` : readRegular(path);
  } catch {
    return '';
  }
}

function originOf(root: string): string {
  const link = join(root, '.git');
  const settings = statSync(link, { throwIfNoEntry: false })?.isDirectory() ? link : commonFolder(root, link);
  const text = String(contentOf(join(settings, 'config')));
  const section = /^\[remote "origin"\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return /^\s*url\s*=\s*(.+)$/m.exec(section)?.[1]?.trim() ?? '';
}

function commonFolder(root: string, link: string): string {
  const aim = /^gitdir: (.+)$/m.exec(String(contentOf(link)))?.[1];
  return aim === undefined ? link : resolve(root, aim.trim(), '../..');
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
