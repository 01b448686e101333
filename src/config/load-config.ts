import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readText, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { defaults } from './defaults.ts';
import {
  addLayer,
  environmentLayer,
  flagLayer,
  type Layer,
  type Origins,
  type Plain,
  parseLayer,
  withinSandbox,
  withoutUntrusted,
} from './layers.ts';
import type { Config } from './schema.ts';
import type { ConfigFlags } from './sources.ts';

export type LoadOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** $WINK_HOME, or ~/.wink. */
  readonly home: string;
  readonly flags: ConfigFlags;
  /** --config FILE: a further file between the repository's and the environment. */
  readonly configFile?: string;
  /** Whether the user trusted this repository folder. */
  readonly isTrusted: (folder: string) => boolean;
};

export type LoadedConfig = {
  readonly config: Config;
  /** Where each set key came from, by key path ("observer.mode"): a file's path, `environment WINK_MODEL`, `flag --model`. Keys that are not in it have their default. */
  readonly origins: ReadonlyMap<string, string>;
  /** The same for each entry of a list that adds up over the files. */
  readonly entryOrigins: ReadonlyMap<string, readonly string[]>;
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
  const fileLayers = await readFiles(options, repository, warnings);
  const layers = [...fileLayers, environmentLayer(options.env), flagLayer(options.flags)];
  const origins: Origins = { keys: new Map(), entries: new Map() };
  const files = fileLayers.map((layer) => layer.name);
  const needsSchema = fileLayers.length > 0 || layers.some((layer) => !isHttp(layer.values.baseUrl));
  const config = needsSchema ? await parseLayers(layers, origins, warnings) : overDefaults(layers, origins);
  return { config, origins: origins.keys, entryOrigins: origins.entries, warnings, files, repository };
}

async function parseLayers(layers: readonly Layer[], origins: Origins, warnings: string[]): Promise<Config> {
  const [{ configSchema }, { describeProblems, findUnknownKeys }] = await Promise.all([
    import('./schema.ts'),
    import('./problems.ts'),
  ]);
  const merged: Plain = {};
  for (const layer of layers) addLayer(merged, origins, layer);
  const parsed = configSchema.safeParse(merged, { jitless: true });
  if (!parsed.success) throw new UserError(await describeProblems(parsed.error, merged, origins.keys, layers));
  for (const layer of layers) if (layer.text !== undefined) warnings.push(...(await findUnknownKeys(layer)));
  return parsed.data;
}

/** Without a file there is nothing to parse: building the schema would cost more than the whole rest of the start. */
function overDefaults(layers: readonly Layer[], origins: Origins): Config {
  const config = structuredClone(defaults);
  for (const layer of layers) addLayer(config, origins, layer);
  return config;
}

function isHttp(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value));
}

async function readFiles(options: LoadOptions, repository: string, warnings: string[]): Promise<Layer[]> {
  const layers: Layer[] = [];
  const userFile = join(options.home, 'config.json');
  const user = await readLayer(userFile);
  if (user) layers.push(user);
  const repositoryFile = repositoryConfig(repository);
  const own = repositoryFile === userFile ? undefined : await readLayer(repositoryFile);
  if (own)
    layers.push(
      options.isTrusted(repository)
        ? withinSandbox(own, warnings)
        : withoutUntrusted(own, user?.values ?? {}, warnings),
    );
  if (options.configFile === undefined) return layers;
  const file = resolve(options.cwd, options.configFile);
  const named = await readLayer(file);
  if (!named) throw new UserError(`The file ${file} given by --config does not exist.`);
  layers.push(named);
  return layers;
}

/** A repository's own configuration. */
export function repositoryConfig(repository: string): string {
  return join(repository, '.wink', 'config.json');
}

/** The nearest folder upwards that has .git; the folder itself when there isn't one. */
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
    return readText(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`${file} can't be read: ${whyUnreadable(error)}.`);
  }
}
