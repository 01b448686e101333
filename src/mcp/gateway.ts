import * as z from 'zod';
import { loadPrompt } from '../core/prompt.ts';
import { clip } from '../core/text/clip.ts';
import { parseJson } from '../core/text/json.ts';
import type { PreparedCall, Tool } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';
import { findTools } from './find-tools.ts';
import { missingArguments, prepareCall, type ServerTool } from './server-tool.ts';

export const gatewayName = 'mcp_call';
export const searchName = 'mcp_search';

/** The servers as the gateway sees them, now. */
export type Shelf = {
  readonly servers: () => readonly string[];
  /** Tools of a server by its name or label; undefined while they are not known. */
  readonly toolsOf: (server: string) => readonly ServerTool[] | undefined;
  readonly tools: () => readonly ServerTool[];
};

const callInput = z.object({
  server: z.string(),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

/**
 * The one tool through which tools are called whose descriptions are not in the request: the list of tools never changes, so the
 * provider's cache holds. Permissions take the call for one of the tool that it is for.
 */
export function makeGateway(shelf: Shelf): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(callInput, { io: 'input' });
  return {
    name: gatewayName,
    act: 'other',
    aliases: [],
    schema: { name: gatewayName, description: loadPrompt('mcp/gateway', {}), parameters },
    prepare: (raw) => {
      const given = typeof raw.arguments === 'string' ? parseJson(raw.arguments) : raw.arguments;
      const parsed = callInput.safeParse({ ...raw, arguments: given ?? {} });
      if (!parsed.success) return 'it needs "server", "tool" and an object "arguments"';
      return prepareThrough(shelf, parsed.data.server, parsed.data.tool, parsed.data.arguments);
    },
  };
}

function prepareThrough(shelf: Shelf, server: string, wanted: string, input: JsonObject): PreparedCall | string {
  const tools = shelf.toolsOf(server);
  if (!shelf.servers().includes(server) && tools === undefined)
    return `there is no MCP server ${JSON.stringify(server)}; there are ${shelf.servers().join(', ')}`;
  if (tools === undefined) return `${server} has not started yet; go on without it, or try again later`;
  const tool = tools.find(({ own, name }) => own === wanted || name === wanted);
  if (tool === undefined)
    return `${server} has no tool ${JSON.stringify(wanted)}; it has ${clip(tools.map(({ own }) => own).join(', '), 2_000, () => '')}`;
  return missingArguments(tool, input) ?? prepareCall(tool, input);
}

const searchInput = z.object({
  query: z.string().describe('What the tool should do, in a few words, or its name'),
  server: z.string().optional().describe('Only tools of this server'),
});

const maxFound = 6;
const maxSchemaLength = 6_000;
const maxAnswerLength = 24_000;
/** All servers together, in the description of the search: about 1,500 tokens. */
const maxShelfLength = 6_000;

/** Finds tools by words. `described` says in the tool's own description what can be found: it is written once and never changes. */
export function makeSearch(shelf: Shelf, deferred: readonly ServerTool[]): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(searchInput, { io: 'input' });
  const servers = describeShelf(deferred);
  return {
    name: searchName,
    act: 'search',
    aliases: [],
    schema: { name: searchName, description: loadPrompt('mcp/search', { servers }), parameters },
    prepare: (raw) => {
      const parsed = searchInput.safeParse(raw);
      if (!parsed.success) return 'it needs a text "query"';
      const { query, server } = parsed.data;
      return { title: query, targets: [], run: async () => ({ output: search(shelf, query, server) }) };
    },
  };
}

function search(shelf: Shelf, query: string, server: string | undefined): string {
  const tools = server === undefined ? shelf.tools() : shelf.toolsOf(server);
  if (tools === undefined)
    return `There is no MCP server ${JSON.stringify(server)} with known tools; there are ${shelf.servers().join(', ')}.`;
  const found = findTools(tools, query);
  if (found.length === 0)
    return `No tool fits ${JSON.stringify(query)}. ${describeShelf(tools) || 'No server offers any.'}`;
  const shown: string[] = [];
  let length = 0;
  for (const tool of found.slice(0, maxFound)) {
    const text = describeTool(tool);
    if (shown.length > 0 && length + text.length > maxAnswerLength) break;
    shown.push(text);
    length += text.length;
  }
  const others = found.slice(shown.length).map(({ remote, own }) => `${remote.server}/${own}`);
  const more = others.length > 0 ? `\n\nAlso: ${clip(others.join(', '), 1_000, () => '')}` : '';
  return `${shown.join('\n\n')}${more}`;
}

function describeTool({ remote, own, description, fitted }: ServerTool): string {
  const schema = clip(JSON.stringify(fitted.schema), maxSchemaLength, (omitted) => `${omitted} characters left out`);
  return `server ${remote.server}, tool ${own}: ${description}\narguments: ${schema}`;
}

/** A line a server with its tools' names, each server as many as its share of the room allows. */
function describeShelf(tools: readonly ServerTool[]): string {
  const byServer = new Map<string, string[]>();
  for (const { remote, own } of tools) byServer.set(remote.server, [...(byServer.get(remote.server) ?? []), own]);
  const share = Math.floor(maxShelfLength / Math.max(1, byServer.size));
  return [...byServer].map(([server, names]) => describeServer(server, names, share)).join('\n');
}

function describeServer(server: string, names: readonly string[], share: number): string {
  const listed: string[] = [];
  let length = server.length + 10;
  for (const name of names) {
    length += name.length + 2;
    if (listed.length > 0 && length > share) break;
    listed.push(name);
  }
  const rest = names.length - listed.length;
  return `- ${server}: ${listed.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
