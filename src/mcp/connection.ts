import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isObject } from '../core/json.ts';
import type { JsonObject } from '../core/types.ts';
import type { ServerLog } from './log.ts';
import type { ServerSettings } from './servers.ts';

/** A tool as its server describes it. */
export type RemoteTool = { readonly name: string; readonly description: string; readonly inputSchema: JsonObject };

export type ConnectionState = 'idle' | 'starting' | 'ready' | 'down';

export type Connection = {
  /** The connected client; starts or restarts the server when it is not running. Rejects with a sentence for the model. */
  readonly client: () => Promise<Client>;
  /** This client is of no more use: the next `client` connects anew. */
  readonly drop: (client: Client) => void;
  readonly state: () => ConnectionState;
  /** Why it is down, in one sentence. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
};

export type ConnectionOptions = {
  readonly name: string;
  readonly settings: ServerSettings;
  readonly cwd: string;
  readonly version: string;
  readonly log: ServerLog;
  /** After each start and each notice of a change. */
  readonly onTools: (tools: readonly RemoteTool[]) => void;
};

const defaultStartSeconds = 20;
const listTimeoutMs = 15_000;
const maxPages = 50;
/** Waits before the next start after failures in a row; between them calls fail at once instead of hanging. */
const restartWaitsMs = [0, 1_000, 5_000, 15_000, 60_000] as const;

/** One server: started when it is first needed, started again (with growing waits) after it died. */
export function createConnection(options: ConnectionOptions): Connection {
  let current: Promise<Client> | undefined;
  let state: ConnectionState = 'idle';
  let problem: string | undefined;
  let failures = 0;
  let notBefore = 0;
  let isClosed = false;
  let transport: Transport | undefined;
  let ready: Client | undefined;

  const fail = (error: unknown): never => {
    current = undefined;
    state = 'down';
    failures++;
    notBefore = performance.now() + (restartWaitsMs[failures] ?? 60_000);
    problem = `The MCP server ${options.name} could not be started: ${reasonOf(error).replace(/\.$/, '')}.`;
    options.log.write(problem);
    throw new Error(problem);
  };

  const onClose = (client: Client) => {
    client.onclose = () => {
      if (isClosed) return;
      current = undefined;
      state = 'down';
      problem = `The MCP server ${options.name} ended.`;
      options.log.write(problem);
    };
  };

  const start = async (): Promise<Client> => {
    state = 'starting';
    transport = await openTransport(options);
    if (isClosed) throw new Error('it was closed');
    const client = await connect(transport, options);
    onClose(client);
    await refreshTools(client, options);
    ready = client;
    failures = 0;
    state = 'ready';
    problem = undefined;
    return client;
  };

  return {
    client: () => {
      if (isClosed) return Promise.reject(new Error(`The MCP server ${options.name} was closed.`));
      if (current !== undefined) return current;
      const waitMs = notBefore - performance.now();
      if (waitMs > 0)
        return Promise.reject(
          new Error(`${problem ?? ''} It is tried again in ${Math.ceil(waitMs / 1000)} s; go on without it.`),
        );
      current = start().catch(fail);
      return current;
    },
    drop: (client) => {
      if (client !== ready || isClosed) return;
      ready = undefined;
      current = undefined;
      state = 'down';
      problem = `The connection to the MCP server ${options.name} was lost.`;
      options.log.write(problem);
      client.onclose = () => undefined;
      void client.close().catch(() => undefined);
    },
    state: () => state,
    problem: () => problem,
    close: async () => {
      isClosed = true;
      await closeTransport(transport);
    },
  };
}

/** An error's message, with the system's word for it where the message has none ("fetch failed"). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = isObject(error.cause) ? error.cause.code : undefined;
  return typeof code === 'string' ? `${error.message} (${code})` : error.message;
}

async function connect(transport: Transport, options: ConnectionOptions): Promise<Client> {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { ListRootsRequestSchema, LoggingMessageNotificationSchema, ToolListChangedNotificationSchema } = await import(
    '@modelcontextprotocol/sdk/types.js'
  );
  const client = new Client({ name: 'wink-agent', version: options.version }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: pathToFileURL(options.cwd).href, name: 'workspace' }],
  }));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => refreshTools(client, options));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params: { level, logger, data } }) => {
    const words = typeof data === 'string' ? data : JSON.stringify(data);
    options.log.write(`${level}${logger === undefined ? '' : ` ${logger}`}: ${words}`);
  });
  client.onerror = (error) => options.log.write(`error: ${error.message}`);
  const timeout = (options.settings.startSeconds ?? defaultStartSeconds) * 1000;
  try {
    await client.connect(transport, { timeout });
  } catch (error) {
    await closeTransport(transport);
    throw error;
  }
  return client;
}

/** A server gets a moment to end by itself after its input was closed; the SDK alone would wait two seconds for each. */
async function closeTransport(transport: Transport | undefined): Promise<void> {
  if (transport === undefined) return;
  const pid = 'pid' in transport && typeof transport.pid === 'number' ? transport.pid : undefined;
  const timers =
    pid === undefined
      ? []
      : [setTimeout(endProcess, 300, pid, 'SIGTERM'), setTimeout(endProcess, 1500, pid, 'SIGKILL')];
  if ('terminateSession' in transport && typeof transport.terminateSession === 'function')
    await inTime(transport.terminateSession());
  await transport.close().catch(() => undefined);
  for (const timer of timers) clearTimeout(timer);
}

/** A server over HTTP is told that the session is over, and is not waited for if it does not care. */
async function inTime(work: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 500);
  });
  await Promise.race([
    Promise.resolve(work).then(
      () => undefined,
      () => undefined,
    ),
    late,
  ]);
  clearTimeout(timer);
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

async function openTransport({ settings, cwd, log }: ConnectionOptions): Promise<Transport> {
  if (settings.url !== undefined) {
    const url = new URL(settings.url);
    const requestInit = { headers: { ...settings.headers } };
    if (settings.type === 'sse') {
      const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
      return new SSEClientTransport(url, { requestInit });
    }
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    // The SDK's class does not fit the SDK's type where optional properties are taken exactly.
    return new StreamableHTTPClientTransport(url, { requestInit }) as Transport;
  }
  const { StdioClientTransport, getDefaultEnvironment } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const transport = new StdioClientTransport({
    command: settings.command ?? '',
    args: [...(settings.args ?? [])],
    env: { ...getDefaultEnvironment(), ...settings.env },
    cwd: resolve(cwd, settings.cwd ?? ''),
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk: Buffer) => log.write(chunk.toString('utf8')));
  return transport;
}

/** Asked by `request`: `listTools` would compile a validator for each tool's output, and results are shown to the model as they are. */
async function refreshTools(client: Client, options: ConnectionOptions): Promise<void> {
  if (client.getServerCapabilities()?.tools === undefined) return options.onTools([]);
  const { ListToolsResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
  const tools: RemoteTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: 'tools/list', params }, ListToolsResultSchema, {
      timeout: listTimeoutMs,
    });
    for (const { name, description = '', inputSchema } of result.tools) tools.push({ name, description, inputSchema });
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  options.onTools(tools);
}
