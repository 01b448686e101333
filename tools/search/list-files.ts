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

export type FileList = { readonly files: readonly string[]; readonly isCut: boolean };

/**
 * All regular files below a folder, relative to it, sorted. What .gitignore files name is left out, .git always, hidden files unless
 * asked for. Links are not followed. With ripgrep where it is installed, else with globby.
 */
export async function listFiles(folder: string, options: ListOptions): Promise<FileList> {
  const ripgrep = findRipgrep(folder);
  const list =
    ripgrep === undefined ? await listBuiltIn(folder, options) : await listWithRipgrep(ripgrep, folder, options);
  return { files: [...list.files].sort(comparePaths), isCut: list.isCut };
}

/**
 * The files of a folder that was named outright: where everything in it is ignored from above, it is listed all the same, and `wasIgnored`
 * says so.
 */
export async function listNamed(folder: string, options: ListOptions): Promise<FileList & { wasIgnored: boolean }> {
  const list = await listFiles(folder, options);
  if (list.files.length > 0 || options.ignored) return { ...list, wasIgnored: false };
  const all = await listFiles(folder, { ...options, below: true });
  return { ...all, wasIgnored: all.files.length > 0 };
}

/** What a search of an ignored folder tells the model. */
export function describeIgnored(name: string): string {
  return `[what is in ${name} is named in a .gitignore above it; it was searched since it was named]`;
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
  await runRipgrep({ file: ripgrep, args }, folder, options.signal, (text) => {
    parts.push(text);
    characters += text.length;
    return characters < listedCharacters;
  });
  const names = parts.join('').split('\0');
  const files = names.map((name) => (/[\x80-\xff]/.test(name) ? decodePiece(name) : name));
  files.pop();
  return { files, isCut: characters >= listedCharacters };
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
  });
  options.signal.throwIfAborted();
  return { files, isCut: false };
}
