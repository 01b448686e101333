import fs from 'node:fs';
import { readRegular } from '../../src/core/disk/read-text.ts';
import { decodePiece, findRipgrep, runRipgrep, sameFiles } from './ripgrep.ts';

/** Beyond this many characters of paths a listing stops; it is then marked as cut. */
const listedCharacters = 32 * 1024 * 1024;

/** `ignored`: with what .gitignore files name; `below`: only those in the folder itself and below it count, not those above it. */
export type ListOptions = {
  readonly hidden: boolean;
  readonly ignored?: boolean;
  readonly below?: boolean;
  readonly signal: AbortSignal;
};

/** `isCut`: there are too many. `stopped`: why the listing was ended before its end. */
export type FileList = { readonly files: readonly string[]; readonly isCut: boolean; readonly stopped?: string };

/**
 * All regular files below a folder, relative to it, sorted. What .gitignore files name is left out, .git always, hidden files unless
 * asked for. Links are not followed. With ripgrep where it is installed, else with globby.
 */
export async function listFiles(folder: string, options: ListOptions): Promise<FileList> {
  const ripgrep = findRipgrep(folder);
  const list =
    ripgrep === undefined ? await listBuiltIn(folder, options) : await listWithRipgrep(ripgrep, folder, options);
  return { ...list, files: [...list.files].sort(comparePaths) };
}

/**
 * The files of a folder that was named outright: where everything in it is ignored from above, it is listed all the same, and `wasIgnored`
 * says so.
 */
export async function listNamed(folder: string, options: ListOptions): Promise<FileList & { wasIgnored: boolean }> {
  const list = await listFiles(folder, options);
  if (list.files.length > 0 || options.ignored || list.stopped !== undefined) return { ...list, wasIgnored: false };
  const all = await listFiles(folder, { ...options, below: true });
  return { ...all, wasIgnored: all.files.length > 0 };
}

/** What a search of an ignored folder tells the model. */
export function describeIgnored(name: string): string {
  return `[what is in ${name} is named in a .gitignore above it; it was searched since it was named]`;
}

/** What is said where a search or a listing was ended before its end. */
export function describeStopped(why: string): string {
  return `[given up, so this may not be all: ${why}; name a path that is clear of that]`;
}

/** What is said where names were left out of a list or a search. */
export const describeDenied = '[what deny rules of the user cover is left out]';

/** Orders paths folder by folder, as a walk through the tree meets them. */
export function comparePaths(left: string, right: string): number {
  const [one, other] = [left.replaceAll('/', '\u0001'), right.replaceAll('/', '\u0001')];
  return one < other ? -1 : one > other ? 1 : 0;
}

async function listWithRipgrep(ripgrep: string, folder: string, options: ListOptions): Promise<FileList> {
  const parts: string[] = [];
  let characters = 0;
  const args = ['--files', '--null', ...sameFiles, ...(options.hidden ? ['--hidden'] : []), ...ignoring(options)];
  const place = { cwd: folder, searched: folder };
  const { stopped } = await runRipgrep({ file: ripgrep, args }, place, options.signal, (text) => {
    parts.push(text);
    characters += text.length;
    return characters < listedCharacters;
  });
  const names = parts.join('').split('\0');
  const files = names.map((name) => (/[\x80-\xff]/.test(name) ? decodePiece(name) : name));
  files.pop();
  return { files, isCut: characters >= listedCharacters, ...(stopped !== undefined && { stopped }) };
}

/** ripgrep's flags for what .gitignore files name. */
export function ignoring({ ignored, below }: Pick<ListOptions, 'ignored' | 'below'>): string[] {
  return ignored ? ['--no-ignore'] : below ? ['--no-ignore-parent'] : [];
}

async function listBuiltIn(folder: string, options: ListOptions): Promise<FileList> {
  const { globby } = await import('globby');
  const files = await globby('**/*', {
    cwd: folder,
    gitignore: !options.ignored && !options.below,
    ...(options.below ? { ignoreFiles: ['**/.gitignore'] } : {}),
    dot: options.hidden,
    onlyFiles: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    expandDirectories: false,
    ignore: ['**/.git', '**/.git/**'],
    fs: patientDisk,
  });
  options.signal.throwIfAborted();
  return { files, isCut: false };
}

/** The disk with ignore files that are read without waiting: a pipe is none, nor is a file of more than 8 MB. */
const patientDisk = {
  ...fs,
  promises: { ...fs.promises, readFile: async (path: string) => readRegular(path).toString('utf8') },
};
