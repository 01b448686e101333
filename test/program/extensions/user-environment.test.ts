import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Scenario } from '../../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../../src/demo/server.ts';
import { compiledCode } from '../../compiled-code.ts';

// The built program, real servers and a real model protocol, as a user starts them.
vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '../../..');
const everything = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist/index.js',
);
const resultSchema = z.object({ outcome: z.string(), result: z.string(), steps: z.number() });

let folder: string;
let repository: string;
let server: ModelServer | undefined;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-world-')));
  repository = join(folder, 'repository');
  mkdirSync(join(repository, '.git'), { recursive: true });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

async function run(prompt: string, scenario: Scenario, flags: readonly string[] = []) {
  server = await startModelServer({ scenario });
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    WINK_HOME: join(folder, 'home'),
    ...compiledCode,
    OPENAI_BASE_URL: server.url,
    WINK_MODEL: 'm',
  };
  const words = [join(root, 'bin/wink-agent.js'), '-p', prompt, '--output-format', 'json', '--wink', 'off', ...flags];
  const child = spawn(process.execPath, words, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const result = resultSchema.safeParse(said.out === '' ? undefined : JSON.parse(said.out)).data;
  return { code, result, err: said.err, requests: server.requests };
}

const bodyOf = (request: ModelServer['requests'][number] | undefined) => request?.rawBody ?? '';

test('AGENTS.md of user and repository, and a file named with @, stand before the model in the first request', async () => {
  write('home/AGENTS.md', 'Answer in French.');
  write('repository/AGENTS.md', 'Use tabs.');
  write('repository/src/a.ts', 'export const a = 1;');
  const { result, requests } = await run('explain @src/a.ts', [{ text: 'Voilà.' }]);
  expect(result?.outcome).toBe('done');
  for (const words of ['Answer in French.', 'Use tabs.', 'export const a = 1;', 'explain @src/a.ts'])
    expect(bodyOf(requests[0])).toContain(words);
});

test('instructions below are given with the step after something there was touched', async () => {
  write('repository/web/AGENTS.md', 'Only in web: semicolons.');
  write('repository/web/a.ts', 'x');
  const { requests } = await run('look', [
    { text: '', calls: [{ name: 'read', arguments: { path: 'web/a.ts' } }] },
    { text: 'ok' },
  ]);
  expect(bodyOf(requests[0])).not.toContain('semicolons');
  expect(bodyOf(requests[1])).toContain('Only in web: semicolons.');
});

test('a tool of an MCP server is offered, allowed by its server’s permission, and its result goes back', async () => {
  write('home/config.json', {
    mcpServers: {
      everything: { command: process.execPath, args: [everything, 'stdio'], permission: 'allow', tools: ['echo'] },
    },
  });
  const { result, requests, err } = await run('use it', [
    { text: '', calls: [{ name: 'mcp__everything__echo', arguments: { message: 'through the server' } }] },
    { text: 'done' },
  ]);
  expect(result?.outcome, err).toBe('done');
  expect(bodyOf(requests[0])).toContain('mcp__everything__echo');
  expect(bodyOf(requests[1])).toContain('Echo: through the server');
});

test('a prompt of an MCP server is a command, and one that lacks its argument is a mistake of the user', async () => {
  write('home/config.json', { mcpServers: { everything: { command: process.execPath, args: [everything, 'stdio'] } } });
  const { requests } = await run('/everything:args-prompt Lyon', [{ text: 'ok' }]);
  expect(bodyOf(requests[0])).toContain('Lyon');
  expect(bodyOf(requests[0])).not.toContain('args-prompt');
  await server?.close();
  const { code, err } = await run('/everything:args-prompt', [{ text: 'ok' }]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('needs city') });
});

test('a tool of an MCP server without permission is denied, and so is the same tool through mcp_call', async () => {
  write('home/config.json', { mcpServers: { everything: { command: process.execPath, args: [everything, 'stdio'] } } });
  const { code, requests } = await run('use it', [
    {
      text: '',
      calls: [
        { name: 'mcp__everything__echo', arguments: { message: 'a' } },
        { name: 'mcp_call', arguments: { server: 'everything', tool: 'echo', arguments: { message: 'b' } } },
      ],
    },
    { text: 'done' },
  ]);
  expect(code).toBe(7);
  expect(bodyOf(requests[1]).match(/Not allowed/g)).toHaveLength(2);
});

test('the .mcp.json, hooks and commands of an untrusted repository do nothing, and lines say so; with --trust they work', async () => {
  write('repository/.mcp.json', { mcpServers: { evil: { command: 'touch', args: [join(folder, 'evil')] } } });
  write('repository/.wink/config.json', { hooks: { sessionStart: [{ command: `touch ${join(folder, 'hooked')}` }] } });
  write('repository/.wink/commands/fix.md', 'Fix $1 carefully.');
  const untrusted = await run('/fix it', [{ text: 'ok', times: 2 }]);
  expect(untrusted.err).toContain('.mcp.json is ignored');
  expect(untrusted.err).toContain('"hooks" is ignored');
  expect(bodyOf(untrusted.requests[0])).toContain('/fix it');
  expect(() => readFileSync(join(folder, 'evil'))).toThrow();
  expect(() => readFileSync(join(folder, 'hooked'))).toThrow();
  await server?.close();
  rmSync(join(repository, '.mcp.json'));
  const trusted = await run('/fix it', [{ text: 'ok' }], ['--trust']);
  expect(bodyOf(trusted.requests[0])).toContain('Fix it carefully.');
  expect(readFileSync(join(folder, 'hooked'), 'utf8')).toBe('');
});

test('a long run in a small window is compacted, hears the instructions below again, and ends well', async () => {
  write('home/config.json', { contextWindow: 12_000 });
  write('repository/web/AGENTS.md', 'Only in web: semicolons.');
  write('repository/web/big.txt', 'a line of the file\n'.repeat(300));
  const summary =
    'GOAL\nRead.\nCONSTRAINTS\nnone\nDONE\nread big.txt many times over\nOPEN\nread on\nFILES\nbig.txt\nDECISIONS\nnone';
  const { result, requests, err } = await run('read it often', {
    rules: [
      { when: { kind: 'compaction' }, replies: [{ text: summary }], after: 'repeat' },
      {
        when: { kind: 'agent' },
        replies: [
          { text: 'On.', calls: [{ name: 'read', arguments: { path: 'web/big.txt', offset: '{{n}}' } }], times: 40 },
          { text: 'Enough.' },
        ],
      },
    ],
  });
  expect(result, err).toMatchObject({ outcome: 'done', result: 'Enough.' });
  expect(err).toContain('the conversation was compacted (summary)');
  expect(bodyOf(requests.at(-1))).toContain('read big.txt many times over');
  expect(bodyOf(requests.at(-1))).toContain('Only in web: semicolons.');
  expect(Math.max(...requests.map(({ rawBody }) => rawBody.length / 4))).toBeLessThan(12_000);
});

test('the fallback model goes on when the first is not there', async () => {
  write('home/config.json', { fallbackModel: 'spare' });
  const { result } = await run('hello', {
    rules: [
      { when: { model: 'spare' }, replies: [{ text: 'from the spare' }] },
      { replies: [{ fault: { kind: 'status', status: 404, message: 'no such model' } }], after: 'repeat' },
    ],
  });
  expect(result).toMatchObject({ outcome: 'done', result: 'from the spare' });
});
