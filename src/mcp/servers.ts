import { join } from 'node:path';
import { parseLayer } from '../config/layers.ts';
import { readText, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { isObject } from '../core/text/json.ts';
import { ignoredUntrusted } from '../core/untrusted.ts';
import { projectVariables, startsInWorkspace } from './server-place.ts';
import { serverLabel } from './tool-name.ts';

/** One server as configured: a program (stdio) or an address (streamable HTTP). */
export type ServerSettings = {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Whether its program, started in the workspace, runs in the sandbox. Not said: it starts outside of the workspace. Of a repository's: true. */
  readonly sandbox?: boolean | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly type?: 'stdio' | 'http' | 'streamable-http' | 'sse' | undefined;
  readonly enabled?: boolean | undefined;
  readonly permission?: 'allow' | 'ask' | 'deny' | undefined;
  readonly tools?: readonly string[] | undefined;
  /** true: descriptions of its tools stay out of requests; false: they are in, whatever they take. */
  readonly defer?: boolean | undefined;
  /** A client that was registered with the authorization server by hand, for one that registers none by itself. */
  readonly oauth?: OauthSettings | undefined;
  readonly startSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
};

export type OauthSettings = {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  /** The port of the redirect, where the client is registered with one. */
  readonly callbackPort?: number | undefined;
};

type Places = {
  readonly configured: Readonly<Record<string, ServerSettings>>;
  readonly repository: string;
  /** The workspace. */
  readonly cwd: string;
  readonly isTrusted: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * The servers of a run: those of the configuration, and of the repository's `.mcp.json` where the user trusted it. Variables of the
 * environment and those of the repository (`${NAME}`, `${NAME:-default}`) are filled in. Servers that are off or denied are left out; what is wrong is a warning, never an end.
 */
export async function readServers({ configured, repository, cwd, isTrusted, env }: Places): Promise<{
  servers: Map<string, ServerSettings>;
  warnings: string[];
}> {
  const warnings: string[] = [];
  const file = await readMcpJson(join(repository, '.mcp.json'), isTrusted, warnings);
  const servers = new Map<string, ServerSettings>();
  const variables = { ...env, ...projectVariables(repository) };
  for (const [name, settings] of Object.entries({ ...file, ...configured })) {
    if (settings.enabled === false || settings.permission === 'deny') continue;
    if (!isTrusted && startsInWorkspace(settings, cwd)) {
      warnings.push(
        `The MCP server ${name} is left out because it would start in this repository (its "cwd" or "sandbox" says so), which you have not trusted; run \`wink-agent trust\` to trust it.`,
      );
      continue;
    }
    const missing = new Set<string>();
    servers.set(name, expandSettings(settings, variables, missing));
    if (missing.size > 0)
      warnings.push(`The MCP server ${name} wants ${[...missing].join(', ')}, which the environment does not have.`);
  }
  return { servers, warnings };
}

/** The servers of a `.mcp.json`, as other programs write it: with comments, a byte order mark, or the key `servers`. */
export async function readMcpJson(
  path: string,
  isTrusted: boolean,
  warnings: string[],
): Promise<Record<string, ServerSettings>> {
  const text = readIfThere(path, warnings);
  if (text === undefined) return {};
  if (!isTrusted) {
    warnings.push(ignoredUntrusted(path, 'is', 'can run code'));
    return {};
  }
  const values = await parseLayer(path, text).then(
    (layer) => layer.values,
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      warnings.push(`${path} is ignored: ${error.message.replace(`${path}:`, 'line ')}`);
      return undefined;
    },
  );
  if (values === undefined) return {};
  const listed = isObject(values.mcpServers) ? values.mcpServers : values.servers;
  if (!isObject(listed)) {
    warnings.push(`${path} is ignored: it must be JSON with an object "mcpServers".`);
    return {};
  }
  const servers: Record<string, ServerSettings> = {};
  for (const [name, entry] of Object.entries(listed)) {
    const settings = readServerEntry(entry);
    if (typeof settings === 'string') warnings.push(`${path}: the server "${name}" is left out: ${settings}.`);
    else servers[name] = { ...settings, ...(settings.command === undefined ? {} : { sandbox: true }) };
  }
  return servers;
}

function readIfThere(path: string, warnings: string[]): string | undefined {
  try {
    return readText(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') warnings.push(`${path} can't be read: ${whyUnreadable(error)}.`);
    return undefined;
  }
}

/** Other programs write more keys than we know, and some of ours by other names; only those that we use are looked at. */
export function readServerEntry(entry: unknown): ServerSettings | string {
  if (!isObject(entry)) return 'it is not an object';
  const { env, cwd, headers, disabled, enabled, oauth } = entry;
  const common = disabled === true || enabled === false ? { enabled: false } : {};
  const [command, ...given] = Array.isArray(entry.command) ? entry.command : [entry.command];
  const url = entry.url ?? entry.httpUrl ?? entry.serverUrl;
  if (typeof command === 'string' && url === undefined) {
    const args = readTexts([...given, ...(Array.isArray(entry.args) ? entry.args : [])]);
    const variables = readTextMap(env);
    if (args === undefined || variables === undefined || !(entry.args === undefined || Array.isArray(entry.args)))
      return '"args" must be a list of texts and "env" an object of texts';
    return { command, args, env: variables, ...(typeof cwd === 'string' ? { cwd } : {}), ...common };
  }
  if (typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url)) {
    const read = readTextMap(headers);
    if (read === undefined) return '"headers" must be an object of texts';
    const type = entry.type === 'sse' ? { type: 'sse' as const } : {};
    return { url, headers: read, ...type, ...readOauth(oauth), ...common };
  }
  return 'it needs either "command" or a valid "url"';
}

function readOauth(oauth: unknown): { oauth?: OauthSettings } {
  if (!isObject(oauth)) return {};
  const { clientId, clientSecret, scope, callbackPort } = oauth;
  return {
    oauth: {
      ...(typeof clientId === 'string' ? { clientId } : {}),
      ...(typeof clientSecret === 'string' ? { clientSecret } : {}),
      ...(typeof scope === 'string' ? { scope } : {}),
      ...(typeof callbackPort === 'number' ? { callbackPort } : {}),
    },
  };
}

/** Numbers and booleans are meant as they are written. */
function readTexts(values: readonly unknown[]): string[] | undefined {
  return values.every(isWord) ? values.map(String) : undefined;
}

function readTextMap(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  return entries.every(([, each]) => isWord(each))
    ? Object.fromEntries(entries.map(([key, each]) => [key, String(each)]))
    : undefined;
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Fills in the variables of the environment; the names of those it lacks go to `missing`. */
export function expandSettings(settings: ServerSettings, env: Places['env'], missing: Set<string>): ServerSettings {
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
    ...(settings.oauth === undefined ? {} : { oauth: fillOauth(settings.oauth, fill) }),
  };
}

function fillOauth(oauth: OauthSettings, fill: (text: string) => string): OauthSettings {
  const { clientId, clientSecret } = oauth;
  return {
    ...oauth,
    ...(clientId === undefined ? {} : { clientId: fill(clientId) }),
    ...(clientSecret === undefined ? {} : { clientSecret: fill(clientSecret) }),
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
