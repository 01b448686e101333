import { homedir } from 'node:os';
import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { setInFile } from '../config/set-value.ts';
import type { CommandIo } from '../core/command-io.ts';
import { privateFolder } from '../core/disk/private-folder.ts';
import { UserError } from '../core/errors.ts';
import type { HoldProgram } from '../core/process/held-program.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { readVersion } from '../core/version.ts';
import type { McpServerState } from '../mcp/hub.ts';
import { readNewServer } from '../mcp/new-server.ts';
import { expandSettings, readMcpJson, readServers, type ServerSettings } from '../mcp/servers.ts';
import { openSignInStore } from '../mcp/sign-in/sign-in-store.ts';
import { heldCacheOf } from '../sandbox/held-cache.ts';
import { winkHome } from '../store/session-folders.ts';
import { isTrusted } from '../trust/trust.ts';
import { parseFlags } from './args.ts';

const help = `wink-agent mcp: the MCP servers of your own configuration, or of this repository

Usage
  wink-agent mcp add NAME [flags] -- COMMAND [ARGUMENTS...]   a program
  wink-agent mcp add NAME [flags] URL                         a server over HTTP
  wink-agent mcp add NAME '{ "command": ... }'                as other programs write it
  wink-agent mcp list [--format table|json]                   all servers, and where each comes from
  wink-agent mcp remove NAME [--repository]
  wink-agent mcp test [NAME...] [--format table|json]         start them, list their tools and what these cost; exit 1 if one fails
  wink-agent mcp login NAME                                   sign in to a server over HTTP in the browser
  wink-agent mcp logout NAME                                  forget the sign-in

Flags
  --repository                 in this repository's .mcp.json, which other programs read too, instead of your own configuration
  -e, --env NAME=VALUE         a variable for the program; repeatable; \${NAME} is filled in from the environment at the start
  -H, --header "Name: value"   a header for each request; repeatable
  --transport stdio|http|sse   only sse is ever needed, for old servers
  --tools NAME,NAME            offer only these tools

Examples
  wink-agent mcp add files -- npx -y @modelcontextprotocol/server-filesystem '\${WINK_PROJECT_DIR}'
  wink-agent mcp add issues https://mcp.example.org/mcp -H 'Authorization: Bearer \${ISSUES_TOKEN}'
  wink-agent mcp add notion https://mcp.notion.com/mcp && wink-agent mcp login notion
  wink-agent mcp test
`;

const flags = [
  { name: 'repository', type: 'boolean', help: "in this repository's .mcp.json" },
  { name: 'scope', type: 'string', value: 'user|project', help: 'as other programs name it: project is --repository' },
  { name: 'env', short: 'e', type: 'string', value: 'NAME=VALUE', multiple: true, help: 'a variable' },
  { name: 'header', short: 'H', type: 'string', value: 'HEADER', multiple: true, help: 'a header' },
  { name: 'transport', short: 't', type: 'string', value: 'KIND', help: 'stdio, http or sse' },
  { name: 'tools', type: 'string', value: 'NAMES', help: 'only these tools' },
  { name: 'format', type: 'string', value: 'table|json', help: 'how it is printed' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

type Values = ReturnType<typeof parseFlags>['values'];
type Place = {
  readonly io: CommandIo;
  readonly home: string;
  readonly loaded: LoadedConfig;
  readonly isTrusted: boolean;
};

/** `wink-agent mcp`. Resolves to the exit code; throws UserError for a name or form that is wrong. */
export async function runMcp(words: readonly string[], io: CommandIo): Promise<number> {
  const [action = '', ...rest] = words;
  const { values, positionals } = parseFlags(action === 'add' ? ['add', ...keepCommand(rest)] : words, flags);
  const [, ...names] = positionals;
  if (values.help || action === '' || action === 'help') {
    io.stdout.write(help);
    return 0;
  }
  const home = winkHome(io.env);
  const trusts = (folder: string) => io.env.WINK_TRUST === '1' || isTrusted(folder, home);
  const loaded = await loadConfig({ env: io.env, cwd: io.cwd, home, flags: {}, isTrusted: trusts });
  const place: Place = { io, home, loaded, isTrusted: trusts(loaded.repository) };
  switch (action) {
    case 'add':
      return add(place, names, values);
    case 'list':
      return list(place, values);
    case 'remove':
      return remove(place, oneName(names, 'remove'), values);
    case 'test':
      return test(place, names, values);
    case 'login':
      return logInTo(place, oneName(names, 'login'));
    case 'logout':
      return logOut(place, oneName(names, 'logout'));
    default:
      throw new UserError(`\`mcp ${action}\` is not known; there are add, list, remove, test, login and logout.`);
  }
}

/** What follows the command of a new server is its own, dashes and all, with or without `--` before it. */
function keepCommand(words: readonly string[]): string[] {
  if (words.includes('--')) return [...words];
  const takesValue = (word: string) =>
    !word.includes('=') &&
    flags.some(
      ({ name, type, ...flag }) =>
        type === 'string' && (word === `--${name}` || ('short' in flag && word === `-${flag.short}`)),
    );
  let places = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word.startsWith('-')) at += takesValue(word) ? 1 : 0;
    else if (++places === 2)
      return /^(https?:|\{)/.test(word) ? [...words] : [...words.slice(0, at), '--', ...words.slice(at)];
  }
  return [...words];
}

function oneName(names: readonly string[], action: string): string {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new UserError(`It is \`wink-agent mcp ${action} NAME\`.`);
  return name;
}

function fileOf({ home, loaded }: Place, values: Values): string {
  const scope = values.scope ?? 'user';
  if (scope !== 'user' && scope !== 'local' && scope !== 'project')
    throw new UserError(`--scope is "${String(scope)}"; it is user or project.`);
  return values.repository || scope === 'project' ? join(loaded.repository, '.mcp.json') : join(home, 'config.json');
}

async function add(place: Place, [name, ...words]: readonly string[], values: Values): Promise<number> {
  if (name === undefined) throw new UserError('`mcp add` takes a name first; see `wink-agent mcp --help`.');
  const texts = (flag: 'env' | 'header') => (Array.isArray(values[flag]) ? values[flag].map(String) : []);
  const settings = readNewServer(words, {
    env: texts('env'),
    headers: texts('header'),
    transport: typeof values.transport === 'string' ? values.transport : undefined,
    tools: typeof values.tools === 'string' ? values.tools : undefined,
  });
  const file = fileOf(place, values);
  await setInFile(file, ['mcpServers', name], settings);
  place.io.stderr.write(`Added ${sanitize(name)} to ${file}. Try it: wink-agent mcp test ${sanitize(name)}\n`);
  if (file.endsWith('.mcp.json') && !place.isTrusted)
    place.io.stderr.write('It counts once you trust this repository: wink-agent trust\n');
  return 0;
}

async function remove(place: Place, name: string, values: Values): Promise<number> {
  const file = fileOf(place, values);
  const inOwn = place.loaded.config.mcpServers[name] !== undefined;
  const inRepository = name in (await readMcpJson(join(place.loaded.repository, '.mcp.json'), true, []));
  const isHere = file.endsWith('.mcp.json') ? inRepository : inOwn;
  if (!isHere && inRepository) throw new UserError(`${name} is in this repository's .mcp.json: add --repository.`);
  if (!isHere)
    throw new UserError(`There is no MCP server ${name} in ${file}; \`wink-agent mcp list\` shows them all.`);
  await setInFile(file, ['mcpServers', name], undefined);
  place.io.stderr.write(`Removed ${sanitize(name)} from ${file}.\n`);
  return 0;
}

/** All servers by name, those that are off too, with the state of each. */
async function allServers({ loaded, isTrusted }: Place, warnings: string[]) {
  const path = join(loaded.repository, '.mcp.json');
  const file = await readMcpJson(path, isTrusted, warnings);
  const origin = (name: string) =>
    [...loaded.origins].find(([key]) => key === 'mcpServers' || key.startsWith(`mcpServers.${name}`))?.[1] ??
    'configuration';
  return [
    ...Object.entries(file).map(([name, settings]) => ({ name, settings, from: path })),
    ...Object.entries(loaded.config.mcpServers).map(([name, settings]) => ({ name, settings, from: origin(name) })),
  ];
}

async function list(place: Place, values: Values): Promise<number> {
  const warnings: string[] = [];
  const rows = (await allServers(place, warnings)).map(({ name, settings, from }) => ({
    name,
    server: settings.url ?? [settings.command, ...(settings.args ?? [])].join(' '),
    state: stateOf(place, name, settings),
    from,
  }));
  const { stdout, stderr } = place.io;
  if (values.format === 'json') stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length === 0) stdout.write('No MCP servers are configured; `wink-agent mcp add` adds one.\n');
  else {
    const width = Math.max(...rows.map(({ name }) => name.length));
    for (const { name, server, state, from } of rows)
      stdout.write(`${sanitize(name.padEnd(width))}  ${state.padEnd(9)}  ${sanitize(server)}  (${sanitize(from)})\n`);
  }
  for (const warning of warnings) stderr.write(`${warning}\n`);
  return 0;
}

function stateOf({ home }: Place, name: string, { enabled, permission, url }: ServerSettings): string {
  if (enabled === false) return 'off';
  if (permission === 'deny') return 'denied';
  return url !== undefined && openSignInStore(home, name, url).read('tokens') !== undefined ? 'signed in' : 'on';
}

async function findServer(place: Place, name: string): Promise<ServerSettings> {
  const { servers } = await usable(place);
  const settings = servers.get(name);
  if (settings === undefined)
    throw new UserError(
      `There is no MCP server ${name}; there are ${[...servers.keys()].join(', ') || 'none'}. \`wink-agent mcp list\` shows those that are off, too.`,
    );
  return settings;
}

function usable({ loaded, isTrusted, io }: Place) {
  const { config, repository } = loaded;
  return readServers({ configured: config.mcpServers, repository, cwd: io.cwd, isTrusted, env: io.env });
}

async function test(place: Place, names: readonly string[], values: Values): Promise<number> {
  const { io, home } = place;
  const { servers, warnings } = await usable(place);
  for (const name of names) await findServer(place, name);
  for (const warning of warnings) io.stderr.write(`${warning}\n`);
  const chosen = new Map([...servers].filter(([name]) => names.length === 0 || names.includes(name)));
  const { openMcp } = await import('../mcp/hub.ts');
  const ignore = () => undefined;
  const hub = openMcp({
    servers: chosen,
    cwd: io.cwd,
    repository: place.loaded.repository,
    hold: await holdInSandbox(place),
    home,
    version: readVersion(),
    budgetTokens: Number.POSITIVE_INFINITY,
    isFresh: true,
    onNote: ignore,
    onWarning: (message) => io.stderr.write(`${sanitize(message)}\n`),
  });
  const slowest = Math.max(0, ...[...chosen.values()].map(({ startSeconds = 20 }) => startSeconds));
  await hub.start((slowest + 20) * 1000);
  const states = hub.servers();
  await hub.close();
  if (values.format === 'json') io.stdout.write(`${JSON.stringify(states, null, 2)}\n`);
  else for (const state of states) io.stdout.write(sanitize(describe(state)));
  if (states.length === 0) io.stdout.write('No MCP servers are configured; `wink-agent mcp add` adds one.\n');
  return states.every(({ state }) => state === 'ready') ? 0 : 1;
}

/** Servers that start in the workspace are tried where a session starts them: in the sandbox, which is looked for when the first of them starts. */
async function holdInSandbox({ io, home, loaded }: Place): Promise<HoldProgram> {
  const { holdPrograms, holdServers } = await import('../session/calls/hold-program.ts');
  const { findSandbox } = await import('../sandbox/sandbox.ts');
  let finding: ReturnType<typeof findSandbox> | undefined;
  const find = () => {
    finding ??= findSandbox({
      ...loaded.config.sandbox,
      roots: [io.cwd],
      home: io.env.HOME ?? homedir(),
      winkHome: home,
      writable: [heldCacheOf(home, loaded.repository)],
      mountPoint: privateFolder(join(home, 'mount')),
    });
    return finding;
  };
  const hold = holdPrograms({
    ready: async () => undefined,
    workspace: {
      roots: [io.cwd],
      wrapCommand: async (file, args, confinement) => (await find()).wrapCommand(file, args, confinement),
    },
  });
  return holdServers(hold, home, loaded.repository);
}

function describe(server: McpServerState): string {
  const { name, state, tools, tokens, repairs, log } = server;
  if (state !== 'ready') return `FAIL  ${name}  its log is ${log}\n`;
  const lines = repairs.map(({ tool, what }) => `      ${tool}: its schema was repaired (${what.join(', ')})\n`);
  return `ok    ${name}  ${count(tools.length, 'tool')}, about ${tokens.toLocaleString('en-US')} tokens a request\n${lines.join('')}`;
}

async function logInTo(place: Place, name: string): Promise<number> {
  const settings = await findServer(place, name);
  const { logIn } = await import('../mcp/sign-in/log-in.ts');
  const { io, home } = place;
  const say = (line: string) => io.stderr.write(`${sanitize(line)}\n`);
  const input = process.stdin.isTTY ? process.stdin : undefined;
  const done = await logIn({ name, settings, home, env: io.env, version: readVersion(), say, input });
  io.stdout.write(`${sanitize(done)}\n`);
  return 0;
}

async function logOut(place: Place, name: string): Promise<number> {
  const found = (await allServers(place, [])).find((server) => server.name === name);
  if (found?.settings.url === undefined) throw new UserError(`There is no MCP server ${name} with an address.`);
  const { url } = expandSettings(found.settings, place.io.env, new Set());
  const wasSignedIn = openSignInStore(place.home, name, url ?? '').remove();
  place.io.stdout.write(
    wasSignedIn ? `The sign-in to ${sanitize(name)} is forgotten.\n` : `You were not signed in to ${sanitize(name)}.\n`,
  );
  return 0;
}
