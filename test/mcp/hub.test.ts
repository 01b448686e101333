import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTool, type Tool, type ToolContext } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { type Mcp, type McpOptions, openMcp } from '../../src/mcp/hub.ts';
import type { ServerSettings } from '../../src/mcp/servers.ts';
import { unheld } from '../unheld.ts';
import { freePort, writeTestServer } from './test-server.ts';

const require = createRequire(import.meta.url);
const everything = join(
  dirname(require.resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist/index.js',
);
const filesystem = join(
  dirname(require.resolve('@modelcontextprotocol/server-filesystem/package.json')),
  'dist/index.js',
);
const node = process.execPath;
const writeServer = (name: string, onMessage: string, tools?: readonly JsonObject[]) =>
  writeTestServer(folder, name, onMessage, tools);
const everythingServer: ServerSettings = { command: node, args: [everything, 'stdio'] };

/** Servers are real processes: on a busy machine they take their time. */
const patient = { timeout: 20_000 };

let folder: string;
let opened: Mcp[] = [];
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-mcp-')));
});
afterEach(async () => {
  await Promise.all(opened.map((mcp) => mcp.close()));
  for (const child of children) child.kill('SIGKILL');
  opened = [];
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(servers: Record<string, ServerSettings>, changes: Partial<McpOptions> = {}) {
  const notes: string[] = [];
  const warnings: string[] = [];
  const mcp = openMcp({
    servers: new Map(Object.entries(servers)),
    cwd: folder,
    repository: folder,
    home: join(folder, 'home'),
    hold: unheld,
    version: '0',
    budgetTokens: 100_000,
    onNote: (text) => notes.push(text),
    onWarning: (message) => warnings.push(message),
    ...changes,
  });
  opened.push(mcp);
  return { mcp, notes, warnings };
}

function context(signal = new AbortController().signal): ToolContext & { output: string[] } {
  const output: string[] = [];
  const workspace = {
    cwd: folder,
    roots: [folder],
    outputFolder: join(folder, 'outputs'),
    stamps: new Map(),
    jobs: new Map(),
    todos: [],
  };
  return { workspace, signal, onOutput: (chunk) => output.push(chunk), output };
}

async function call(tools: readonly Tool[], name: string, input: JsonObject = {}, where = context()) {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name} among ${tools.map((each) => each.name).join(', ')}`);
  const prepared = tool.prepare(input, '/');
  if (typeof prepared === 'string') throw new Error(prepared);
  return runTool({ call: { id: 'c', name, input }, prepared }, where);
}

test('tools of a real stdio server are offered under their server’s name and run', async () => {
  const { mcp } = open({ everything: everythingServer });
  const tools = await mcp.start(20_000);
  const names = tools.map((tool) => tool.name);
  expect(names).toContain('mcp__everything__echo');
  expect(names.at(-1)).toBe('mcp_call');
  expect(names.slice(0, -2)).toEqual([...names.slice(0, -2)].sort());
  expect(await call(tools, 'mcp__everything__echo', { message: 'hello' })).toMatchObject({
    isError: false,
    output: 'Echo: hello',
  });
  expect(await call(tools, 'mcp__everything__get-sum', { a: 2, b: 3 })).toMatchObject({
    output: expect.stringContaining('5'),
  });
  expect((await call(tools, 'mcp__everything__get-tiny-image')).output).toContain('[image image/png');
});

test('wrong arguments come back as the server’s own words', async () => {
  const { mcp } = open({ everything: everythingServer });
  const tools = await mcp.start(20_000);
  const result = await call(tools, 'mcp__everything__get-sum', { a: 'x' });
  expect(result.isError).toBe(true);
  expect(result.output).toMatch(/number|invalid/i);
});

test('progress of a long call is passed on, and an interrupt ends it', async () => {
  const { mcp } = open({ everything: everythingServer });
  const tools = await mcp.start(20_000);
  const stop = new AbortController();
  const where = context(stop.signal);
  const running = call(tools, 'mcp__everything__trigger-long-running-operation', { duration: 60, steps: 600 }, where);
  await expect.poll(() => where.output.length, patient).toBeGreaterThan(0);
  stop.abort(new Error('interrupted'));
  expect(await running).toMatchObject({ isError: true, errorKind: 'aborted' });
});

test('a call that takes longer than the server’s time-out ends with a sentence', async () => {
  const hanging = writeServer('hang.mjs', `if (m.method === 'tools/call') return;`);
  const { mcp } = open({ slow: { command: node, args: [hanging], timeoutSeconds: 0.2 } });
  const tools = await mcp.start(20_000);
  expect(await call(tools, 'mcp__slow__one')).toMatchObject({
    isError: true,
    errorKind: 'timeout',
    output: expect.stringContaining('gave no answer within 0.2 s'),
  });
});

test('a server that fails or never answers neither holds the others up nor ends the session', async () => {
  const silent = join(folder, 'silent.mjs');
  writeFileSync(silent, 'setInterval(() => {}, 1000);');
  const { mcp, warnings } = open({
    everything: everythingServer,
    missing: { command: join(folder, 'no-such-program') },
    dying: { command: node, args: ['-e', 'console.error("no licence"); process.exit(3)'] },
    silent: { command: node, args: [silent], startSeconds: 60 },
  });
  const tools = await mcp.start(300);
  const stateOf = (name: string) => mcp.servers().find((server) => server.name === name)?.state;
  await expect.poll(() => stateOf('everything'), patient).toBe('ready');
  expect(
    await call(tools, 'mcp_call', { server: 'everything', tool: 'echo', arguments: { message: 'x' } }),
  ).toMatchObject({ output: 'Echo: x' });
  await expect.poll(() => warnings.length, patient).toBe(2);
  expect(warnings.join('\n')).toContain('The MCP server missing could not be started: spawn');
  expect(warnings.join('\n')).toContain('The MCP server dying could not be started');
  const dying = mcp.servers().find((server) => server.name === 'dying');
  expect(dying?.state).toBe('down');
  expect(readFileSync(dying?.log ?? '', 'utf8')).toContain('no licence');
  expect(stateOf('silent')).toBe('starting');
});

test('a server that died is started again by the next call', async () => {
  const fragile = writeServer(
    'fragile.mjs',
    `if (m.method === 'tools/call' && m.params.arguments.die) process.exit(1);`,
  );
  const { mcp } = open({ fragile: { command: node, args: [fragile] } });
  const tools = await mcp.start(20_000);
  expect(await call(tools, 'mcp__fragile__one', { die: true })).toMatchObject({ isError: true });
  await expect.poll(() => mcp.servers()[0]?.state, patient).toBe('down');
  expect(await call(tools, 'mcp__fragile__one')).toMatchObject({ isError: false, output: 'one' });
});

test('a tool list that changes is announced at the tail, the list itself stays, and the new tool is called through mcp_call', async () => {
  const growing = writeServer(
    'growing.mjs',
    `if (m.method === 'tools/call' && m.params.name === 'one') { tools.push({ name: 'two', description: 'The second.', inputSchema: { type: 'object' } }); send({ method: 'notifications/tools/list_changed' }); }`,
  );
  const { mcp, notes } = open({ growing: { command: node, args: [growing] } });
  const tools = await mcp.start(20_000);
  const before = JSON.stringify(tools.map((tool) => tool.schema));
  await call(tools, 'mcp__growing__one');
  await expect.poll(() => notes.length, patient).toBe(1);
  expect(notes[0]).toContain('- server growing, tool two (new): The second.');
  expect(JSON.stringify(tools.map((tool) => tool.schema))).toBe(before);
  expect(await call(tools, 'mcp_call', { server: 'growing', tool: 'two', arguments: {} })).toMatchObject({
    output: 'two',
  });
  const gateway = tools.at(-1)?.prepare({ server: 'growing', tool: 'two' }, '/');
  expect(gateway).toMatchObject({ effectiveName: 'mcp__growing__two' });
  expect(tools.at(-1)?.prepare({ server: 'growing', tool: 'three' }, '/')).toBe(
    'growing has no tool "three"; it has one, two',
  );
  expect(tools.at(-1)?.prepare({ server: 'other', tool: 'x' }, '/')).toBe(
    'there is no MCP server "other"; there are growing',
  );
});

test('the second session knows the tools of a slow server at once, and differences are announced when it has started', async () => {
  const script = writeServer('s.mjs', '');
  const first = open({ s: { command: node, args: [script] } });
  expect((await first.mcp.start(20_000)).map((tool) => tool.name)).toEqual(['mcp__s__one', 'mcp_search', 'mcp_call']);
  await first.mcp.close();
  await expect
    .poll(
      () =>
        existsSync(join(folder, 'home/mcp')) &&
        readdirSync(join(folder, 'home/mcp')).filter((name) => name.endsWith('.json')).length,
      patient,
    )
    .toBe(1);
  writeServer('s.mjs', '', [
    { name: 'one', description: 'One.', inputSchema: { type: 'object' } },
    { name: 'new', description: '', inputSchema: { type: 'object' } },
  ]);
  const second = open({ s: { command: node, args: [script] } });
  expect((await second.mcp.start(0)).map((tool) => tool.name)).toEqual(['mcp__s__one', 'mcp_search', 'mcp_call']);
  await expect.poll(() => second.notes.join(), patient).toContain('tool new (new)');
});

test('results are clipped, and the whole is kept where the model can read it', async () => {
  const big = writeServer(
    'big.mjs',
    `if (m.method === 'tools/call') return send({ id: m.id, result: { content: [{ type: 'text', text: 'a line\\n'.repeat(100000) }] } });`,
  );
  const { mcp } = open({ big: { command: node, args: [big] } });
  const tools = await mcp.start(20_000);
  const { output } = await call(tools, 'mcp__big__one');
  expect(output.length).toBeLessThan(31_000);
  const path = /all of it is in (\S+)/.exec(output)?.[1] ?? '';
  expect(readFileSync(path, 'utf8')).toHaveLength(700_000);
});

test('only the wanted tools of a server are offered; names are made fit for providers', async () => {
  const { mcp } = open({ 'my server': { ...everythingServer, tools: ['echo'] } });
  const tools = await mcp.start(20_000);
  expect(tools.map((tool) => tool.name)).toEqual(['mcp__my_server__echo', 'mcp_search', 'mcp_call']);
});

test('resources are mentions and prompts are commands', async () => {
  const { mcp } = open({ everything: everythingServer });
  await mcp.start(20_000);
  const resources = await mcp.resources();
  expect(resources.length).toBeGreaterThan(0);
  const text = await mcp.readResource(resources[0]?.mention ?? '');
  expect(text).toContain(resources[0]?.uri);
  expect(await mcp.readResource('nobody:x')).toBeUndefined();
  const prompts = await mcp.prompts();
  expect(mcp.known().prompts).toEqual([]);
  await expect.poll(() => mcp.known().prompts.length, patient).toBe(prompts.length);
  expect(mcp.known().resources).toEqual(resources);
  const simple = prompts.find((prompt) => prompt.arguments.length === 0);
  expect(await simple?.expand('')).toMatch(/\w+/);
  const needy = prompts.find((prompt) => prompt.arguments.some((argument) => argument.isRequired));
  await expect(needy?.expand('')).rejects.toThrow('needs');
});

test('the reference file server works below its folder', async () => {
  writeFileSync(join(folder, 'a.txt'), 'content of a');
  const { mcp } = open({ files: { command: node, args: [filesystem, folder] } });
  const tools = await mcp.start(20_000);
  expect((await call(tools, 'mcp__files__read_text_file', { path: join(folder, 'a.txt') })).output).toContain(
    'content of a',
  );
  expect(await call(tools, 'mcp__files__read_text_file', { path: '/etc/hostname' })).toMatchObject({ isError: true });
});

/** The reference server over streamable HTTP, once it answers. */
async function serveEverything(port: number): Promise<ChildProcess> {
  const child = spawn(node, [everything, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  children.push(child);
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/mcp`).then(
      () => true,
      () => false,
    );
  await expect.poll(answers, patient).toBe(true);
  return child;
}

test('a streamable HTTP server that was started anew is connected to again by the call that finds its session gone', async () => {
  const port = await freePort();
  const first = await serveEverything(port);
  const { mcp } = open({ web: { url: `http://127.0.0.1:${port}/mcp` } });
  const tools = await mcp.start(20_000);
  expect(await call(tools, 'mcp__web__echo', { message: '1' })).toMatchObject({ output: 'Echo: 1' });
  first.kill('SIGKILL');
  await once(first, 'close');
  await serveEverything(port);
  expect(await call(tools, 'mcp__web__echo', { message: '2' })).toMatchObject({ output: 'Echo: 2' });
});

test('a call of a streamable HTTP server that is down fails with its cause', async () => {
  const port = await freePort();
  const child = await serveEverything(port);
  const { mcp } = open({ web: { url: `http://127.0.0.1:${port}/mcp` } });
  const tools = await mcp.start(20_000);
  child.kill('SIGKILL');
  await once(child, 'close');
  const result = await call(tools, 'mcp__web__echo', { message: '1' });
  expect(result).toMatchObject({ isError: true, output: expect.stringContaining('ECONNREFUSED') });
  expect(mcp.servers()).toMatchObject([{ state: 'down' }]);
});

test('what a server logs by the protocol is in its log', async () => {
  const script = writeServer(
    'talkative.mjs',
    `if (m.method === 'tools/call') send({ method: 'notifications/message', params: { level: 'warning', logger: 'disk', data: { free: '2%' } } });`,
  );
  const { mcp } = open({ talkative: { command: node, args: [script] } });
  const tools = await mcp.start(20_000);
  await call(tools, 'mcp__talkative__one');
  await expect
    .poll(() => readFileSync(mcp.servers()[0]?.log ?? '', 'utf8'), patient)
    .toContain('warning disk: {"free":"2%"}');
});

test('resources are listed to the last page', async () => {
  const script = writeServer(
    'pages.mjs',
    `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, capabilities: { resources: {} }, serverInfo: { name: 'test', version: '1' } } });
  if (m.method === 'resources/list') return send({ id: m.id, result: m.params.cursor === 'b' ? { resources: [{ uri: 'x:2', name: '2' }] } : { resources: [{ uri: 'x:1', name: '1' }], nextCursor: 'b' } });`,
  );
  const { mcp } = open({ pages: { command: node, args: [script] } });
  await mcp.start(20_000);
  expect((await mcp.resources()).map(({ mention }) => mention)).toEqual(['pages:x:1', 'pages:x:2']);
});

test('a streamable HTTP server is spoken to at its address', async () => {
  const port = await freePort();
  await serveEverything(port);
  const { mcp } = open({ web: { url: `http://127.0.0.1:${port}/mcp` } });
  const tools = await mcp.start(20_000);
  expect(await call(tools, 'mcp__web__echo', { message: 'over http' })).toMatchObject({ output: 'Echo: over http' });
});

test('nothing of a server stays behind when the session closes', async () => {
  const script = writeServer(
    'pid.mjs',
    `if (m.method === 'tools/call') return send({ id: m.id, result: { content: [{ type: 'text', text: String(process.pid) }] } });`,
  );
  const { mcp } = open({ pid: { command: node, args: [script] } });
  const tools = await mcp.start(20_000);
  const pid = Number((await call(tools, 'mcp__pid__one')).output);
  await mcp.close();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
