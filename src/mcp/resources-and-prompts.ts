import { clip } from '../core/text/clip.ts';
import { isObject } from '../core/text/json.ts';
import { ask, askAll, textOr } from './connection/ask-server.ts';
import type { ServerConnection } from './connection/server-connection.ts';
import { withClient } from './connection/with-client.ts';
import { formatContent, formatResource } from './server-result.ts';

export type McpResource = {
  readonly server: string;
  readonly uri: string;
  readonly name: string /** What comes after `@`. */;
  readonly mention: string;
};

export type McpPrompt = {
  readonly server: string;
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly isRequired: boolean }[];
  /** The prompt's text for these words: one for each argument in order, the last one takes the rest. Throws a sentence when one is missing. */
  readonly expand: (words: string) => Promise<string>;
};

const timeoutMs = 5_000;
const resourceLimit = 24_000;

/** Resources of all servers that answer; one that does not is left out. */
export async function listResources(connections: ReadonlyMap<string, ServerConnection>): Promise<McpResource[]> {
  return askEach(connections, async (server, connection) => {
    const resources = await withClient(connection, async (client) =>
      client.getServerCapabilities()?.resources === undefined
        ? []
        : askAll(client, 'resources/list', 'resources', { timeout: timeoutMs }),
    );
    return resources.flatMap(({ uri, name }) =>
      typeof uri === 'string' ? [{ server, uri, name: textOr(name, uri), mention: `${server}:${uri}` }] : [],
    );
  });
}

/** The text behind `server:uri`. */
export async function readResource(
  connections: ReadonlyMap<string, ServerConnection>,
  target: string,
): Promise<string | undefined> {
  const colon = target.indexOf(':');
  const connection = connections.get(target.slice(0, colon));
  if (colon <= 0 || connection === undefined) return undefined;
  try {
    const uri = target.slice(colon + 1);
    const { contents } = await withClient(connection, (client) =>
      ask(client, 'resources/read', { uri }, { timeout: timeoutMs }),
    );
    return clip(
      (Array.isArray(contents) ? contents : [contents]).map(formatResource).join('\n\n'),
      resourceLimit,
      (omitted) => `${omitted} characters left out`,
    );
  } catch {
    return undefined;
  }
}

/** Prompts of all servers that answer, as commands. */
export async function listPrompts(connections: ReadonlyMap<string, ServerConnection>): Promise<McpPrompt[]> {
  return askEach(connections, async (server, connection) => {
    const prompts = await withClient(connection, async (client) =>
      client.getServerCapabilities()?.prompts === undefined
        ? []
        : askAll(client, 'prompts/list', 'prompts', { timeout: timeoutMs }),
    );
    return prompts.flatMap(({ name, description, arguments: wanted }) => {
      if (typeof name !== 'string') return [];
      const parameters = readParameters(wanted);
      return [
        {
          server,
          name,
          description: textOr(description, ''),
          arguments: parameters,
          expand: (words: string) => expandPrompt(connection, name, parameters, words),
        },
      ];
    });
  });
}

function readParameters(wanted: unknown): McpPrompt['arguments'] {
  const listed = Array.isArray(wanted) ? wanted.filter(isObject) : [];
  return listed.flatMap(({ name, required }) =>
    typeof name === 'string' ? [{ name, isRequired: required === true }] : [],
  );
}

async function expandPrompt(
  connection: ServerConnection,
  name: string,
  parameters: McpPrompt['arguments'],
  words: string,
): Promise<string> {
  const filled = fillArguments(name, parameters, words);
  const { messages } = await withClient(connection, (client) =>
    ask(client, 'prompts/get', { name, arguments: filled }, { timeout: timeoutMs }),
  );
  const parts = (Array.isArray(messages) ? messages : []).filter(isObject);
  const text = parts.map(({ content }) => formatContent(content)).join('\n\n');
  return clip(text, resourceLimit, (omitted) => `${omitted} characters left out`);
}

function fillArguments(name: string, parameters: McpPrompt['arguments'], words: string): Record<string, string> {
  const parts = words.trim() === '' ? [] : words.trim().split(/\s+/);
  const filled: Record<string, string> = {};
  for (const [index, parameter] of parameters.entries()) {
    const value = index === parameters.length - 1 ? parts.slice(index).join(' ') : parts[index];
    if (value) filled[parameter.name] = value;
    else if (parameter.isRequired)
      throw new Error(
        `The prompt ${name} needs ${parameters
          .filter((each) => each.isRequired)
          .map((each) => each.name)
          .join(', ')}.`,
      );
  }
  return filled;
}

async function askEach<T>(
  connections: ReadonlyMap<string, ServerConnection>,
  ask: (server: string, connection: ServerConnection) => Promise<T[]>,
): Promise<T[]> {
  const answers = await Promise.all(
    [...connections].map(([server, connection]) =>
      Promise.race([ask(server, connection).catch(() => []), silence<T>()]),
    ),
  );
  return answers.flat();
}

function silence<T>(): Promise<T[]> {
  return new Promise((resolve) => setTimeout(resolve, timeoutMs, []).unref());
}
