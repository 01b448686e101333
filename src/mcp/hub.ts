import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { loadPrompt } from '../core/prompt.ts';
import { createRedactor } from '../core/redact.ts';
import type { PreparedCall, Tool } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';
import { type Connection, type ConnectionState, createConnection, type RemoteTool } from './connection.ts';
import { listPrompts, listResources, type McpPrompt, type McpResource, readResource } from './extras.ts';
import { gatewayName, makeGateway } from './gateway.ts';
import { openServerLog } from './log.ts';
import { type ServerSettings, serverLabel } from './servers.ts';
import { makeTool, prepareCall, type Remote, toolName } from './tool.ts';
import { openToolCache, type ToolCache } from './tool-cache.ts';

export type McpOptions = {
  readonly servers: ReadonlyMap<string, ServerSettings>;
  readonly cwd: string;
  /** $WINK_HOME: logs and the cache of tool lists live there. */
  readonly home: string;
  readonly version: string;
  /** Words for the model's next turn (a harness note): tools that came or went after the list was sent. */
  readonly onNote: (text: string) => void;
  /** Words for the user: a server that could not be started. */
  readonly onWarning: (message: string) => void;
};

export type McpServerState = {
  readonly name: string;
  readonly state: ConnectionState;
  readonly tools: readonly string[];
  readonly log: string;
  readonly problem?: string;
};

export type Mcp = {
  /**
   * Starts all servers side by side and gives the session's tools, in an order that is the same each time. Waits at most `waitMs`,
   * and only for servers whose tools are not known from an earlier session; what comes later is told by `onNote`.
   */
  readonly start: (waitMs: number) => Promise<readonly Tool[]>;
  readonly servers: () => readonly McpServerState[];
  /** What `@server:uri` can name. Servers that do not answer within seconds are left out. */
  readonly resources: () => Promise<readonly McpResource[]>;
  /** The text of `server:uri`; undefined when there is no such server or resource. */
  readonly readResource: (target: string) => Promise<string | undefined>;
  readonly prompts: () => Promise<readonly McpPrompt[]>;
  /** Prompts and resources as they were last listed, for completion while somebody types; listed anew beside it. */
  readonly known: () => { readonly prompts: readonly McpPrompt[]; readonly resources: readonly McpResource[] };
  readonly close: () => Promise<void>;
};

type Entry = {
  readonly remote: Remote;
  readonly settings: ServerSettings;
  readonly cache: ToolCache;
  readonly log: string;
  tools: readonly RemoteTool[] | undefined;
};

const defaultTimeoutSeconds = 60;
/** Completion asks with each key; servers are not asked that often. */
const listAgainMs = 3_000;

/** The MCP servers of a session. Nothing is started before `start`; a server that is dead, slow or wrong costs the others nothing. */
export function openMcp(options: McpOptions): Mcp {
  const entries = new Map<string, Entry>();
  /** Set when the list has been handed out: from then on changes are only announced. */
  let sent: Map<string, readonly RemoteTool[]> | undefined;

  let isClosed = false;

  for (const [name, settings] of options.servers)
    entries.set(
      name,
      makeEntry(name, settings, options, (entry, tools) => {
        const before = entry.tools;
        entry.tools = tools;
        void entry.cache.write(tools);
        const known = sent === undefined ? undefined : (before ?? []);
        const changes = known === undefined ? '' : describeChanges(name, known, tools);
        if (changes !== '') options.onNote(loadPrompt('mcp/changed', { changes }));
      }),
    );

  const find = (server: string, tool: string, input: JsonObject): PreparedCall | string => {
    const entry = [...entries.values()].find(
      ({ remote }) => remote.server === server || serverLabel(remote.server) === server,
    );
    if (entry === undefined)
      return `there is no MCP server ${JSON.stringify(server)}; there are ${[...entries.keys()].join(', ')}`;
    const names = entry.tools?.map(({ name }) => name);
    if (names !== undefined && !names.includes(tool))
      return `${server} has no tool ${JSON.stringify(tool)}; it has ${names.join(', ')}`;
    const name = toolName(entry.remote.server, tool);
    return { ...prepareCall(entry.remote, tool, name, input), judgedAs: name };
  };

  const start = async (waitMs: number): Promise<readonly Tool[]> => {
    const waiting = [...entries.values()].map(async (entry) => {
      const cached = entry.cache.read();
      if (cached !== undefined) entry.tools = filterTools(cached, entry.settings);
      const started = entry.remote.connection.client().then(
        () => undefined,
        (error: unknown) => {
          if (!isClosed) options.onWarning(messageOf(error));
        },
      );
      if (cached === undefined) await started;
    });
    await within(Promise.all(waiting), waitMs);
    sent = new Map();
    const tools = collectTools(entries, options.onWarning);
    return entries.size === 0 ? [] : [...tools, makeGateway(find)];
  };

  let known: { prompts: readonly McpPrompt[]; resources: readonly McpResource[] } = { prompts: [], resources: [] };
  let isListing = false;
  let listedAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    if (isListing || performance.now() - listedAt < listAgainMs) return;
    isListing = true;
    const [prompts, resources] = await Promise.all([
      listPrompts(connections(entries)),
      listResources(connections(entries)),
    ]);
    known = { prompts, resources };
    isListing = false;
    listedAt = performance.now();
  };

  return {
    start,
    known: () => {
      void refresh();
      return known;
    },
    servers: () => [...entries.values()].map(describeEntry),
    resources: () => listResources(connections(entries)),
    readResource: (target) => readResource(connections(entries), target),
    prompts: () => listPrompts(connections(entries)),
    close: async () => {
      isClosed = true;
      await Promise.all([...entries.values()].map(({ remote }) => remote.connection.close()));
    },
  };
}

function makeEntry(
  name: string,
  settings: ServerSettings,
  options: McpOptions,
  onTools: (entry: Entry, tools: readonly RemoteTool[]) => void,
): Entry {
  const secrets = [...Object.values(settings.env ?? {}), ...Object.values(settings.headers ?? {})];
  const log = openServerLog(join(options.home, 'logs', `mcp-${serverLabel(name)}.log`), createRedactor(secrets));
  const connection = createConnection({
    name,
    settings,
    cwd: options.cwd,
    version: options.version,
    log,
    onTools: (tools) => onTools(entry, filterTools(tools, settings)),
  });
  const entry: Entry = {
    remote: { server: name, connection, timeoutSeconds: settings.timeoutSeconds ?? defaultTimeoutSeconds },
    settings,
    cache: openToolCache(join(options.home, 'mcp'), name, settings),
    log: log.path,
    tools: undefined,
  };
  return entry;
}

function filterTools(tools: readonly RemoteTool[], { tools: wanted }: ServerSettings): readonly RemoteTool[] {
  return wanted === undefined ? tools : tools.filter(({ name }) => wanted.includes(name));
}

function connections(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, Connection> {
  return new Map([...entries].map(([name, { remote }]) => [name, remote.connection]));
}

/** Sorted, so that two sessions send the same bytes; two tools of one name would be refused by providers. */
function collectTools(entries: ReadonlyMap<string, Entry>, onWarning: (message: string) => void): Tool[] {
  const tools = new Map<string, Tool>();
  for (const { remote, tools: offered } of entries.values()) {
    for (const each of offered ?? []) {
      const tool = makeTool(remote, each);
      if (tools.has(tool.name) || tool.name === gatewayName)
        onWarning(
          `The tool ${each.name} of the MCP server ${remote.server} is left out: another tool has the name ${tool.name}.`,
        );
      else tools.set(tool.name, tool);
    }
  }
  return [...tools.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function describeEntry({ remote, tools, log }: Entry): McpServerState {
  const problem = remote.connection.problem();
  return {
    name: remote.server,
    state: remote.connection.state(),
    tools: (tools ?? []).map(({ name }) => name),
    log,
    ...(problem === undefined ? {} : { problem }),
  };
}

function describeChanges(server: string, before: readonly RemoteTool[], after: readonly RemoteTool[]): string {
  const old = new Map(before.map((tool) => [tool.name, JSON.stringify(tool)]));
  const names = new Set(after.map(({ name }) => name));
  const lines = after
    .filter((tool) => old.get(tool.name) !== JSON.stringify(tool))
    .map(
      (tool) =>
        `- server ${server}, tool ${tool.name}${old.has(tool.name) ? ' (changed)' : ' (new)'}: ${tool.description.slice(0, 300)} Arguments: ${JSON.stringify(tool.inputSchema)}`,
    );
  const gone = before
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => `- server ${server}, tool ${name} is gone`);
  return [...lines, ...gone].join('\n');
}

async function within(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
