import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTool, type Tool } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { type Mcp, openMcp } from '../../src/mcp/hub.ts';
import type { ServerSettings } from '../../src/mcp/servers.ts';
import { unheld } from '../unheld.ts';
import { freePort, writeTestServer } from './test-server.ts';

let folder: string;
let opened: Mcp[] = [];
let listening: Server[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-mcp-odd-')));
});
afterEach(async () => {
  await Promise.all(opened.map((mcp) => mcp.close()));
  for (const server of listening) {
    server.close();
    server.closeAllConnections();
  }
  opened = [];
  listening = [];
  rmSync(folder, { recursive: true, force: true });
});

async function open(settings: ServerSettings) {
  const warnings: string[] = [];
  const notes: string[] = [];
  const mcp = openMcp({
    servers: new Map([['s', settings]]),
    cwd: folder,
    home: join(folder, 'home'),
    version: '0',
    repository: folder,
    hold: unheld,
    budgetTokens: 100_000,
    onNote: (text) => notes.push(text),
    onWarning: (message) => warnings.push(message),
  });
  opened.push(mcp);
  const tools = await mcp.start(15_000);
  return { mcp, tools, warnings, notes };
}

const program = (onMessage: string, tools?: readonly JsonObject[]): ServerSettings => ({
  command: process.execPath,
  args: [writeTestServer(folder, 's.mjs', onMessage, tools)],
});

async function call(tools: readonly Tool[], name = 'mcp__s__one', input: JsonObject = {}) {
  const prepared = tools.find((tool) => tool.name === name)?.prepare(input, '/');
  if (typeof prepared !== 'object') throw new Error(prepared ?? `no tool ${name}`);
  const workspace = {
    cwd: folder,
    roots: [folder],
    outputFolder: join(folder, 'out'),
    stamps: new Map(),
    jobs: new Map(),
    todos: [],
  };
  return runTool(
    { call: { id: 'c', name, input }, prepared },
    {
      workspace,
      signal: new AbortController().signal,
      onOutput: () => {},
    },
  );
}

const good = { name: 'one', description: 'One.', inputSchema: { type: 'object' } };

test('one odd tool costs only itself, and what is left out is said by its place', async () => {
  const { tools, warnings } = await open(
    program('', [
      good,
      { name: 'boolean', inputSchema: { type: 'object', properties: { payload: true } } },
      { name: 'untyped', inputSchema: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } },
      {
        name: 'nulls',
        title: null,
        description: null,
        annotations: null,
        outputSchema: null,
        inputSchema: { type: 'object', required: null },
      },
      { name: 'none' },
      { name: 'list', inputSchema: [] },
      {
        name: 'annotations',
        annotations: { title: 3, readOnlyHint: 'yes' },
        inputSchema: true,
        _meta: [],
        icons: 'x',
        execution: null,
      },
      { description: 'nameless' },
      null as unknown as JsonObject,
      good,
    ]),
  );
  const names = ['annotations', 'boolean', 'list', 'none', 'nulls', 'one', 'untyped'].map((name) => `mcp__s__${name}`);
  expect(tools.map(({ name }) => name)).toEqual([...names, 'mcp_search', 'mcp_call']);
  expect(await call(tools, 'mcp__s__nulls')).toMatchObject({ output: 'nulls', isError: false });
  expect(warnings).toEqual([
    'The MCP server s: tool 8 of its list has no name and is left out.',
    'The MCP server s: its tool one is listed twice; the first one counts.',
  ]);
});

/** What a server answers to `tools/call`, and what the model must be able to read of it. */
const results: readonly (readonly [string, string, string])[] = [
  [
    'null annotations',
    `{ content: [{ type: 'text', text: 'forty-two', annotations: null, _meta: null }] }`,
    'forty-two',
  ],
  [
    'null keys',
    `{ content: [{ type: 'text', text: 'forty-two' }], _meta: null, structuredContent: null, isError: null }`,
    'forty-two',
  ],
  ['an unknown block', `{ content: [{ type: 'json', json: { answer: 42 } }] }`, '{"type":"json","json":{"answer":42}}'],
  ['a block without a type', `{ content: [{ text: 'forty-two' }] }`, 'forty-two'],
  [
    'unknown beside known',
    `{ content: [{ type: 'chart', points: [1, 2] }, { type: 'text', text: 'forty-two' }] }`,
    'forty-two',
  ],
  ['a text for the content', `{ content: 'forty-two' }`, 'forty-two'],
  ['one block for the content', `{ content: { type: 'text', text: 'forty-two' } }`, 'forty-two'],
  ['texts for blocks', `{ content: ['forty', 'two'] }`, 'forty\ntwo'],
  ['a list for the result', `[{ type: 'text', text: 'forty-two' }]`, 'forty-two'],
  ['a text for the result', `'forty-two'`, 'forty-two'],
  ['other keys', `{ output: 'forty-two', code: 0 }`, '"forty-two"'],
  ['structure alone', `{ structuredContent: { answer: 42 } }`, '"answer": 42'],
  [
    'structure that says more',
    `{ content: [{ type: 'text', text: 'ok' }], structuredContent: { answer: 'forty-two' } }`,
    'forty-two',
  ],
  [
    'an image without data',
    `{ content: [{ type: 'image', data: null, mimeType: null }, { type: 'text', text: 'forty-two' }] }`,
    'forty-two',
  ],
  [
    'a resource without text',
    `{ content: [{ type: 'resource', resource: { uri: 'x:1', text: null, blob: null, note: 'forty-two' } }] }`,
    'forty-two',
  ],
  [
    'a broken link',
    `{ content: [{ type: 'resource_link', uri: null }, { type: 'text', text: 'forty-two' }] }`,
    'forty-two',
  ],
  ['nothing', `null`, '(no output)'],
];

test.each(results)('a result with %s is shown as far as it goes', async (_, result, expected) => {
  const { tools } = await open(program(`if (m.method === 'tools/call') return send({ id: m.id, result: ${result} });`));
  const { output, isError } = await call(tools);
  expect(output).toContain(expected);
  expect(isError).toBe(false);
});

test('what the structure says and the text says too is said once', async () => {
  const { tools } = await open(
    program(
      `if (m.method === 'tools/call') return send({ id: m.id, result: { content: [{ type: 'text', text: '{ "a": "forty-two" }' }], structuredContent: { a: 'forty-two' } } });`,
    ),
  );
  expect((await call(tools)).output).toBe('{ "a": "forty-two" }');
});

/** Ways of answering that the SDK alone would drop, so that the request hangs. */
const dialects: readonly (readonly [string, string])[] = [
  [
    'no version and no capabilities',
    `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, serverInfo: { name: 'x' } } });`,
  ],
  [
    'nulls in its greeting',
    `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, capabilities: { tools: null, prompts: null, experimental: null }, serverInfo: { name: 'x', version: '1', title: null, icons: null }, instructions: null, _meta: null } });`,
  ],
  [
    'a version that nobody knows',
    `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: '1.0', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } } });`,
  ],
  [
    'a list that it calls changed each time it is asked for it',
    `if (m.method === 'tools/list') setTimeout(() => send({ method: 'notifications/tools/list_changed' }), 1);`,
  ],
  [
    'true for a capability',
    `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, capabilities: { tools: true }, serverInfo: { name: 'x', version: 1 } } });`,
  ],
  [
    'an error that is null beside each result',
    `if (m.method === 'tools/list') return send({ id: m.id, result: { tools, nextCursor: null, _meta: null }, error: null });`,
  ],
  ['a bare list of tools', `if (m.method === 'tools/list') return send({ id: m.id, result: tools });`],
  [
    'logs and greetings on its output',
    `if (m.method === 'initialize') console.log('Server is running\\n{"level":"info","msg":"x"}\\n\\n[]');`,
  ],
  ['a byte order mark', `if (m.method === 'initialize') process.stdout.write('\\uFEFF');`],
  [
    'batches',
    `if (m.method === 'tools/list') { process.stdout.write(JSON.stringify([{ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } }, { jsonrpc: '2.0', id: m.id, result: { tools } }]) + '\\r\\n'); return; }`,
  ],
  ['a text for its ids', `if (m.method === 'tools/list') return send({ id: String(m.id), result: { tools } });`],
  [
    'an empty cursor for the last page',
    `if (m.method === 'tools/list') return send({ id: m.id, result: { tools, nextCursor: '' } });`,
  ],
  [
    'requests of its own that we do not know',
    `if (m.method === 'tools/list') send({ id: 'x', method: 'sampling/createMessage', params: null });`,
  ],
];

test.each(dialects)('a server with %s works', async (_, onMessage) => {
  const { tools } = await open(program(onMessage));
  expect(await call(tools)).toMatchObject({ isError: false, output: 'one' });
});

test('an error without a code or as a text is the call’s error, at once', async () => {
  const { tools } = await open(
    program(
      `if (m.method === 'tools/call') return send({ id: m.id, result: null, error: m.params.arguments.text ? 'no such city' : { message: 'no such city' } });`,
    ),
  );
  for (const text of [true, false]) {
    const result = await call(tools, 'mcp__s__one', { text });
    expect(result).toMatchObject({
      isError: true,
      errorKind: 'failed',
      output: expect.stringContaining('no such city'),
    });
  }
});

test('odd resources and prompts cost only themselves', async () => {
  const { mcp } = await open(
    program(
      `if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, capabilities: { tools: {}, resources: {}, prompts: {} }, serverInfo: { name: 'x', version: '1' } } });
  if (m.method === 'resources/list') return send({ id: m.id, result: { resources: [{ uri: 'x:1', name: null, description: null, annotations: null }, { name: 'without' }] } });
  if (m.method === 'resources/read') return send({ id: m.id, result: { contents: { uri: 'x:1', text: 'the text', mimeType: null } } });
  if (m.method === 'prompts/list') return send({ id: m.id, result: { prompts: [{ name: 'p', arguments: null, description: null }, {}] } });
  if (m.method === 'prompts/get') return send({ id: m.id, result: { messages: [{ role: 'system', content: 'do it' }] } });`,
    ),
  );
  expect(await mcp.resources()).toEqual([{ server: 's', uri: 'x:1', name: 'x:1', mention: 's:x:1' }]);
  expect(await mcp.readResource('s:x:1')).toContain('the text');
  const prompts = await mcp.prompts();
  expect(prompts.map(({ name }) => name)).toEqual(['p']);
  expect(await prompts[0]?.expand('')).toBe('do it');
});

test('a server that ends says why: its exit code and its last words', async () => {
  const { warnings, mcp } = await open({
    command: process.execPath,
    args: ['-e', 'console.error("Error: NOTION_TOKEN is not set\\n    at file.js:1"); process.exit(3)'],
  });
  expect(warnings).toEqual([
    'The MCP server s could not be started: it ended with exit code 3: Error: NOTION_TOKEN is not set.',
  ]);
  expect(mcp.servers()[0]?.state).toBe('down');
});

test('tools whose names are the same once made fit for providers are all there', async () => {
  const { tools } = await open(
    program(
      '',
      ['a.b', 'a_b', '天气', '地图', 'x'.repeat(80), `${'x'.repeat(79)}y`].map((name) => ({ ...good, name })),
    ),
  );
  const names = tools.map(({ name }) => name);
  expect(new Set(names).size).toBe(8);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  const outputs = await Promise.all(names.slice(0, 6).map(async (name) => (await call(tools, name)).output));
  expect(outputs.sort()).toEqual(['a.b', 'a_b', 'x'.repeat(80), `${'x'.repeat(79)}y`, '地图', '天气'].sort());
  const long = tools.find(({ name }) => name.startsWith('mcp__s__xxxx'));
  expect(long?.prepare({}, '/')).toMatchObject({ effectiveName: expect.stringMatching(/^mcp__s__x{79}/) });
});

/** A server over HTTP that answers in the given form. */
async function serve(answer: (message: JsonObject) => unknown, type: string): Promise<string> {
  const port = await freePort();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(405).end();
      const message: JsonObject = JSON.parse(body);
      if (message.id === undefined) return response.writeHead(202).end();
      const text = JSON.stringify(answer(message));
      response.writeHead(200, type === '' ? {} : { 'content-type': type });
      response.end(type === 'text/event-stream' ? `event: message\ndata: ${text}\n\n` : `\uFEFF${text}`);
    });
  });
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${port}/mcp`;
}

test.each(['text/event-stream', 'application/json', 'text/plain', ''])(
  'over HTTP the same holds (as %s)',
  async (type) => {
    const url = await serve(({ id, method, params }) => {
      if (method === 'initialize')
        return {
          id,
          result: {
            protocolVersion: (params as JsonObject).protocolVersion,
            capabilities: { tools: null },
            serverInfo: { name: 'x', version: '1', title: null },
          },
          error: null,
        };
      if (method === 'tools/list')
        return { jsonrpc: '2.0', id, result: { tools: [{ ...good, annotations: null }], _meta: null }, error: null };
      return {
        jsonrpc: '2.0',
        id,
        result: { content: [{ type: 'text', text: 'over http', annotations: null }], _meta: null },
        error: null,
      };
    }, type);
    const { tools } = await open({ url });
    expect(await call(tools)).toMatchObject({ isError: false, output: 'over http' });
  },
);

test.each([
  [
    'larger than 32 MB',
    `const text = 'x'.repeat(33_000_000);`,
    '{ jsonrpc: "2.0", id: m.id, result: { content: [{ type: "text", text }] } }',
  ],
  [
    'larger than 32 MB',
    `const text = 'x'.repeat(33_000_000);`,
    '{ result: { content: [{ type: "text", text }] }, jsonrpc: "2.0", id: m.id }',
  ],
])('an answer %s is refused at once with a sentence, wherever its number stands', async (why, make, answer) => {
  const { tools } = await open(
    program(
      `if (m.method === 'tools/call') { ${make} process.stdout.write(JSON.stringify(${answer}) + '\\n'); return; }`,
    ),
  );
  const { output, isError } = await call(tools);
  expect([isError, output]).toEqual([true, expect.stringContaining(why)]);
});

test('an answer nested thousands of levels deep is refused at once with a sentence', async () => {
  const deep = `'{"jsonrpc":"2.0","id":' + m.id + ',"result":{"structuredContent":' + '['.repeat(50_000) + ']'.repeat(50_000) + '}}\\n'`;
  const { tools } = await open(program(`if (m.method === 'tools/call') { process.stdout.write(${deep}); return; }`));
  const { output, isError } = await call(tools);
  expect([isError, output]).toEqual([true, expect.stringContaining('nested too deeply')]);
});
