import { exec } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { readText } from '../core/disk/read-text.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { ownPlace } from '../core/process/find-program.ts';
import { isObject, parseJsonWithComments } from '../core/text/json.ts';
import type { ProviderSettings } from './choose-provider.ts';
import { type Keychain, openKeychain } from './keychain.ts';
import type { Preset } from './presets.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** `source`: the variable's name, or the place where `login` keeps keys. */
export type ApiKey = {
  readonly value: string;
  readonly source: string;
  readonly kind: 'command' | 'variable' | 'stored';
};

/** Whose key it is: a provider of models, or a service of web search. */
export type KeyOwner = {
  readonly providerName: string;
  readonly preset: Pick<Preset, 'label' | 'isLocal' | 'keyVariables'> | undefined;
  /** The key of the configuration that holds its settings, where that is not providers.NAME. */
  readonly settingsKey?: string;
};

const commandTimeoutMs = 30_000;

/**
 * The key of a provider: from its command, its variables, or what `login` kept (the keychain, $WINK_HOME/keys.json). undefined when the server wants none (local ones,
 * and endpoints that nothing is known of). Throws UserError when one is wanted and missing.
 */
export async function findKey(
  choice: KeyOwner,
  settings: Pick<ProviderSettings, 'keyVariable' | 'keyCommand'>,
  env: Env,
  home: string,
): Promise<ApiKey | undefined> {
  if (settings.keyCommand !== undefined)
    return {
      value: await runKeyCommand(choice.providerName, settings.keyCommand, env, home),
      source: 'command',
      kind: 'command',
    };
  const variables = keyVariables(choice, settings);
  for (const variable of variables) {
    const value = env[variable]?.trim();
    if (value) return { value, source: variable, kind: 'variable' };
  }
  const stored = await findStored(choice.providerName, env, home);
  if (stored !== undefined) return stored;
  if (choice.preset === undefined || choice.preset.isLocal) return undefined;
  const [first] = variables;
  throw new UserError(
    `There is no key for ${choice.preset.label}: give it with \`wink-agent login ${choice.providerName}\`, set ${first ?? 'its variable'}, or let a command print it: \`wink-agent config set ${choice.settingsKey ?? `providers.${choice.providerName}`}.keyCommand "pass show ${choice.providerName}"\`.`,
  );
}

/** OPENAI_API_KEY is also what people set for an endpoint of their own choice (with OPENAI_BASE_URL), so it counts there too. */
function keyVariables(choice: KeyOwner, settings: Pick<ProviderSettings, 'keyVariable'>): string[] {
  const own = settings.keyVariable === undefined ? [] : [settings.keyVariable];
  const preset = choice.preset?.keyVariables ?? [];
  return [...own, ...preset, ...(choice.providerName === 'custom' ? ['OPENAI_API_KEY'] : [])];
}

async function runKeyCommand(provider: string, command: string, env: Env, home: string): Promise<string> {
  try {
    const { stdout } = await promisify(exec)(command, {
      ...ownPlace(env, home),
      timeout: commandTimeoutMs,
      maxBuffer: 64 * 1024,
    });
    const value = stdout.trim();
    if (value !== '') return value;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (exit ${String(error.code)})` : '';
    throw new UserError(`The command for the key of ${provider} failed${code}: ${command}`);
  }
  throw new UserError(`The command for the key of ${provider} printed nothing: ${command}`);
}

/** What `wink-agent login` kept: the key itself, or that it is in the keychain. */
async function findStored(provider: string, env: Env, home: string): Promise<ApiKey | undefined> {
  const stored = readKeys(home)[provider];
  if (stored === undefined || typeof stored === 'string')
    return stored === undefined ? undefined : { value: stored, source: keyFile(home), kind: 'stored' };
  const keychain = openKeychain(env);
  const value = await keychain?.read(provider);
  if (keychain === undefined || value === undefined)
    throw new UserError(
      `The key of ${provider} was put into the keychain, and it can't be read from there; unlock it, or run \`wink-agent login ${provider}\` again.`,
    );
  return { value, source: keychain.name, kind: 'stored' };
}

/** Where keys are kept that the user pasted. */
export function keyFile(home: string): string {
  return join(home, 'keys.json');
}

type Stored = string | { readonly keychain: true };

function readKeys(home: string): Record<string, Stored> {
  const file = keyFile(home);
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new UserError(`${file} holds keys and can be read by others; run \`chmod 600 ${file}\`.`);
    }
    text = readText(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return {};
    throw error;
  }
  const parsed = parseJsonWithComments(text);
  if (!isObject(parsed)) throw new UserError(`${file} must hold one JSON object, such as { "openai": "sk-…" }.`);
  const keys: Record<string, Stored> = {};
  for (const [provider, value] of Object.entries(parsed)) {
    if (typeof value === 'string') keys[provider] = value;
    else if (isObject(value) && value.keychain === true) keys[provider] = { keychain: true };
  }
  return keys;
}

/** Keeps a key in $WINK_HOME/keys.json, readable by the user alone. */
export async function saveKey(home: string, provider: string, key: string): Promise<void> {
  await writeKeys(home, { ...readKeys(home), [provider]: key });
}

/** Keeps a key in the keychain where there is one that takes it, else in the file. Gives the name of the place. */
export async function keepKey(home: string, provider: string, key: string, keychain?: Keychain): Promise<string> {
  if (keychain === undefined || !(await keychain.save(provider, key))) {
    await saveKey(home, provider, key);
    return keyFile(home);
  }
  await writeKeys(home, { ...readKeys(home), [provider]: { keychain: true } });
  return keychain.name;
}

/** Forgets a key that was kept; false when there was none. */
export async function forgetKey(home: string, provider: string, keychain?: Keychain): Promise<boolean> {
  const { [provider]: stored, ...others } = readKeys(home);
  if (stored === undefined) return false;
  if (typeof stored !== 'string') await keychain?.remove(provider);
  await writeKeys(home, others);
  return true;
}

async function writeKeys(home: string, keys: Readonly<Record<string, Stored>>): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await writeFileAtomic(keyFile(home), `${JSON.stringify(keys, null, 2)}\n`, 0o600);
}
