import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../core/atomic.ts';
import { UserError } from '../core/errors.ts';
import {
  addLayer,
  environmentLayer,
  flagLayer,
  type Layer,
  type Plain,
  parseLayer,
  withoutUntrusted,
} from './layers.ts';
import { describeProblems, findUnknownKeys } from './problems.ts';
import { type Config, configSchema } from './schema.ts';

export type LoadOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** $WINK_HOME, or ~/.wink. */
  readonly home: string;
  /** As parseArgs of node:util gives them: long flag names, strings for numbers. Flags that set no key are left alone. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** --config FILE: a further file between the repository's and the environment. */
  readonly configFile?: string;
  /** Whether the user trusted this repository folder. */
  readonly isTrusted: (folder: string) => boolean;
};

export type LoadedConfig = {
  readonly config: Config;
  /** Where each set key came from, by key path ("observer.mode"): a file's path, `environment WINK_MODEL`, `flag --model`. Keys that are not in it have their default. */
  readonly origins: ReadonlyMap<string, string>;
  /** One sentence each. */
  readonly warnings: readonly string[];
  /** The files that were read, in order of precedence, lowest first. */
  readonly files: readonly string[];
  /** The repository whose .wink/config.json counts: the nearest folder upwards with .git, else the working folder. */
  readonly repository: string;
};

/**
 * Reads $WINK_HOME/config.json, the repository's .wink/config.json, the environment and the flags, each over the one before.
 * Throws UserError with file, line, key and allowed values when a value is wrong.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const repository = findRepository(options.cwd);
  const warnings: string[] = [];
  const layers = await readFiles(options, repository, warnings);
  layers.push(environmentLayer(options.env), flagLayer(options.flags));
  const merged: Plain = {};
  const origins = new Map<string, string>();
  for (const layer of layers) addLayer(merged, origins, layer);
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) throw new UserError(await describeProblems(parsed.error, merged, origins, layers));
  for (const layer of layers)
    if (layer.text !== undefined) warnings.push(...(await findUnknownKeys(layer, parsed.data)));
  const files = layers.flatMap((layer) => (layer.text === undefined ? [] : [layer.name]));
  return { config: parsed.data, origins, warnings, files, repository };
}

async function readFiles(options: LoadOptions, repository: string, warnings: string[]): Promise<Layer[]> {
  const layers: Layer[] = [];
  const userFile = join(options.home, 'config.json');
  const user = await readLayer(userFile);
  if (user) layers.push(user);
  const repositoryFile = join(repository, '.wink', 'config.json');
  const own = repositoryFile === userFile ? undefined : await readLayer(repositoryFile);
  if (own) layers.push(options.isTrusted(repository) ? own : withoutUntrusted(own, warnings));
  if (options.configFile === undefined) return layers;
  const file = resolve(options.cwd, options.configFile);
  const named = await readLayer(file);
  if (!named) throw new UserError(`The file ${file} given by --config does not exist.`);
  layers.push(named);
  return layers;
}

/** The nearest folder upwards that has .git; the folder itself when there is none. */
export function findRepository(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

async function readLayer(file: string): Promise<Layer | undefined> {
  const text = readIfThere(file);
  return text === undefined ? undefined : await parseLayer(file, text);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`${file} can't be read (${code ?? String(error)}); mend its permissions or remove it.`);
  }
}
