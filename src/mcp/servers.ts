import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../core/errors.ts';
import { isObject, parseJson } from '../core/json.ts';

/** One server as configured: a program (stdio) or an address (streamable HTTP). */
export type ServerSettings = {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly type?: 'stdio' | 'http' | 'streamable-http' | 'sse' | undefined;
  readonly enabled?: boolean | undefined;
  readonly permission?: 'allow' | 'ask' | 'deny' | undefined;
  readonly tools?: readonly string[] | undefined;
  readonly startSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
};

type Places = {
  readonly configured: Readonly<Record<string, ServerSettings>>;
  readonly repository: string;
  readonly isTrusted: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * The servers of a run: those of the configuration, and of the repository's `.mcp.json` where the user trusted it. Variables
 * (`${NAME}`, `${NAME:-default}`) are filled in. Servers that are off or denied are left out; what is wrong is a warning, never an end.
 */
export function readServers({ configured, repository, isTrusted, env }: Places): {
  servers: Map<string, ServerSettings>;
  warnings: string[];
} {
  const warnings: string[] = [];
  const file = readMcpJson(join(repository, '.mcp.json'), isTrusted, warnings);
  const servers = new Map<string, ServerSettings>();
  for (const [name, settings] of Object.entries({ ...file, ...configured })) {
    if (settings.enabled === false || settings.permission === 'deny') continue;
    const missing = new Set<string>();
    servers.set(name, expandSettings(settings, env, missing));
    if (missing.size > 0)
      warnings.push(`The MCP server ${name} wants ${[...missing].join(', ')}, which the environment does not have.`);
  }
  return { servers, warnings };
}

function readMcpJson(path: string, isTrusted: boolean, warnings: string[]): Record<string, ServerSettings> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') warnings.push(`${path} can't be read (${errorCode(error) ?? String(error)}).`);
    return {};
  }
  if (!isTrusted) {
    warnings.push(
      `${path} is ignored because it can run code and you have not trusted this repository; run \`wink-agent trust\` to trust it.`,
    );
    return {};
  }
  const parsed = parseJson(text);
  if (!isObject(parsed) || !isObject(parsed.mcpServers)) {
    warnings.push(`${path} is ignored: it must be JSON with an object "mcpServers".`);
    return {};
  }
  const servers: Record<string, ServerSettings> = {};
  for (const [name, entry] of Object.entries(parsed.mcpServers)) {
    const settings = readEntry(entry);
    if (typeof settings === 'string') warnings.push(`${path}: the server "${name}" is left out: ${settings}.`);
    else servers[name] = settings;
  }
  return servers;
}

/** Other programs write more keys than we know; only those that we use are looked at. */
function readEntry(entry: unknown): ServerSettings | string {
  if (!isObject(entry)) return 'it is no object';
  const { command, args = [], env = {}, cwd, url, headers = {}, disabled } = entry;
  const common = disabled === true ? { enabled: false } : {};
  if (typeof command === 'string' && url === undefined) {
    if (!isTexts(args) || !isTextMap(env)) return '"args" must be a list of texts and "env" an object of texts';
    return { command, args, env, ...(typeof cwd === 'string' ? { cwd } : {}), ...common };
  }
  if (typeof url === 'string' && URL.canParse(url)) {
    if (!isTextMap(headers)) return '"headers" must be an object of texts';
    return { url, headers, ...(entry.type === 'sse' ? { type: 'sse' as const } : {}), ...common };
  }
  return 'it needs either "command" or a valid "url"';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

function expandSettings(settings: ServerSettings, env: Places['env'], missing: Set<string>): ServerSettings {
  const fill = (text: string) => expandVariables(text, env, missing);
  const fillAll = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, fill(value)]));
  return {
    ...settings,
    ...(settings.command === undefined ? {} : { command: fill(settings.command) }),
    ...(settings.args === undefined ? {} : { args: settings.args.map(fill) }),
    ...(settings.env === undefined ? {} : { env: fillAll(settings.env) }),
    ...(settings.url === undefined ? {} : { url: fill(settings.url) }),
    ...(settings.headers === undefined ? {} : { headers: fillAll(settings.headers) }),
  };
}

function expandVariables(text: string, env: Places['env'], missing: Set<string>): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = env[name] || fallback;
    if (value === undefined) missing.add(name);
    return value ?? '';
  });
}

/** The per-server permissions as rules of the permission system: `mcp(server/*)`. */
export function permissionRules(servers: Readonly<Record<string, ServerSettings>>): {
  allow: string[];
  ask: string[];
  deny: string[];
} {
  const rules: { allow: string[]; ask: string[]; deny: string[] } = { allow: [], ask: [], deny: [] };
  for (const [name, { permission }] of Object.entries(servers))
    if (permission !== undefined) rules[permission].push(`mcp(${serverLabel(name)}/*)`);
  return rules;
}

/** The server's name as it stands in tool names and rules: letters, digits, `_` and `-`, without a double `_`. */
export function serverLabel(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/_{2,}/g, '_');
}
