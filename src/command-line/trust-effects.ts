import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isPlain, type Plain, parseLayer } from '../config/layers.ts';
import { trustedOnlyKeys } from '../config/sources.ts';
import { readText } from '../core/disk/read-text.ts';
import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { repositoryHookFiles } from '../hooks/hook-files.ts';
import { loadClasses } from '../observer/classes/custom-classes.ts';
import { builtInClasses } from '../observer/classes/taxonomy.ts';
import { findAgents } from '../session/subagents/find-agents.ts';
import { findSkills } from '../skills/find-skills.ts';
import { findCommands } from '../slash-commands/custom.ts';

/** One thing that trust makes effective: what it is ("hook", "setting"), its words, and the file that holds it, from the repository. */
export type TrustEffect = { readonly kind: string; readonly words: string; readonly file: string };

/**
 * What a repository's own files add once it is trusted: programs that hooks and MCP servers start, with all their words, settings, and the
 * files with commands, skills, agents and classes. What starts programs comes last, next to the question. Throws UserError where one of its files is not valid JSON.
 */
export async function listTrustEffects(repository: string): Promise<TrustEffect[]> {
  const file = '.wink/config.json';
  const { mcpServers, hooks, ...settings } = await readValues(join(repository, file));
  const inFiles = await Promise.all(
    repositoryHookFiles.map(async (name) => listHooks((await readValues(join(repository, name))).hooks, name)),
  );
  const shared = await readValues(join(repository, '.mcp.json'));
  const servers = shared.mcpServers ?? shared.servers;
  return [
    ...(await listFiles(repository)),
    ...listSettings(settings, '', file),
    ...listServers(mcpServers, file),
    ...listServers(servers, '.mcp.json'),
    ...listHooks(hooks, file),
    ...inFiles.flat(),
  ];
}

async function readValues(path: string): Promise<Plain> {
  return existsSync(path) ? (await parseLayer(path, readText(path))).values : {};
}

/** Every command line, whichever of the two forms it is written in. */
function listHooks(hooks: unknown, file: string): TrustEffect[] {
  if (!isPlain(hooks)) return [];
  return Object.entries(hooks).flatMap(([event, entries]) =>
    commandsIn(entries).map(({ command, tools }) => ({
      kind: 'hook',
      words: `${event}${tools === '' ? '' : ` (${tools})`}: ${JSON.stringify(command)}`,
      file,
    })),
  );
}

function commandsIn(entries: unknown, tools = ''): { command: string; tools: string }[] {
  if (Array.isArray(entries)) return entries.flatMap((entry) => commandsIn(entry, tools));
  if (!isPlain(entries)) return [];
  const match = String(entries.matcher ?? entries.match ?? tools);
  const { command, hooks } = entries;
  return [...(typeof command === 'string' ? [{ command, tools: match }] : []), ...commandsIn(hooks, match)];
}

/** Each with all that is said of it: a header may take a key of the user's along, a permission may end questions. */
function listServers(servers: unknown, file: string): TrustEffect[] {
  if (!isPlain(servers)) return [];
  return Object.entries(servers).map(([name, server]) => {
    const { command, args, url, ...rest } = isPlain(server) ? server : {};
    const words = [command, ...(Array.isArray(args) ? args : []), url].filter((word) => word !== undefined);
    const start = words.map((word) => quote(String(word))).join(' ');
    const more = Object.keys(rest).length > 0 ? ` with ${JSON.stringify(rest)}` : '';
    return { kind: 'MCP server', words: `${name}: ${start}${more}`, file };
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

/** Read by those who read them for a session, so that none is left out of the list. */
async function listFiles(repository: string): Promise<TrustEffect[]> {
  const places = { home: nowhere, userHome: undefined, repository, isTrusted: true, gate: openGate };
  const { commands } = findCommands({ ...places, reserved: new Set() });
  const [{ skills }, { agents }, { classes }] = await Promise.all([
    findSkills(places),
    findAgents(places),
    loadClasses([join(repository, '.wink/classifiers')]),
  ]);
  const builtIn = new Set(builtInClasses.map(({ name }) => name));
  const effect = (kind: string, words: string, path: string) => ({ kind, words, file: relative(repository, path) });
  return [
    ...commands.map(({ name, path }) => effect('command', `/${name}`, path)),
    ...skills.map(({ name, folder }) => effect('skill', name, folder)),
    ...agents.flatMap(({ name, path }) => (path === undefined ? [] : [effect('agent', name, path)])),
    ...classes
      .filter(({ name }) => !builtIn.has(name))
      .map(({ name }) => effect('classifier', name, join(repository, '.wink/classifiers'))),
  ];
}

/** A home without anything of the user's. */
const nowhere = '/dev/null';
const openGate: ReadingGate = { whyClosed: () => undefined, isUnnamed: () => false };
