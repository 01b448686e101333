import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { runGit } from './store-git.ts';

/** What is read, and only read, of the user's own repository. All paths absolute. */
export type UserRepository = {
  readonly root: string;
  readonly objects: string;
  readonly index: string;
  readonly exclude: string;
  readonly objectFormat: string;
  /** Settings that decide which files are ignored and how their bytes are converted. */
  readonly settings: ReadonlyMap<string, string>;
  /** Variables with which git ignores what the user's own settings ignore. */
  readonly ignoring: Readonly<Record<string, string>>;
};

/** The repository that holds a folder; undefined where there isn't one that git would use. Throws GitError only when git is missing. */
export async function findUserRepository(folder: string, signal?: AbortSignal): Promise<UserRepository | undefined> {
  const options = { cwd: folder, ...(signal ? { signal } : {}) };
  const asked = [
    '--show-toplevel',
    '--git-path',
    'objects',
    '--git-path',
    'index',
    '--git-path',
    'info/exclude',
    '--show-object-format',
  ];
  const [answer, settings] = await Promise.all([
    runGit(['rev-parse', '--path-format=absolute', ...asked], options).catch((error: unknown) => {
      if (error instanceof Error && /not installed|too long/.test(error.message)) throw error;
      return Buffer.alloc(0);
    }),
    readSettings(options),
  ]);
  const lines = answer.toString('utf8').trimEnd().split('\n');
  const [root, objects, index, exclude, objectFormat] = lines;
  if (!root || !objects || !index || !exclude || !objectFormat || lines.length !== 5) return undefined;
  const excludes = settings.get('core.excludesfile');
  const ignoring: Record<string, string> = excludes
    ? { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.excludesFile', GIT_CONFIG_VALUE_0: excludes }
    : {};
  return { root, objects, index, exclude, objectFormat, settings, ignoring };
}

async function readSettings(options: { cwd: string; signal?: AbortSignal }): Promise<Map<string, string>> {
  const names = '^core\\.(excludesfile|autocrlf|eol|ignorecase|precomposeunicode|filemode|symlinks|attributesfile)$';
  // To read settings starts nothing, and the user's own say what they ignore everywhere.
  const env = ownSettings();
  const output = await runGit(['config', '-z', '--get-regexp', names], { ...options, env }).catch(() =>
    Buffer.alloc(0),
  );
  const settings = new Map<string, string>();
  for (const item of output.toString('utf8').split('\0')) {
    const at = item.indexOf('\n');
    if (at !== -1) settings.set(item.slice(0, at), item.slice(at + 1));
  }
  return settings;
}

function ownSettings(): Record<string, string> {
  const file = process.env.GIT_CONFIG_GLOBAL ?? join(homedir(), '.gitconfig');
  return { GIT_CONFIG_GLOBAL: existsSync(file) ? file : join(homedir(), '.config/git/config') };
}

/** The text of a file of the user's, empty when it can't be read. */
export function readIfThere(path: string): string {
  try {
    return readRegular(path).toString('utf8');
  } catch {
    return '';
  }
}

/** Whether attributes or settings may make a file's bytes differ from what git holds of them: `lines` (CRLF) or `all` (filters such as LFS). */
export function findConversion(
  repository: UserRepository,
  attributeFiles: readonly string[],
): 'none' | 'lines' | 'all' {
  const texts = [
    ...attributeFiles.slice(0, 500).map((path) => join(repository.root, path)),
    repository.settings.get('core.attributesfile') ?? '',
  ];
  const all = texts.map((path) => (path === '' ? '' : readIfThere(path))).join('\n');
  if (attributeFiles.length > 500 || /\b(filter|ident|working-tree-encoding)\b/.test(all)) return 'all';
  const converts =
    /\b(text|eol|crlf)\b/.test(all) || /^(true|input)$/i.test(repository.settings.get('core.autocrlf') ?? '');
  return converts ? 'lines' : 'none';
}
