import { UserError } from '../core/errors.ts';
import { parseJson } from '../core/text/json.ts';
import { readServerEntry, type ServerSettings } from './servers.ts';

export type NewServerFlags = {
  /** `NAME=VALUE` each. */
  readonly env: readonly string[];
  /** `Name: value` each. */
  readonly headers: readonly string[];
  readonly transport: string | undefined;
  /** Names separated by commas. */
  readonly tools: string | undefined;
};

/**
 * The settings of a new server from what comes after its name: a program with its arguments, an address, or JSON as other programs
 * write it. Throws UserError where they don't fit together.
 */
export function readNewServer(words: readonly string[], flags: NewServerFlags): ServerSettings {
  const [first, ...rest] = words;
  if (first === undefined)
    throw new UserError('`mcp add` takes a name, then an address or `--` and a command; see `wink-agent mcp --help`.');
  const tools = flags.tools === undefined ? {} : { tools: flags.tools.split(',').map((tool) => tool.trim()) };
  if (first.startsWith('{')) return { ...readJson(first), ...tools };
  if (/^https?:\/\//.test(first)) return { ...readAddress(first, rest, flags), ...tools };
  return { ...readProgram(first, rest, flags), ...tools };
}

function readProgram(
  command: string,
  args: readonly string[],
  { env, headers, transport }: NewServerFlags,
): ServerSettings {
  if (transport !== undefined && transport !== 'stdio')
    throw new UserError(
      `--transport ${transport} wants an address such as https://example.org/mcp; it was given \`${command}\`.`,
    );
  if (headers.length > 0) throw new UserError('--header is for servers with an address; a program gets --env.');
  const variables = Object.fromEntries(env.map((pair) => splitPair(pair, '=', '--env takes NAME=VALUE')));
  return { command, args, ...(env.length > 0 ? { env: variables } : {}) };
}

function readAddress(
  url: string,
  rest: readonly string[],
  { env, headers, transport }: NewServerFlags,
): ServerSettings {
  if (!URL.canParse(url)) throw new UserError(`\`${url}\` is not an address.`);
  if (rest.length > 0) throw new UserError(`Nothing is expected after an address; there is \`${rest.join(' ')}\`.`);
  if (env.length > 0) throw new UserError('--env is for programs; a server with an address gets --header.');
  if (transport !== undefined && transport !== 'http' && transport !== 'sse')
    throw new UserError(`--transport is "${transport}"; for an address it is http or sse.`);
  const read = Object.fromEntries(headers.map((pair) => splitPair(pair, ':', '--header takes "Name: value"')));
  return { url, ...(transport === 'sse' ? { type: 'sse' } : {}), ...(headers.length > 0 ? { headers: read } : {}) };
}

function readJson(text: string): ServerSettings {
  const settings = readServerEntry(parseJson(text));
  if (typeof settings === 'string') throw new UserError(`The JSON of the server does not fit: ${settings}.`);
  return settings;
}

function splitPair(pair: string, mark: string, form: string): [string, string] {
  const at = pair.indexOf(mark);
  if (at <= 0) throw new UserError(`${form}; it was given \`${pair}\`.`);
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
