import { createHash } from 'node:crypto';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { isObject } from '../core/json.ts';
import { clip } from '../core/text.ts';
import { type PreparedCall, type Tool, type ToolContext, ToolError, type ToolOutput } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';
import { type Connection, type RemoteTool, reasonOf } from './connection.ts';
import { clipResult, formatContent } from './result.ts';
import { serverLabel } from './servers.ts';
import { withClient } from './with-client.ts';

export type Remote = { readonly server: string; readonly connection: Connection; readonly timeoutSeconds: number };

/** Providers allow 64 characters of letters, digits, `_` and `-`. */
const maxNameLength = 64;
/** A server's text goes into each request: a long one is cut. */
const maxDescriptionLength = 1_000;

/** `mcp__server__tool`; a name that is too long keeps its beginning and gets a hash. */
export function toolName(server: string, tool: string): string {
  const name = `mcp__${serverLabel(server)}__${tool.replace(/[^A-Za-z0-9_-]/g, '_')}`;
  if (name.length <= maxNameLength) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, maxNameLength - 9)}_${hash}`;
}

/** A server's tool as one of ours. What it does to the world is not known, so it is never run beside others and permissions ask for it by name. */
export function makeTool(remote: Remote, tool: RemoteTool): Tool {
  const name = toolName(remote.server, tool.name);
  return {
    name,
    act: 'other',
    aliases: [],
    schema: {
      name,
      description: clip(tool.description, maxDescriptionLength, (omitted) => `${omitted} characters left out`),
      parameters: asObjectSchema(tool.inputSchema),
    },
    prepare: (input) => prepareCall(remote, tool.name, name, input),
  };
}

function asObjectSchema(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = schema;
  return { ...rest, type: 'object', properties: isObject(rest.properties) ? rest.properties : {} };
}

/** A call of a server's tool, ready to run. The server checks the arguments itself and says what is wrong with them. */
export function prepareCall(remote: Remote, tool: string, name: string, input: JsonObject): PreparedCall {
  return {
    title: `${remote.server}: ${tool} ${clip(JSON.stringify(input), 80, () => '')}`.replace(/\s+/g, ' '),
    targets: [],
    run: (context) => runRemote(remote, tool, name, input, context),
  };
}

async function runRemote(
  remote: Remote,
  tool: string,
  name: string,
  input: JsonObject,
  context: ToolContext,
): Promise<ToolOutput> {
  const timeout = remote.timeoutSeconds * 1000;
  const ask = (client: Client) =>
    client.callTool({ name: tool, arguments: input }, undefined, {
      signal: context.signal,
      timeout,
      resetTimeoutOnProgress: true,
      maxTotalTimeout: timeout * 10,
      onprogress: ({ progress, total, message }) =>
        context.onOutput(`${message ?? 'progress'} ${progress}${total === undefined ? '' : `/${total}`}\n`),
    });
  try {
    const result = await withClient(remote.connection, ask, context.signal);
    const output = clipResult(
      formatContent(result.content, result.structuredContent),
      context.workspace.outputFolder,
      name,
    );
    return result.isError === true ? { output, isError: true, errorKind: 'failed' } : { output };
  } catch (error) {
    if (context.signal.aborted || error instanceof ToolError) throw error;
    throw explain(error, remote, tool);
  }
}

const requestTimeout = -32001;
const invalidParameters = -32602;

function explain(error: unknown, { server, timeoutSeconds }: Remote, tool: string): ToolError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = reasonOf(error);
  if (code === requestTimeout)
    return new ToolError(
      'timeout',
      `${server}: ${tool} gave no answer within ${timeoutSeconds} s. Go on without it, or ask for less.`,
    );
  if (code === invalidParameters) return new ToolError('bad-arguments', `${server}: ${message}`);
  return new ToolError('failed', `${server}: ${message}`);
}
