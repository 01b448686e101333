import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { guardGit } from '../../core/git/guard-git.ts';
import { startGit } from '../../core/git/start-git.ts';
import type { ScreenDeps } from '../screen-deps.ts';

/** More paths than this are not offered: nobody finds one among them, and memory stays bounded. */
export const mostPaths = 200_000;

/** Folders that are never offered outside of git. */
const skipped = new Set(['.git', 'node_modules', '.hg', '.svn', 'dist', 'target', '__pycache__', '.venv']);

/** The paths below a folder that `@` completes: what git tracks or would track, or a walk where git knows nothing. Folders end in `/`. */
export async function listFiles(cwd: string): Promise<readonly string[]> {
  const fromGit = await listWithGit(cwd);
  const files = fromGit ?? (await walk(cwd));
  return [...withFolders(files)];
}

async function listWithGit(cwd: string): Promise<string[] | undefined> {
  const words = guardGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
  const files: string[] = [];
  const enough = new AbortController();
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const take = (chunk: Buffer) => {
    const paths = (pending + decoder.write(chunk)).split('\0');
    pending = paths.pop() ?? '';
    for (const path of paths) if (files.length < mostPaths) files.push(path);
    if (files.length === mostPaths) enough.abort();
  };
  const listing = startGit(words, { cwd, env: ownExcludes(), onOutput: take, signal: enough.signal });
  const code = await listing.then((ended) => ended.code).catch(() => undefined);
  return code === 0 || files.length === mostPaths ? files : undefined;
}

/** The user's own settings name no program that `ls-files` would start, and say what they ignore everywhere. */
function ownExcludes(): Record<string, string> {
  return { GIT_CONFIG_GLOBAL: process.env.GIT_CONFIG_GLOBAL ?? join(homedir(), '.gitconfig') };
}

async function walk(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined && files.length < mostPaths; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) folders.push(path);
      } else files.push(path);
    }
  }
  return files;
}

function withFolders(files: readonly string[]): Set<string> {
  const all = new Set<string>();
  for (const file of files) {
    for (let slash = file.indexOf('/'); slash !== -1; slash = file.indexOf('/', slash + 1))
      all.add(file.slice(0, slash + 1));
    all.add(file);
  }
  return all;
}

/** A list stays good for this long; then the next `@` asks for a new one and takes the old one meanwhile. */
const freshMs = 5_000;

/** The source of `@` completion: files first, then what else can be mentioned. */
export function createFileSource(deps: Pick<ScreenDeps, 'info' | 'mentions'>): () => Promise<readonly string[]> {
  let known: Promise<readonly string[]> | undefined;
  let askedAt = 0;
  return () => {
    if (known === undefined || performance.now() - askedAt > freshMs) {
      askedAt = performance.now();
      const next = Promise.all([listFiles(deps.info.cwd), deps.mentions()]).then(([files, mentions]) => [
        ...files,
        ...mentions,
      ]);
      const old = known;
      known = next;
      if (old !== undefined) return old;
    }
    return known;
  };
}
