import { loadConfig } from '../config/load-config.ts';
import type { CommandIo } from '../core/command-io.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { forgetKey, keepKey } from '../providers/api-keys.ts';
import { checkKey } from '../providers/check-key.ts';
import { findPreset, providerUrl } from '../providers/choose-provider.ts';
import { openKeychain } from '../providers/keychain.ts';
import { presets } from '../providers/presets.ts';
import { winkHome } from '../store/session-folders.ts';
import { isTrusted } from '../trust/trust.ts';
import { askSearch } from '../web/search/ask-search.ts';
import { type SearchProvider, searchProviders } from '../web/search/search-providers.ts';
import { parseFlags } from './args.ts';
import { askSecret } from './ask-secret.ts';

/** Services of web search that want a key. */
const keyedServices = searchProviders.filter(({ isLocal }) => !isLocal);

const help = `wink-agent login: store the key of a model provider

Usage
  wink-agent login PROVIDER            asks for the key (or takes it from a pipe), checks it with the provider and stores it
  wink-agent login PROVIDER --remove   removes it

Flags
  --file        store it in $WINK_HOME/keys.json (mode 0600), not in the keychain
  --no-check    store it unchecked

It is stored in the macOS keychain or the desktop's keyring (secret-tool) where there is one, else in the file. A provider's
keyCommand and its variable take precedence. Providers: ${presets
  .filter(({ isLocal }) => !isLocal)
  .map(({ name }) => name)
  .join(', ')},
and those of your configuration; services of web search: ${keyedServices.map(({ name }) => name).join(', ')}.

Examples
  wink-agent login anthropic
  pass show openrouter | wink-agent login openrouter
`;

const flags = [
  { name: 'remove', type: 'boolean', help: 'forget the key' },
  { name: 'file', type: 'boolean', help: 'keep it in the file, not in the keychain' },
  { name: 'no-check', type: 'boolean', help: 'keep it unchecked' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** `wink-agent login`: 0 when the key is kept, 1 when the provider refused it or could not be asked. */
export async function runLogin(words: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseFlags(words, flags);
  if (values.help) {
    io.stdout.write(help);
    return 0;
  }
  const [provider] = positionals;
  if (provider === undefined || positionals.length > 1)
    throw new UserError(`login takes one provider: ${presets.map(({ name }) => name).join(', ')}.`);
  const home = winkHome(io.env);
  const keychain = values.file ? undefined : openKeychain(io.env);
  if (values.remove) {
    const isForgotten = await forgetKey(home, provider, openKeychain(io.env));
    io.stdout.write(isForgotten ? `The key of ${provider} is forgotten.\n` : `No key of ${provider} was kept.\n`);
    return 0;
  }
  const service = keyedServices.find(({ name }) => name === provider);
  const target = service ? await findService(service, io, home) : await findTarget(provider, io, home);
  const key = await askSecret(`Paste the key of ${target.label} (it is not shown): `, process.stdin, io.stderr);
  const detail = values['no-check'] ? 'unchecked' : await target.check(key);
  if (detail === undefined) return 1;
  const place = await keepKey(home, provider, key, keychain);
  io.stdout.write(`The key of ${target.label} is kept in ${place} (${detail}).\n${hintOf(target, io)}`);
  return 0;
}

type Target = {
  readonly label: string;
  /** Variables that go before a key that was kept. */
  readonly variables: readonly string[];
  /** The key of the configuration that names a command for it, where one is set. */
  readonly command: string | undefined;
  readonly use: string;
  /** What the provider said to the key; undefined, with a line on stderr, when it is not to be kept. */
  readonly check: (key: string) => Promise<string | undefined>;
};

/** A service of web search: its key is tried by a search. */
async function findService(provider: SearchProvider, io: CommandIo, home: string): Promise<Target> {
  const { config } = await loadUserConfig(io, home);
  const own = config.web.search?.provider === provider.name ? config.web.search : undefined;
  const service = { provider, baseUrl: own?.baseUrl ?? provider.baseUrl, env: io.env };
  const query = { query: 'test', limit: 1, domains: [], age: undefined };
  return {
    label: provider.label,
    variables: [...(own?.keyVariable ? [own.keyVariable] : []), ...provider.keyVariables],
    command: own?.keyCommand === undefined ? undefined : 'web.search.keyCommand',
    use: `wink-agent config set web.search.provider ${provider.name}`,
    check: async (key) => {
      try {
        await askSearch({ ...service, key }, query, new AbortController().signal);
        return 'it works';
      } catch (error) {
        io.stderr.write(`wink-agent: The key was not kept; --no-check keeps it all the same. ${messageOf(error)}\n`);
        return undefined;
      }
    },
  };
}

function loadUserConfig(io: CommandIo, home: string) {
  const trusts = (folder: string) => isTrusted(folder, home);
  return loadConfig({ env: io.env, cwd: io.cwd, home, flags: {}, isTrusted: trusts });
}

async function findTarget(provider: string, io: CommandIo, home: string): Promise<Target> {
  const { config } = await loadUserConfig(io, home);
  const preset = findPreset(provider);
  const settings = Object.hasOwn(config.providers, provider) ? config.providers[provider] : undefined;
  if (preset === undefined && settings === undefined) throw new UserError(unknownTarget(provider, config.providers));
  if (preset?.isLocal && settings === undefined)
    throw new UserError(`${preset.label} runs on your own machine and wants no key.`);
  const baseUrl = providerUrl(provider, { providers: config.providers, env: io.env });
  const asked = {
    label: preset?.label ?? provider,
    baseUrl,
    api: settings?.api ?? preset?.api ?? ('chat' as const),
    headers: settings?.headers,
    keyPath: preset?.keyPath,
  };
  return {
    label: asked.label,
    variables: [...(settings?.keyVariable ? [settings.keyVariable] : []), ...(preset?.keyVariables ?? [])],
    command: settings?.keyCommand === undefined ? undefined : `providers.${provider}.keyCommand`,
    use: `wink-agent --model ${provider}/NAME`,
    check: (key: string) => check(asked, key, io),
  };
}

function unknownTarget(name: string, configured: object): string {
  const keyed = presets.filter(({ isLocal }) => !isLocal).map((preset) => preset.name);
  const services = keyedServices.map((service) => service.name);
  const known = new Set([...keyed, ...Object.keys(configured), ...services]);
  return `There is no provider \`${name}\`; login knows ${[...known].join(', ')}.`;
}

type Asked = Omit<Parameters<typeof checkKey>[0], 'name' | 'apiKey' | 'headers'> & {
  readonly label: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly keyPath: string | undefined;
};

async function check(target: Asked, key: string, io: CommandIo): Promise<string | undefined> {
  const { baseUrl, api, headers, keyPath, label } = target;
  const settings = { name: '', baseUrl, api, apiKey: key, ...(headers ? { headers } : {}), env: io.env };
  const { state, detail } = await checkKey(settings, keyPath);
  if (state === 'works') return `it works: ${detail}`;
  const what =
    state === 'refused'
      ? `${label} does not take this key; nothing was kept`
      : 'The key could not be checked; --no-check keeps it all the same';
  io.stderr.write(`wink-agent: ${what}. ${detail}\n`);
  return undefined;
}

/** How to use it, or what goes before it. */
function hintOf({ variables, command, use }: Target, { env }: CommandIo): string {
  if (command) return `${command} goes before it; \`wink-agent config unset ${command}\` ends that.\n`;
  const set = variables.find((name) => env[name]);
  return set ? `${set} is set and goes before it.\n` : `Use it: ${use}\n`;
}
