import { clip } from '../core/text/clip.ts';
import { neutralize } from '../core/text/neutralize.ts';
import { type PreparedCall, type Tool, type ToolContext, ToolError, type ToolOutput } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';
import { ask } from './connection/ask-server.ts';
import type { RemoteTool } from './connection/list-tools.ts';
import { reasonOf, type ServerConnection } from './connection/server-connection.ts';
import { withClient } from './connection/with-client.ts';
import { type FittedSchema, fitSchema } from './schema/fit-schema.ts';
import { clipResult, formatContent, picturesOf } from './server-result.ts';
import { ruleName } from './tool-name.ts';

export type Remote = {
  readonly server: string;
  readonly connection: ServerConnection;
  readonly timeoutSeconds: number;
};

/** A server's tool, ready for the model: its name there, its description and its repaired arguments. */
export type ServerTool = {
  readonly remote: Remote;
  /** As the server calls it. */
  readonly own: string;
  /** As the provider and the session know it. */
  readonly name: string;
  readonly description: string;
  readonly fitted: FittedSchema;
};

/** A server's text goes into each request: a long one is cut. */
const maxDescriptionLength = 1_000;

export function readServerTool(remote: Remote, tool: RemoteTool, name: string): ServerTool {
  const fitted = fitSchema(tool.inputSchema);
  const description = clip(tool.description, maxDescriptionLength, (omitted) => `${omitted} characters left out`);
  const words = neutralize([description, fitted.note].filter(Boolean).join(' '));
  return { remote, own: tool.name, name, description: words, fitted };
}

/** A server's tool as one of ours. What it does to the world is not known, so it always runs alone and permissions ask for it by name. */
export function makeServerTool(tool: ServerTool, isDeferred: boolean): Tool {
  const { name, description, fitted } = tool;
  return {
    name,
    act: 'other',
    aliases: [],
    schema: { name, description, parameters: fitted.schema },
    ...(isDeferred ? { isDeferred } : {}),
    prepare: (input) =>
      isDeferred ? (missingArguments(tool, input) ?? prepareCall(tool, input)) : prepareCall(tool, input),
  };
}

/** A call of a server's tool, ready to run. The server checks the arguments itself and says what is wrong with them. */
export function prepareCall(tool: ServerTool, input: JsonObject): PreparedCall {
  const { remote, own } = tool;
  return {
    title: `${remote.server}: ${own} ${clip(JSON.stringify(input), 80, () => '')}`.replace(/\s+/g, ' '),
    targets: [],
    effectiveName: ruleName(remote.server, own),
    effectiveInput: input,
    run: (context) => runRemote(tool, input, context),
  };
}

/** What a call lacks of a tool whose arguments the model may not have seen; the answer names them all. */
export function missingArguments({ remote, own, fitted }: ServerTool, input: JsonObject): string | undefined {
  const { required } = fitted.schema;
  const missing = (Array.isArray(required) ? required : []).filter((name) => !(String(name) in input));
  if (missing.length === 0) return undefined;
  return `${remote.server}/${own} needs ${missing.join(', ')}; its arguments are ${JSON.stringify(fitted.schema)}`;
}

async function runRemote(tool: ServerTool, input: JsonObject, context: ToolContext): Promise<ToolOutput> {
  const { remote, own, name, fitted } = tool;
  const timeout = remote.timeoutSeconds * 1000;
  try {
    const result = await withClient(
      remote.connection,
      (client) =>
        ask(
          client,
          'tools/call',
          { name: own, arguments: fitted.restore(input) },
          {
            signal: context.signal,
            timeout,
            resetTimeoutOnProgress: true,
            maxTotalTimeout: timeout * 10,
            onprogress: ({ progress, total, message }) =>
              context.onOutput(`${message ?? 'progress'} ${progress}${total === undefined ? '' : `/${total}`}\n`),
          },
        ),
      context.signal,
    );
    const { content, value, structuredContent, isError, ...rest } = result;
    // A result without any of the protocol's keys is shown whole, as far as it goes.
    const shown = content ?? value ?? (structuredContent === undefined ? strangeResult(rest) : undefined);
    const output = clipResult(formatContent(shown, structuredContent, true), name, context.workspace);
    const images = picturesOf(shown);
    const made = { output, ...(images.length > 0 ? { images } : {}) };
    return isError === true || isError === 'true' ? { ...made, isError: true, errorKind: 'failed' } : made;
  } catch (error) {
    if (context.signal.aborted || error instanceof ToolError) throw error;
    throw explain(error, tool);
  }
}

function strangeResult({ _meta, ...rest }: JsonObject): JsonObject | undefined {
  return Object.keys(rest).length > 0 ? rest : undefined;
}

const requestTimeout = -32001;
const invalidParameters = -32602;

function explain(error: unknown, { remote, own, fitted }: ServerTool): ToolError {
  const { server, timeoutSeconds } = remote;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = reasonOf(error);
  if (code === 401)
    return new ToolError(
      'failed',
      `${server} wants the user to sign in again: tell them to run \`wink-agent mcp login ${server}\`, and go on without it.`,
    );
  if (code === requestTimeout)
    return new ToolError(
      'timeout',
      `${server}: ${own} gave no answer within ${timeoutSeconds} s. Go on without it, or ask for less.`,
    );
  if (code === invalidParameters)
    return new ToolError('bad-arguments', `${server}: ${message} Its arguments are ${JSON.stringify(fitted.schema)}`);
  return new ToolError('failed', `${server}: ${message}`);
}
