import { decodePiece, findRipgrep, runRipgrep, sameFiles } from './ripgrep.ts';

/** Beyond this many characters of paths a listing stops; it is then marked as cut. */
const listedCharacters = 32 * 1024 * 1024;

export type FileList = { readonly files: readonly string[]; readonly isCut: boolean };

/**
 * All regular files below a folder, relative to it, sorted. What .gitignore files name is left out, .git always, hidden files unless
 * asked for. Links are not followed. With ripgrep where it is installed, else with globby.
 */
export async function listFiles(folder: string, options: { hidden: boolean; signal: AbortSignal }): Promise<FileList> {
  const ripgrep = findRipgrep();
  const list =
    ripgrep === undefined ? await listBuiltIn(folder, options) : await listWithRipgrep(ripgrep, folder, options);
  return { files: [...list.files].sort(comparePaths), isCut: list.isCut };
}

/** Orders paths folder by folder, as a walk through the tree meets them. */
export function comparePaths(left: string, right: string): number {
  const [one, other] = [left.replaceAll('/', '\u0001'), right.replaceAll('/', '\u0001')];
  return one < other ? -1 : one > other ? 1 : 0;
}

async function listWithRipgrep(
  ripgrep: string,
  folder: string,
  options: { hidden: boolean; signal: AbortSignal },
): Promise<FileList> {
  const parts: string[] = [];
  let characters = 0;
  const args = ['--files', '--null', ...sameFiles, ...(options.hidden ? ['--hidden'] : [])];
  await runRipgrep(ripgrep, args, folder, options.signal, (text) => {
    parts.push(text);
    characters += text.length;
    return characters < listedCharacters;
  });
  const names = parts.join('').split('\0');
  const files = names.map((name) => (/[\x80-\xff]/.test(name) ? decodePiece(name) : name));
  files.pop();
  return { files, isCut: characters >= listedCharacters };
}

async function listBuiltIn(folder: string, options: { hidden: boolean; signal: AbortSignal }): Promise<FileList> {
  const { globby } = await import('globby');
  const files = await globby('**/*', {
    cwd: folder,
    gitignore: true,
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
