import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { askAll, type McpClient, textOr } from './ask-server.ts';

/** A tool as its server describes it; the schema may be anything, `fitSchema` makes it one that providers take. */
export type RemoteTool = { readonly name: string; readonly description: string; readonly inputSchema: JsonObject };

const timeoutMs = 15_000;
/** A server that did not say that it has tools is asked all the same: some forget to. */
const undeclaredMs = 2_000;

/** All tools of a server. One without a name is left out, with a sentence. */
export async function listTools(client: McpClient): Promise<{ tools: RemoteTool[]; oddities: string[] }> {
  const isDeclared = client.getServerCapabilities()?.tools !== undefined;
  const timeout = isDeclared ? timeoutMs : undeclaredMs;
  const entries = await askAll(client, 'tools/list', 'tools', { timeout }).catch((error: unknown) => {
    if (isDeclared) throw error;
    return [];
  });
  const tools = new Map<string, RemoteTool>();
  const oddities: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const tool = readTool(entry);
    if (tool === undefined) oddities.push(`tool ${index + 1} of its list has no name and is left out.`);
    else if (tools.has(tool.name)) oddities.push(`its tool ${tool.name} is listed twice; the first one counts.`);
    else tools.set(tool.name, tool);
  }
  return { tools: [...tools.values()], oddities };
}

/** A tool from its entry in a list, of a server or of a cache; other keys and wrong kinds are passed over. */
export function readTool(entry: JsonObject): RemoteTool | undefined {
  const { name, description, title, inputSchema } = entry;
  if (typeof name !== 'string' || name.trim() === '') return undefined;
  return {
    name,
    description: textOr(description, textOr(title, '')),
    inputSchema: isObject(inputSchema) ? inputSchema : {},
  };
}
