import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { permissionRules, readServers, type ServerSettings } from '../../src/mcp/servers.ts';
import { toolName } from '../../src/mcp/tool.ts';

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'wink-mcp-servers-'));
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

function read(
  file: unknown,
  configured: Record<string, ServerSettings> = {},
  isTrusted = true,
  env: Record<string, string> = {},
) {
  if (file !== undefined)
    writeFileSync(join(repository, '.mcp.json'), typeof file === 'string' ? file : JSON.stringify(file));
  const { servers, warnings } = readServers({ configured, repository, isTrusted, env });
  return { servers: Object.fromEntries(servers), warnings };
}

const variable = (name: string) => `\${${name}}`;

test('.mcp.json is read as other programs write it, with keys that only they know', () => {
  const { servers, warnings } = read({
    mcpServers: {
      files: { command: 'npx', args: ['-y', 'server'], env: { A: 'b' }, autoApprove: ['x'] },
      web: { type: 'http', url: 'https://example.org/mcp', headers: { Authorization: 'Bearer x' } },
      old: { type: 'sse', url: 'https://example.org/sse' },
      off: { command: 'x', disabled: true },
    },
  });
  expect(warnings).toEqual([]);
  expect(servers).toEqual({
    files: { command: 'npx', args: ['-y', 'server'], env: { A: 'b' } },
    web: { url: 'https://example.org/mcp', headers: { Authorization: 'Bearer x' } },
    old: { type: 'sse', url: 'https://example.org/sse', headers: {} },
  });
});

test('variables of the environment are filled in, and missing ones are said', () => {
  const file = {
    mcpServers: {
      a: { command: variable('BIN:-npx'), args: ['--key', variable('KEY')], env: { TOKEN: variable('TOKEN') } },
    },
  };
  const { servers, warnings } = read(file, {}, true, { KEY: 'k' });
  expect(servers.a).toEqual({ command: 'npx', args: ['--key', 'k'], env: { TOKEN: '' } });
  expect(warnings).toEqual(['The MCP server a wants TOKEN, which the environment does not have.']);
});

test('the file of an untrusted repository starts nothing, and a line says so', () => {
  const { servers, warnings } = read({ mcpServers: { evil: { command: 'sh' } } }, {}, false);
  expect(servers).toEqual({});
  expect(warnings).toEqual([expect.stringContaining('.mcp.json is ignored because it can run code')]);
});

test('the configuration wins over the file, and what is off or denied is left out', () => {
  const configured: Record<string, ServerSettings> = {
    a: { command: 'mine' },
    b: { command: 'x', enabled: false },
    c: { command: 'x', permission: 'deny' },
  };
  expect(read({ mcpServers: { a: { command: 'theirs' } } }, configured).servers).toEqual({ a: { command: 'mine' } });
});

test('what is wrong in the file costs only itself', () => {
  const { servers, warnings } = read({
    mcpServers: { a: { command: 'x' }, b: 3, c: {}, d: { command: 'x', args: 'y' }, e: { url: 'nope' } },
  });
  expect(Object.keys(servers)).toEqual(['a']);
  expect(warnings).toHaveLength(4);
  expect(read('{').warnings).toEqual([expect.stringContaining('is ignored: it must be JSON')]);
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
