import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { parseOptions } from '../core/parse-options.ts';
import { isTrusted } from '../trust/trust.ts';
import { configJsonSchema } from './json-schema.ts';
import { isPlain } from './layers.ts';
import { findRepository, type LoadedConfig, loadConfig } from './load-config.ts';
import { describeMissing } from './problems.ts';
import { setInFile } from './set-value.ts';

const usage = `Usage: wink-agent config [list] [--format table|json]
       wink-agent config get KEY
       wink-agent config set KEY VALUE [--repository]
       wink-agent config unset KEY [--repository]
       wink-agent config path|edit [--repository]
       wink-agent config schema

Prints the effective configuration and where each value comes from, or changes one key in your own
file ($WINK_HOME/config.json) or, with --repository, in this repository's .wink/config.json.
\`schema\` prints the JSON schema for editors (also in docs/config.schema.json).

Examples
  wink-agent config
  wink-agent config get observer.mode
  wink-agent config set model ollama/qwen3-coder
  wink-agent config set permissions.allow '["shell(npm test:*)"]'
`;

type Place = { readonly io: CommandIo; readonly file: string; readonly load: () => Promise<LoadedConfig> };

/**
 * Entry of `wink-agent config`: resolves to the exit code. Throws UserError for an unknown key or a wrong value.
 */
export async function runConfig(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseConfigArgs(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  const home = io.env.WINK_HOME || join(homedir(), '.wink');
  const configFile = values.config === undefined ? {} : { configFile: values.config };
  const trusts = (folder: string) => io.env.WINK_TRUST === '1' || isTrusted(folder, home);
  const place: Place = {
    io,
    file: values.repository ? join(findRepository(io.cwd), '.wink', 'config.json') : join(home, 'config.json'),
    load: () => loadConfig({ env: io.env, cwd: io.cwd, home, flags: {}, isTrusted: trusts, ...configFile }),
  };
  const [action = 'list', key, value] = positionals;
  return perform(place, action, key, value, values.format);
}

function parseConfigArgs(argv: readonly string[]) {
  return parseOptions('config', argv, {
    help: { type: 'boolean', short: 'h' },
    format: { type: 'string', default: 'table' },
    repository: { type: 'boolean', default: false },
    config: { type: 'string' },
  });
}

async function perform(
  place: Place,
  action: string,
  key: string | undefined,
  value: string | undefined,
  format: string,
): Promise<number> {
  const { io, file } = place;
  switch (action) {
    case 'list':
      return listAll(await place.load(), format, io);
    case 'get':
      return printOne(await place.load(), required(key, 'get KEY'), io);
    case 'set':
      await setInFile(file, required(key, 'set KEY VALUE'), readValue(required(value, 'set KEY VALUE')));
      io.stderr.write(`Set ${key} in ${file}.\n`);
      return 0;
    case 'unset':
      await setInFile(file, required(key, 'unset KEY'), undefined);
      io.stderr.write(`Removed ${key} from ${file}.\n`);
      return 0;
    case 'path':
      io.stdout.write(`${file}\n`);
      return 0;
    case 'schema':
      io.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      return 0;
    case 'edit':
      return openInEditor(file, io);
    default:
      throw new UserError(`\`config ${action}\` is not known; there are list, get, set, unset, path, edit and schema.`);
  }
}

function required(text: string | undefined, form: string): string {
  if (text === undefined) throw new UserError(`It is \`wink-agent config ${form}\`; see \`wink-agent config --help\`.`);
  return text;
}

/** JSON where it is JSON (numbers, true, lists), else the text as it stands. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function listAll(loaded: LoadedConfig, format: string, io: CommandIo): number {
  const rows = flatten(loaded.config, '').map(([key, value]) => ({ key, value, origin: originOf(loaded, key) }));
  if (format === 'json')
    io.stdout.write(
      `${JSON.stringify(
        rows.map((row) => ({ ...row, value: hideSecrets(row.key, row.value) })),
        null,
        2,
      )}\n`,
    );
  else if (format === 'table') printTable(rows, io);
  else throw new UserError(`--format is "${format}"; allowed are table and json.`);
  for (const warning of loaded.warnings) io.stderr.write(`warning: ${warning}\n`);
  return 0;
}

function printTable(rows: readonly { key: string; value: unknown; origin: string }[], io: CommandIo): void {
  const lines = rows.map(({ key, value, origin }) => ({ key, origin, shown: JSON.stringify(hideSecrets(key, value)) }));
  const keyWidth = Math.max(...lines.map((line) => line.key.length));
  const valueWidth = Math.min(50, Math.max(...lines.map((line) => line.shown.length)));
  for (const { key, shown, origin } of lines)
    io.stdout.write(`${key.padEnd(keyWidth)}  ${shown.padEnd(valueWidth)}  ${origin}\n`);
}

/** Header values and variables of servers may be secrets: their names are shown, their values are not. */
function hideSecrets(key: string, value: unknown): unknown {
  return /\.(headers|env|query)\./.test(`${key}.`) ? '(hidden)' : value;
}

function originOf(loaded: LoadedConfig, key: string): string {
  for (let path = key; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const origin = loaded.origins.get(path);
    if (origin !== undefined) return origin;
  }
  return 'default';
}

function flatten(value: unknown, prefix: string): [string, unknown][] {
  if (!isPlain(value) || (prefix !== '' && Object.keys(value).length === 0))
    return value === undefined ? [] : [[prefix, value]];
  return Object.entries(value).flatMap(([key, each]) => flatten(each, prefix === '' ? key : `${prefix}.${key}`));
}

function printOne(loaded: LoadedConfig, key: string, io: CommandIo): number {
  let value: unknown = loaded.config;
  for (const part of key.split('.')) value = isPlain(value) ? value[part] : undefined;
  if (value === undefined) {
    io.stderr.write(`${describeMissing(key)}\n`);
    return 1;
  }
  io.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);
  return 0;
}

async function openInEditor(file: string, io: CommandIo): Promise<number> {
  if (!existsSync(file)) await setInFile(file, undefined, undefined);
  const editor = io.env.VISUAL || io.env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
  const child = spawn(`${editor} "$WINK_CONFIG_FILE"`, {
    shell: true,
    stdio: 'inherit',
    env: { ...io.env, WINK_CONFIG_FILE: file },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
