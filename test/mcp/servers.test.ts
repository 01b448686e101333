import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { permissionRules, readServers, type ServerSettings } from '../../src/mcp/servers.ts';
import { distinctName, ruleName, serverLabel, toolName } from '../../src/mcp/tool-name.ts';

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'wink-mcp-servers-'));
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

async function read(
  file: unknown,
  configured: Record<string, ServerSettings> = {},
  isTrusted = true,
  env: Record<string, string> = {},
) {
  if (file !== undefined)
    writeFileSync(join(repository, '.mcp.json'), typeof file === 'string' ? file : JSON.stringify(file));
  const { servers, warnings } = await readServers({ configured, repository, cwd: repository, isTrusted, env });
  return { servers: Object.fromEntries(servers), warnings };
}

const variable = (name: string) => `\${${name}}`;

test('.mcp.json is read as other programs write it, with keys that only they know', async () => {
  const { servers, warnings } = await read({
    mcpServers: {
      files: { command: 'npx', args: ['-y', 'server'], env: { A: 'b' }, autoApprove: ['x'] },
      web: { type: 'http', url: 'https://example.org/mcp', headers: { Authorization: 'Bearer x' } },
      old: { type: 'sse', url: 'https://example.org/sse' },
      off: { command: 'x', disabled: true },
    },
  });
  expect(warnings).toEqual([]);
  expect(servers).toEqual({
    files: { command: 'npx', args: ['-y', 'server'], env: { A: 'b' }, sandbox: true },
    web: { url: 'https://example.org/mcp', headers: { Authorization: 'Bearer x' } },
    old: { type: 'sse', url: 'https://example.org/sse', headers: {} },
  });
});

test('variables of the environment are filled in, and missing ones are said', async () => {
  const file = {
    mcpServers: {
      a: { command: variable('BIN:-npx'), args: ['--key', variable('KEY')], env: { TOKEN: variable('TOKEN') } },
    },
  };
  const { servers, warnings } = await read(file, {}, true, { KEY: 'k' });
  expect(servers.a).toEqual({ command: 'npx', args: ['--key', 'k'], env: { TOKEN: '' }, sandbox: true });
  expect(warnings).toEqual(['The MCP server a wants TOKEN, which the environment does not have.']);
});

test('the file of an untrusted repository starts nothing, and a line says so', async () => {
  const { servers, warnings } = await read({ mcpServers: { evil: { command: 'sh' } } }, {}, false);
  expect(servers).toEqual({});
  expect(warnings).toEqual([expect.stringContaining('.mcp.json is ignored because it can run code')]);
});

test('the configuration wins over the file, and what is off or denied is left out', async () => {
  const configured: Record<string, ServerSettings> = {
    a: { command: 'mine' },
    b: { command: 'x', enabled: false },
    c: { command: 'x', permission: 'deny' },
  };
  expect((await read({ mcpServers: { a: { command: 'theirs' } } }, configured)).servers).toEqual({
    a: { command: 'mine' },
  });
});

test('what is wrong in the file costs only itself', async () => {
  const { servers, warnings } = await read({
    mcpServers: { a: { command: 'x' }, b: 3, c: {}, d: { command: 'x', args: 'y' }, e: { url: 'nope' } },
  });
  expect(Object.keys(servers)).toEqual(['a']);
  expect(warnings).toHaveLength(4);
  expect((await read('{')).warnings).toEqual([expect.stringContaining('is ignored: line 1: this is not valid JSON')]);
  expect((await read('[]')).warnings).toEqual([expect.stringContaining('is ignored')]);
});

test('per-server permissions become rules, and tool names fit the limits of providers', () => {
  expect(permissionRules({ a: { permission: 'allow' }, 'b c': { permission: 'ask' }, d: {} })).toEqual({
    allow: ['mcp(a/*)'],
    ask: ['mcp(b_c/*)'],
    deny: [],
  });
  expect(toolName('my server__x', 'do.it')).toBe('mcp__my_server_x__do_it');
  const long = toolName('server', 'x'.repeat(90));
  expect(long).toHaveLength(64);
  expect(long).not.toBe(toolName('server', `${'x'.repeat(89)}y`));
});

test('a byte order mark, comments, UTF-16, other programs’ keys and numbers in texts are read', async () => {
  const json = '{ "mcpServers": { "a": { "command": "x" } } }';
  expect((await read(`\uFEFF${json}`)).servers).toHaveProperty('a');
  expect((await read(`// mine\n${json.replace('} } }', '}, }, }')}`)).servers).toHaveProperty('a');
  writeFileSync(join(repository, '.mcp.json'), Buffer.from(`\uFEFF${json}`, 'utf16le'));
  expect((await read(undefined)).servers).toHaveProperty('a');
  writeFileSync(join(repository, '.mcp.json'), Buffer.from(`\uFEFF${json}`, 'utf16le').swap16());
  expect((await read(undefined)).servers).toHaveProperty('a');
  const { servers, warnings } = await read({
    servers: {
      list: { command: ['npx', '-y', 'x'], env: { PORT: 80, OFF: null } },
      gemini: { httpUrl: 'https://example.org/mcp', oauth: { clientId: 'c', callbackPort: 9 } },
      off: { command: 'x', enabled: false },
    },
  });
  expect(warnings).toEqual([]);
  expect(servers).toEqual({
    list: { command: 'npx', args: ['-y', 'x'], env: { PORT: '80' }, sandbox: true },
    gemini: { url: 'https://example.org/mcp', headers: {}, oauth: { clientId: 'c', callbackPort: 9 } },
  });
});

test('servers and tools in other scripts keep apart, and rules know a tool by its whole name', () => {
  expect(serverLabel('天气')).not.toBe(serverLabel('地图'));
  expect(toolName('天气', '今天')).toMatch(/^mcp__server-\w{8}__tool-\w{8}$/);
  expect(serverLabel('a_')).toBe('a');
  expect(distinctName('s', 'a.b')).not.toBe(distinctName('s', 'a_b'));
  expect(ruleName('server', 'x'.repeat(90))).toBe(`mcp__server__${'x'.repeat(90)}`);
});

test('settings may name the repository, in which a server of the user’s own does not start', async () => {
  const { servers, warnings } = await read(undefined, { a: { command: 'npx', args: [variable('WINK_PROJECT_DIR')] } });
  expect([servers.a?.args, warnings]).toEqual([[repository], []]);
});
