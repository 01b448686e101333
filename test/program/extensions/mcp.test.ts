import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { writeTestServer } from '../../mcp/test-server.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';

const parts = resolve(import.meta.dirname, '../../mcp/sign-in');
const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function places() {
  const cwd = makeFolder();
  mkdirSync(join(cwd, '.git'));
  return { cwd, home: makeFolder() };
}

const task = (url: string, ...more: string[]) => [
  '-p',
  'go',
  '--model',
  'scripted',
  '--base-url',
  url,
  '--wink',
  'off',
  '--approval',
  'full',
  ...more,
];

function toolNames(tools: unknown): string[] {
  return JSON.stringify(tools)
    .split('"function":{"name":"')
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf('"')));
}

test('servers are added, listed, tried, used and removed by the command', async () => {
  const place = places();
  const script = writeTestServer(place.cwd, 'server.mjs', '');
  const added = await run(['mcp', 'add', 'mine', '--env', 'A=b', process.execPath, script, '--flag', '-y'], place);
  expect(added.code).toBe(0);
  const config = join(place.home, '.wink/config.json');
  expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({
    mcpServers: { mine: { command: process.execPath, args: [script, '--flag', '-y'], env: { A: 'b' } } },
  });
  await run(['mcp', 'add', '--transport', 'http', 'web.site', 'http://127.0.0.1:9/mcp', '-H', 'X-Key: a:b'], place);
  await run(
    ['mcp', 'add', 'json', '{"type":"stdio","command":"no-such-program","autoApprove":["x"]}', '--scope', 'project'],
    place,
  );
  expect(JSON.parse(readFileSync(join(place.cwd, '.mcp.json'), 'utf8')).mcpServers.json.command).toBe(
    'no-such-program',
  );
  const trusted = { ...place, env: { WINK_TRUST: '1' } };
  const listed = await run(['mcp', 'list', '--format', 'json'], trusted);
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { name: 'json', state: 'on', from: join(place.cwd, '.mcp.json') },
    { name: 'mine', state: 'on', from: config },
    { name: 'web.site', server: 'http://127.0.0.1:9/mcp', from: config },
  ]);
  const tried = await run(['mcp', 'test'], trusted);
  expect(tried.code).toBe(1);
  expect(tried.stdout).toMatch(/ok {4}mine {2}1 tool, about \d+ tokens/);
  expect(tried.stdout).toContain('FAIL  web.site');
  expect(tried.stderr).toMatch(/The MCP server json could not be started: .*no-such-program/);
  expect((await run(['mcp', 'test', 'mine'], place)).code).toBe(0);
  const model = await serve([{ calls: [{ name: 'mcp__mine__one', arguments: {} }] }, { text: 'Done.' }]);
  expect((await run(task(model.url), place)).code).toBe(0);
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('"content":"one"');
  expect((await run(['mcp', 'remove', 'json'], place)).stderr).toContain('add --repository');
  expect((await run(['mcp', 'remove', 'json', '--repository'], place)).code).toBe(0);
  expect((await run(['mcp', 'remove', 'web.site'], place)).code).toBe(0);
  expect(Object.keys(JSON.parse(readFileSync(config, 'utf8')).mcpServers)).toEqual(['mine']);
});

test.each([
  [['mcp', 'add'], 'takes a name first'],
  [['mcp', 'add', 'x'], 'then an address'],
  [['mcp', 'add', 'x', 'https://example.org', 'more'], 'Nothing is expected after an address'],
  [['mcp', 'add', 'x', '-e', 'novalue', 'cmd'], '--env takes NAME=VALUE'],
  [['mcp', 'add', 'x', '{"command":'], 'The JSON of the server does not fit'],
  [['mcp', 'add', 'x', '--transport', 'http', 'cmd'], 'wants an address'],
  [['mcp', 'remove', 'nobody'], 'There is no MCP server nobody'],
  [['mcp', 'test', 'nobody'], 'There is no MCP server nobody'],
  [['mcp', 'login', 'nobody'], 'There is no MCP server nobody'],
  [['mcp', 'fly'], '`mcp fly` is not known'],
])('%s is one clear sentence and exit 2', async (words, sentence) => {
  const { code, stderr } = await run(words, places());
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('tools above the budget stay out of requests, are found by mcp_search and called by mcp_call or by name', async () => {
  const place = places();
  const tools = Array.from({ length: 60 }, (_, index) => ({
    name: `tool_${index}`,
    description:
      index === 42 ? 'Books a train to the sea.' : `Does thing ${index}. ${'Long words about it. '.repeat(40)}`,
    inputSchema: { type: 'object', properties: { when: { type: 'string' } }, required: ['when'] },
  }));
  const script = writeTestServer(place.cwd, 'many.mjs', '', tools);
  await run(['mcp', 'add', 'many', '--', process.execPath, script], place);
  const model = await serve([
    { calls: [{ name: 'mcp_search', arguments: { query: 'book train' } }] },
    { calls: [{ name: 'mcp_call', arguments: { server: 'many', tool: 'tool_42' } }] },
    { calls: [{ name: 'mcp_call', arguments: { server: 'many', tool: 'tool_42', arguments: '{"when":"now"}' } }] },
    { calls: [{ name: 'mcp__many__tool_7', arguments: { when: 'now' } }] },
    { text: 'Done.' },
  ]);
  const { code, stderr } = await run(task(model.url), place);
  expect(code).toBe(0);
  expect(stderr).toContain('The 60 tools of MCP servers would take about');
  const names = toolNames(model.requests[0]?.body.tools);
  expect(names.filter((name) => name.startsWith('mcp'))).toEqual(['mcp_search', 'mcp_call']);
  const said = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect(said).toContain('server many, tool tool_42: Books a train to the sea.');
  expect(said).toContain('many/tool_42 needs when');
  expect(said).toContain('"content":"tool_42"');
  expect(said).toContain('"content":"tool_7"');
  for (const request of model.requests) expect(request.body.tools).toEqual(model.requests[0]?.body.tools);

  const denied = await serve([
    { calls: [{ name: 'mcp_call', arguments: { server: 'many', tool: 'tool_1', arguments: { when: 'x' } } }] },
    { text: 'Done.' },
  ]);
  const ended = await run(task(denied.url, '--deny', 'mcp(many/tool_1)'), place);
  expect(ended.code).toBe(7);
});

test('hooks see the tool of a server and its own arguments, however it is called', async () => {
  const place = places();
  const script = writeTestServer(place.cwd, 'server.mjs', '');
  const config = join(place.home, '.wink/config.json');
  await run(['mcp', 'add', 'mine', '--', process.execPath, script], place);
  const hooks = {
    PreToolUse: [{ matcher: 'mcp__mine__.*', hooks: [{ type: 'command', command: 'cat >> log.jsonl' }] }],
  };
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), hooks }));
  const model = await serve([
    { calls: [{ name: 'mcp_call', arguments: { server: 'mine', tool: 'one', arguments: { x: 1 } } }] },
    { calls: [{ name: 'mcp__mine__one', arguments: { x: 1 } }] },
    { text: 'Done.' },
  ]);
  expect((await run(task(model.url), place)).code).toBe(0);
  const seen = jsonLines(readFileSync(join(place.cwd, 'log.jsonl'), 'utf8'));
  expect(seen).toHaveLength(2);
  for (const each of seen) expect(each).toMatchObject({ tool_name: 'mcp__mine__one', tool_input: { x: 1 } });
});

test('a tool that the endpoint refuses is left out, and the task goes on', async () => {
  const place = places();
  const script = writeTestServer(place.cwd, 'two.mjs', '', [
    { name: 'good', inputSchema: { type: 'object' } },
    { name: 'bad', inputSchema: { type: 'object' } },
  ]);
  await run(['mcp', 'add', 'two', '--', process.execPath, script], place);
  const message = "Invalid schema for function 'mcp__two__bad': no";
  const model = await serve([{ fault: { kind: 'status', status: 400, message } }, { text: 'Done.' }]);
  const { code, stdout, stderr } = await run(task(model.url), place);
  expect(code).toBe(0);
  expect(stdout).toBe('Done.\n');
  expect(stderr).toContain("The model's endpoint refuses the tool mcp__two__bad");
  const last = JSON.stringify(model.requests.at(-1)?.body.tools);
  expect(last).toContain('mcp__two__good');
  expect(last).not.toContain('mcp__two__bad');
});

/** An MCP server behind oidc-provider, in a process of its own. */
async function startProtected(): Promise<string> {
  const child = spawn(process.execPath, [join(parts, 'protected-server.js')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const [line] = await once(child.stdout!, 'data');
  return String(line).trim();
}

test('the user signs in to a server by the browser; the tokens are the user’s alone, are refreshed, and can be forgotten', {
  timeout: 60_000,
}, async () => {
  const place = places();
  const url = await startProtected();
  const browser = join(place.home, 'browser');
  writeFileSync(browser, `#!/bin/sh\nexec '${process.execPath}' '${join(parts, 'browser.js')}' "$1"\n`);
  chmodSync(browser, 0o755);
  await run(['mcp', 'add', 'web', url], place);
  const before = await run(['mcp', 'test'], place);
  expect(before.stderr).toContain('it wants you to sign in: run `wink-agent mcp login web`');
  const signedIn = await run(['mcp', 'login', 'web'], { ...place, env: { BROWSER: browser } });
  expect(signedIn.stdout).toContain('Signed in to web');
  expect(signedIn.stderr).toContain('/auth?response_type=code');
  const folder = join(place.home, '.wink/mcp-sign-in');
  const [file = ''] = await readdir(folder);
  const path = join(folder, file);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const token = () => JSON.parse(readFileSync(path, 'utf8')).tokens.access_token;
  const whoami = async () => {
    const model = await serve([{ calls: [{ name: 'mcp__web__whoami', arguments: {} }] }, { text: 'Done.' }]);
    await run(task(model.url), place);
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('signed in as ada');
    return token();
  };
  const first = await whoami();
  await fetch(new URL('/expire', url));
  expect(await whoami()).not.toBe(first);
  expect((await run(['mcp', 'list'], place)).stdout).toContain('signed in');
  expect((await run(['mcp', 'logout', 'web'], place)).stdout).toContain('is forgotten');
  expect((await run(['mcp', 'test'], place)).code).toBe(1);
});
