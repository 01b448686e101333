import { pathToFileURL } from 'node:url';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isObject } from '../../core/text/json.ts';
import type { ServerSettings } from '../servers.ts';
import type { McpClient } from './ask-server.ts';
import { listTools, type RemoteTool } from './list-tools.ts';
import { openTransport, type SignIn, type TransportOptions, tryOldWay } from './open-transport.ts';
import type { ServerLog } from './server-log.ts';

export type ConnectionState = 'idle' | 'starting' | 'ready' | 'down';

export type ServerConnection = {
  /** The connected client; starts or restarts the server when it is not running. Rejects with a sentence for the model. */
  readonly client: () => Promise<McpClient>;
  /** This client is of no more use: the next `client` connects anew. */
  readonly drop: (client: McpClient) => void;
  readonly state: () => ConnectionState;
  /** Why it is down, in one sentence. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
};

export type ConnectionOptions = {
  readonly name: string;
  readonly settings: ServerSettings;
  /** The workspace. */
  readonly cwd: string;
  readonly place: TransportOptions['place'];
  readonly version: string;
  readonly log: ServerLog;
  /** How the user signed in to it, when it is a server over HTTP. */
  readonly signIn?: SignIn;
  /** Something of the server that is left out, in one sentence. */
  readonly onOddity: (sentence: string) => void;
  /** After each start and each notice of a change. */
  readonly onTools: (tools: readonly RemoteTool[]) => void;
};

const defaultStartSeconds = 20;
const refreshAgainMs = 1_000;
/** Waits before the next start after failures in a row; between them calls fail at once instead of hanging. */
const restartWaitsMs = [0, 1_000, 5_000, 15_000, 60_000] as const;

/** One server: started when it is first needed, started again (with growing waits) after it died. */
export function createConnection(options: ConnectionOptions): ServerConnection {
  let current: Promise<McpClient> | undefined;
  let state: ConnectionState = 'idle';
  let problem: string | undefined;
  let failures = 0;
  let notBefore = 0;
  let isClosed = false;
  let transport: Transport | undefined;
  let ready: McpClient | undefined;

  const fail = (error: unknown): never => {
    void transport?.close().catch(() => undefined);
    current = undefined;
    state = 'down';
    failures++;
    notBefore = performance.now() + (restartWaitsMs[failures] ?? 60_000);
    problem = `The MCP server ${options.name} could not be started: ${explain(error, transport, options).replace(/\.$/, '')}.`;
    options.log.write(problem);
    throw new Error(problem);
  };

  const onClose = (client: McpClient, used: Transport) => {
    client.onclose = () => {
      if (isClosed) return;
      current = undefined;
      state = 'down';
      const ending = endingOf(used);
      problem = `The MCP server ${options.name} ended${ending === undefined ? '' : `: ${ending}`}.`;
      options.log.write(problem);
    };
  };

  const start = async (): Promise<McpClient> => {
    state = 'starting';
    const opened = await openClient(options, (next) => {
      transport = next;
      if (isClosed) throw new Error('it was closed');
    });
    const { client } = opened;
    if (isClosed) {
      await client.close().catch(() => undefined);
      throw new Error('it was closed');
    }
    onClose(client, opened.transport);
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
  const { code, message } = isObject(error.cause) ? error.cause : {};
  const reason = typeof code === 'string' ? code : message;
  return typeof reason === 'string' ? `${error.message} (${reason})` : error.message;
}

/** How the server's program ended, where it is one. */
function endingOf(transport: Transport | undefined): string | undefined {
  return transport !== undefined && 'ending' in transport && typeof transport.ending === 'function'
    ? transport.ending()
    : undefined;
}

function explain(error: unknown, transport: Transport | undefined, { name, signIn }: ConnectionOptions): string {
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  if (status === 401)
    return signIn === undefined
      ? 'it refused the key that it was given (401)'
      : `it wants you to sign in: run \`wink-agent mcp login ${name}\``;
  return endingOf(transport) ?? reasonOf(error);
}

/** Connects, by the way that the server speaks. */
async function openClient(
  options: ConnectionOptions,
  onTransport: (transport: Transport) => void,
): Promise<{ client: McpClient; transport: Transport }> {
  return tryOldWay(options.settings, async (settings) => {
    const transport = await openTransport({ ...options, settings });
    onTransport(transport);
    return { client: await connect(transport, options), transport };
  });
}

async function connect(transport: Transport, options: ConnectionOptions): Promise<McpClient> {
  const [{ Client }, { UnauthorizedError }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/auth.js'),
  ]);
  const { ListRootsRequestSchema, LoggingMessageNotificationSchema, ToolListChangedNotificationSchema } = await import(
    '@modelcontextprotocol/sdk/types.js'
  );
  const client: McpClient = new Client(
    { name: 'wink-agent', version: options.version },
    { capabilities: { roots: {} } },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: pathToFileURL(options.cwd).href, name: 'workspace' }],
  }));
  client.setNotificationHandler(
    ToolListChangedNotificationSchema,
    calmly(() => refreshTools(client, options)),
  );
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
    throw error instanceof UnauthorizedError ? Object.assign(error, { code: 401 }) : error;
  }
  return client;
}

/** A server over HTTP is told that the session is over, and is not waited for if it does not care. */
async function closeTransport(transport: Transport | undefined): Promise<void> {
  if (transport === undefined) return;
  if ('terminateSession' in transport && typeof transport.terminateSession === 'function')
    await inTime(transport.terminateSession());
  await transport.close().catch(() => undefined);
}

async function inTime(work: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 500);
  });
  const done = Promise.resolve(work).then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([done, late]);
  clearTimeout(timer);
}

/** At most one refresh a second, and never two at once: some servers say that their list has changed each time they are asked for it. */
function calmly(refresh: () => Promise<void>): () => void {
  let waiting: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (waiting !== undefined) return;
    const wait = Math.max(0, last + refreshAgainMs - performance.now());
    waiting = setTimeout(() => {
      void refresh()
        .catch(() => undefined)
        .finally(() => {
          last = performance.now();
          waiting = undefined;
        });
    }, wait).unref();
  };
}

async function refreshTools(client: McpClient, options: ConnectionOptions): Promise<void> {
  const { tools, oddities } = await listTools(client);
  for (const oddity of oddities) {
    options.log.write(oddity);
    options.onOddity(`The MCP server ${options.name}: ${oddity}`);
  }
  options.onTools(tools);
}
