import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isPlain, type Plain, parseLayer } from '../config/layers.ts';
import { trustedOnlyKeys } from '../config/sources.ts';
import { readText } from '../core/disk/read-text.ts';
import { repositoryHookFiles } from '../hooks/hook-files.ts';
import { readMcpJson } from '../mcp/servers.ts';

/** One thing that trust makes effective: what it is ("hook", "setting"), its words, and the file that holds it, from the repository. */
export type TrustEffect = { readonly kind: string; readonly words: string; readonly file: string };

/**
 * What a repository's own files add once it is trusted: programs that hooks and MCP servers start, with all their words, settings, and the
 * files with commands, skills, agents and classes. Throws UserError where one of its files is not valid JSON.
 */
export async function listTrustEffects(repository: string): Promise<TrustEffect[]> {
  const file = '.wink/config.json';
  const { mcpServers, hooks, ...settings } = await readValues(join(repository, file));
  const inFiles = await Promise.all(
    repositoryHookFiles.map(async (name) => listHooks((await readValues(join(repository, name))).hooks, name)),
  );
  const servers = await readMcpJson(join(repository, '.mcp.json'), true, []);
  return [
    ...listHooks(hooks, file),
    ...inFiles.flat(),
    ...listServers(isPlain(mcpServers) ? mcpServers : {}, file),
    ...listServers(servers, '.mcp.json'),
    ...listSettings(settings, '', file),
    ...listFolders(repository),
  ];
}

async function readValues(path: string): Promise<Plain> {
  return existsSync(path) ? (await parseLayer(path, readText(path))).values : {};
}

/** Every command line, whichever of the two forms it is written in. */
function listHooks(hooks: unknown, file: string): TrustEffect[] {
  if (!isPlain(hooks)) return [];
  return Object.entries(hooks).flatMap(([event, entries]) =>
    findCommands(entries).map(({ command, tools }) => ({
      kind: 'hook',
      words: `${event}${tools === '' ? '' : ` (${tools})`}: ${command}`,
      file,
    })),
  );
}

function findCommands(entries: unknown, tools = ''): { command: string; tools: string }[] {
  if (Array.isArray(entries)) return entries.flatMap((entry) => findCommands(entry, tools));
  if (!isPlain(entries)) return [];
  const match = String(entries.matcher ?? entries.match ?? tools);
  const { command, hooks } = entries;
  return [...(typeof command === 'string' ? [{ command, tools: match }] : []), ...findCommands(hooks, match)];
}

function listServers(servers: Readonly<Record<string, unknown>>, file: string): TrustEffect[] {
  return Object.entries(servers).map(([name, server]) => {
    const { command, args, url, env } = isPlain(server) ? server : {};
    const words = [command, ...(Array.isArray(args) ? args : [])].filter((word) => word !== undefined);
    const start = typeof url === 'string' ? url : words.map((word) => quote(String(word))).join(' ');
    return {
      kind: 'MCP server',
      words: `${name}: ${start}${isPlain(env) ? ` with ${JSON.stringify(env)}` : ''}`,
      file,
    };
  });
}

function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Those that count only with trust; what makes things stricter counts without. */
function listSettings(settings: Readonly<Record<string, unknown>>, prefix: string, file: string): TrustEffect[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    if (trustedOnlyKeys.some((each) => each.key === key))
      return [{ kind: 'setting', words: `${key} = ${JSON.stringify(value)}`, file }];
    return isPlain(value) ? listSettings(value, `${key}.`, file) : [];
  });
}

const folders = [
  { kind: 'command', names: ['.wink/commands'], ends: '.md' },
  { kind: 'skill', names: ['.wink/skills', '.agents/skills', '.claude/skills'], ends: 'SKILL.md' },
  { kind: 'agent', names: ['.wink/agents', '.claude/agents'], ends: '.md' },
  { kind: 'class', names: ['.wink/classifiers'], ends: '.md' },
];

function listFolders(repository: string): TrustEffect[] {
  return folders.flatMap(({ kind, names, ends }) =>
    names.flatMap((name) =>
      readAll(join(repository, name))
        .filter((path) => path.endsWith(ends))
        .map((path) => ({ kind, words: relative(name, path).replace(/(?:\/SKILL)?\.md$/, ''), file: path })),
    ),
  );

  function readAll(folder: string): string[] {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
        .sort();
    } catch {
      return [];
    }
  }
}
