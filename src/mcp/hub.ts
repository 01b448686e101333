import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { HoldProgram } from '../core/process/held-program.ts';
import { loadPrompt } from '../core/prompt.ts';
import { clip } from '../core/text/clip.ts';
import { createRedactor } from '../core/text/redact.ts';
import type { Tool } from '../core/tool.ts';
import type { RemoteTool } from './connection/list-tools.ts';
import { type ConnectionState, createConnection, type ServerConnection } from './connection/server-connection.ts';
import { openServerLog } from './connection/server-log.ts';
import { tokensOf } from './find-tools.ts';
import { gatewayName, makeGateway, makeSearch, type Shelf, searchName } from './gateway.ts';
import { listPrompts, listResources, type McpPrompt, type McpResource, readResource } from './resources-and-prompts.ts';
import { placeServer } from './server-place.ts';
import { makeServerTool, type Remote, readServerTool, type ServerTool } from './server-tool.ts';
import type { ServerSettings } from './servers.ts';
import { sessionSignIn } from './sign-in/session-sign-in.ts';
import { openToolCache, type ToolCache } from './tool-cache.ts';
import { distinctName, serverLabel, toolName } from './tool-name.ts';

export type McpOptions = {
  readonly servers: ReadonlyMap<string, ServerSettings>;
  /** The workspace, and the repository around it. */
  readonly cwd: string;
  readonly repository: string;
  /** Puts servers that start in the workspace into the sandbox. */
  readonly hold: HoldProgram;
  /** $WINK_HOME: logs, sign-ins and the cache of tool lists live there. */
  readonly home: string;
  readonly version: string;
  /** What descriptions of tools may take of each request, in tokens; above it they are found by `mcp_search`. */
  readonly budgetTokens: number;
  /** Lists of earlier sessions are not used: each server is asked. */
  readonly isFresh?: boolean;
  /** Words for the model's next turn (a harness note): tools that came or went after the list was sent. */
  readonly onNote: (text: string) => void;
  /** Words for the user: a server that could not be started, a tool that is left out. */
  readonly onWarning: (message: string) => void;
};

export type McpServerState = {
  readonly name: string;
  readonly state: ConnectionState;
  readonly tools: readonly string[];
  /** What the descriptions of its tools take of a request, about. */
  readonly tokens: number;
  /** Tools whose schema had to be repaired, with what was wrong. */
  readonly repairs: readonly { readonly tool: string; readonly what: readonly string[] }[];
  readonly log: string;
  readonly problem?: string;
};

export type Mcp = {
  /**
   * Starts all servers side by side and gives the session's tools, in an order that is the same each time. Waits at most `waitMs`,
   * and only for servers whose tools are not known from an earlier session; what comes later goes to `onNote`.
   */
  readonly start: (waitMs: number) => Promise<readonly Tool[]>;
  readonly servers: () => readonly McpServerState[];
  /** What `@server:uri` can name. Servers that do not answer within seconds are left out. */
  readonly resources: () => Promise<readonly McpResource[]>;
  /** The text of `server:uri`; undefined when there is no such server or resource. */
  readonly readResource: (target: string) => Promise<string | undefined>;
  readonly prompts: () => Promise<readonly McpPrompt[]>;
  /** Prompts and resources as they were last listed, for completion while somebody types; listed anew at the same time. */
  readonly known: () => { readonly prompts: readonly McpPrompt[]; readonly resources: readonly McpResource[] };
  readonly close: () => Promise<void>;
};

type Entry = {
  readonly remote: Remote;
  readonly settings: ServerSettings;
  readonly cache: ToolCache;
  readonly log: string;
  /** As the server lists them; undefined until it or its cache was read. */
  listed: readonly RemoteTool[] | undefined;
  tools: readonly ServerTool[];
};

const defaultTimeoutSeconds = 60;
/** Completion asks with each key; servers are not asked that often. */
const listAgainMs = 3_000;
/** Some providers take 128 tools; our own and a hook's are among them. */
const maxTools = 100;
const maxNoteLength = 6_000;

/** The MCP servers of a session. Nothing is started before `start`; a server that is dead, slow or wrong costs the others nothing. */
export function openMcp(options: McpOptions): Mcp {
  const entries = new Map<string, Entry>();
  const nameTool = createNames();
  const warned = new Set<string>();
  /** Set when the list has been handed out: from then on changes are only announced. */
  let isSent = false;
  let isClosed = false;

  const setTools = (entry: Entry, listed: readonly RemoteTool[]) => {
    entry.listed = listed;
    entry.tools = listed.map((tool) => readServerTool(entry.remote, tool, nameTool(entry.remote.server, tool.name)));
  };
  for (const [name, settings] of options.servers)
    entries.set(
      name,
      makeEntry(name, settings, {
        ...options,
        onWarning: (message) => {
          if (!warned.has(message)) options.onWarning(message);
          warned.add(message);
        },
        onTools: (entry, listed) => {
          const before = entry.listed ?? [];
          setTools(entry, listed);
          void entry.cache.write(listed);
          const changes = isSent ? describeChanges(name, before, listed) : '';
          if (changes !== '') options.onNote(loadPrompt('mcp/changed', { changes }));
        },
      }),
    );

  const shelf: Shelf = {
    servers: () => [...entries.keys()],
    tools: () => [...entries.values()].flatMap(({ tools }) => tools),
    toolsOf: (server) => {
      const entry = [...entries.values()].find(
        ({ remote }) => remote.server === server || serverLabel(remote.server) === server,
      );
      return entry?.listed === undefined ? undefined : entry.tools;
    },
  };

  const start = async (waitMs: number): Promise<readonly Tool[]> => {
    const waiting = [...entries.values()].map(async (entry) => {
      const cached = options.isFresh ? undefined : entry.cache.read();
      if (cached !== undefined) setTools(entry, filterTools(cached, entry.settings));
      const started = entry.remote.connection.client().then(
        () => undefined,
        (error: unknown) => {
          if (!isClosed) options.onWarning(messageOf(error));
        },
      );
      if (cached === undefined) await started;
    });
    await within(Promise.all(waiting), waitMs);
    isSent = true;
    if (entries.size === 0) return [];
    const deferred = chooseDeferred([...entries.values()], options);
    const tools = shelf.tools().map((tool) => makeServerTool(tool, deferred.has(tool)));
    // Sorted, so that two sessions send the same bytes.
    tools.sort((left, right) => (left.name < right.name ? -1 : 1));
    const outside = [...deferred].sort((left, right) => (left.name < right.name ? -1 : 1));
    return [...tools, makeSearch(shelf, outside), makeGateway(shelf)];
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

/** Names that are each given once: two tools of one name would be refused by providers. */
function createNames(): (server: string, tool: string) => string {
  const owners = new Map([gatewayName, searchName].map((name) => [name, '']));
  return (server, tool) => {
    const owner = JSON.stringify([server, tool]);
    const name = toolName(server, tool);
    const known = owners.get(name) ?? owner;
    owners.set(name, known);
    return known === owner ? name : distinctName(server, tool);
  };
}

/** Tools whose descriptions stay out of requests: those of servers set so, and all others too where together they would take too much. */
function chooseDeferred(entries: readonly Entry[], { budgetTokens, onWarning }: McpOptions): Set<ServerTool> {
  const of = (wanted: boolean | undefined) =>
    entries.filter(({ settings }) => settings.defer === wanted).flatMap(({ tools }) => tools);
  const open = of(undefined);
  const total = [...open, ...of(false)];
  const tokens = tokensOf(total);
  if (budgetTokens === Number.POSITIVE_INFINITY || (tokens <= budgetTokens && total.length <= maxTools))
    return new Set(of(true));
  const round = (count: number) => (Math.round(count / 100) * 100).toLocaleString('en-US');
  onWarning(
    `The ${total.length} tools of MCP servers would take about ${round(tokens)} tokens of each request (the budget is ${round(budgetTokens)}), so the model finds them by mcp_search instead.`,
  );
  return new Set([...of(true), ...open]);
}

function makeEntry(
  name: string,
  settings: ServerSettings,
  options: Pick<McpOptions, 'home' | 'cwd' | 'repository' | 'hold' | 'version' | 'onWarning'> & {
    readonly onTools: (entry: Entry, tools: readonly RemoteTool[]) => void;
  },
): Entry {
  const secrets = [...Object.values(settings.env ?? {}), ...Object.values(settings.headers ?? {})];
  const log = openServerLog(join(options.home, 'logs', `mcp-${serverLabel(name)}.log`), createRedactor(secrets));
  const signIn = sessionSignIn(name, settings, options.home);
  const connection = createConnection({
    name,
    settings,
    cwd: options.cwd,
    place: () => placeServer(settings, options),
    version: options.version,
    log,
    ...(signIn ? { signIn } : {}),
    onOddity: options.onWarning,
    onTools: (tools) => options.onTools(entry, filterTools(tools, settings)),
  });
  const entry: Entry = {
    remote: { server: name, connection, timeoutSeconds: settings.timeoutSeconds ?? defaultTimeoutSeconds },
    settings,
    cache: openToolCache(join(options.home, 'mcp'), name, settings),
    log: log.path,
    listed: undefined,
    tools: [],
  };
  return entry;
}

function filterTools(tools: readonly RemoteTool[], { tools: wanted }: ServerSettings): readonly RemoteTool[] {
  return wanted === undefined ? tools : tools.filter(({ name }) => wanted.includes(name));
}

function connections(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, ServerConnection> {
  return new Map([...entries].map(([name, { remote }]) => [name, remote.connection]));
}

function describeEntry({ remote, tools, log }: Entry): McpServerState {
  const problem = remote.connection.problem();
  return {
    name: remote.server,
    state: remote.connection.state(),
    tools: tools.map(({ own }) => own),
    tokens: tokensOf(tools),
    repairs: tools.flatMap(({ own, fitted }) =>
      fitted.repairs.length > 0 ? [{ tool: own, what: fitted.repairs }] : [],
    ),
    log,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** New and changed tools with the beginning of their descriptions: their arguments are found by `mcp_search`. */
function describeChanges(server: string, before: readonly RemoteTool[], after: readonly RemoteTool[]): string {
  const old = new Map(before.map((tool) => [tool.name, JSON.stringify(tool)]));
  const names = new Set(after.map(({ name }) => name));
  const lines = after
    .filter((tool) => old.get(tool.name) !== JSON.stringify(tool))
    .map(({ name, description }) => {
      const about = clip(description.replace(/\s+/g, ' '), 150, () => '').replace(/\n\[….*…\]\n/, ' … ');
      return `- server ${server}, tool ${name}${old.has(name) ? ' (changed)' : ' (new)'}: ${about}`;
    });
  const gone = before
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => `- server ${server}, tool ${name} is gone`);
  return clip([...lines, ...gone].join('\n'), maxNoteLength, () => 'more of them, found by mcp_search');
}

async function within(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
