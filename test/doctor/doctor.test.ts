import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { checkNode } from '../../src/doctor/checks.ts';
import { runDoctor } from '../../src/doctor/doctor-command.ts';

let folder: string;
let server: ModelServer | undefined;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-doctor-')));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const stdout = new PassThrough();
  const io = {
    stdout,
    stderr: new PassThrough(),
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, WINK_HOME: join(folder, 'home'), ...env },
  };
  const code = await runDoctor(argv, io);
  return { code, out: String(stdout.read() ?? '') };
}

type Report = { ok: boolean; checks: { name: string; state: string; detail: string; fix?: string }[] };

async function report(env: NodeJS.ProcessEnv) {
  const { code, out } = await run(['--format', 'json'], env);
  const parsed: Report = JSON.parse(out);
  return { code, ...parsed, find: (name: string) => parsed.checks.find((check) => check.name === name) };
}

test('with a model that answers everything is well', async () => {
  server = await startModelServer({ scenario: [], models: ['m'], apiKey: 'k', contextWindow: 131_072 });
  const { code, ok, find } = await report({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'k', WINK_MODEL: 'm' });
  expect(find('Endpoint')).toEqual({ name: 'Endpoint', state: 'ok', detail: 'answers with 1 model' });
  expect(find('Window')).toMatchObject({ state: 'ok', detail: '131,072 tokens' });
  expect(find('Model')?.detail).toContain('with a key');
  expect(find('git')?.detail).toContain('git version');
  expect(find('Sandbox: own git')?.detail).toMatch(
    /^what a repository lets git start can neither|^git runs with your rights/,
  );
  expect({ code, ok }).toEqual({ code: 0, ok: true });
});

test('a window that is small or unknown is a warning with what to do', async () => {
  server = await startModelServer({ scenario: [], models: ['m'], contextWindow: 4096 });
  const small = await report({ OPENAI_BASE_URL: server.url, WINK_MODEL: 'm' });
  expect(small.find('Window')).toMatchObject({ state: 'warn', detail: expect.stringContaining('4,096 tokens') });
  await server.close();
  server = await startModelServer({ scenario: [], models: ['m'] });
  const unknown = await report({ OPENAI_BASE_URL: server.url, WINK_MODEL: 'm' });
  expect(unknown.find('Window')).toMatchObject({ state: 'warn', fix: expect.stringContaining('contextWindow') });
});

test('the key is never printed', async () => {
  server = await startModelServer({ scenario: [] });
  const { out } = await run([], { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'very-secret-key', WINK_MODEL: 'm' });
  expect(out).not.toContain('very-secret-key');
});

test('a wrong key fails and says so', async () => {
  server = await startModelServer({ scenario: [], apiKey: 'k' });
  const { code, find } = await report({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'wrong', WINK_MODEL: 'm' });
  expect(code).toBe(1);
  expect(find('Endpoint')).toMatchObject({ state: 'fail', detail: expect.stringMatching(/key/i) });
});

test('a model that the endpoint does not offer is a warning with those that it does', async () => {
  server = await startModelServer({ scenario: [], models: ['a', 'b'] });
  const { code, find } = await report({ OPENAI_BASE_URL: server.url, WINK_MODEL: 'm' });
  expect(code).toBe(0);
  expect(find('Endpoint')).toMatchObject({ state: 'warn', fix: 'use one of a, b' });
});

test('an endpoint that is not there fails with its address', async () => {
  const { code, find } = await report({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', WINK_MODEL: 'm' });
  expect(code).toBe(1);
  expect(find('Endpoint')?.fix).toContain('http://127.0.0.1:1/v1');
});

test('no model, a missing key and a broken configuration fail with what to do', async () => {
  expect((await report({})).find('Model')).toMatchObject({
    state: 'fail',
    fix: expect.stringContaining('wink-agent config set model'),
  });
  expect((await report({ WINK_MODEL: 'groq/x' })).find('Model')?.detail).toContain('GROQ_API_KEY');
  writeFileSync(join(folder, 'x.json'), '{ "approval": "yolo" }');
  const { code, out } = await run(['--config', 'x.json']);
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL {2}Configuration .*x\.json:1: "approval" is "yolo"/);
});

test('missing programs are told apart: git is needed, ripgrep only helps', async () => {
  const { find } = await report({ PATH: folder });
  expect(find('git')).toMatchObject({ state: 'fail' });
  expect(find('ripgrep')).toMatchObject({ state: 'warn' });
});

test('an old Node fails', () => {
  expect(checkNode('20.18.3')).toMatchObject({ state: 'fail' });
  expect(checkNode('20.19.0')).toMatchObject({ state: 'ok' });
  expect(checkNode('26.1.0')).toMatchObject({ state: 'ok' });
});

test('help has examples and a wrong flag is a mistake of the user', async () => {
  expect((await run(['--help'])).out).toContain('Examples');
  await expect(run(['--frobnicate'])).rejects.toThrow("Unknown option '--frobnicate'");
  await expect(run(['--format', 'xml'])).rejects.toThrow('allowed are table and json');
});

test('a judge that shares a local server of one slot is told of, with what to do', async () => {
  const judgeOf = async (slots: number) => {
    server = await startModelServer({ scenario: [], models: ['m'], slots });
    const { find } = await report({ OPENAI_BASE_URL: server.url, WINK_MODEL: 'm' });
    await server.close();
    return find('Judge');
  };
  expect(await judgeOf(1)).toMatchObject({
    state: 'warn',
    detail: expect.stringContaining('answers one request at a time'),
    fix: expect.stringContaining('providers.custom.slots 2'),
  });
  expect(await judgeOf(4)).toMatchObject({ state: 'ok', detail: expect.stringContaining('4 requests at once') });
  server = await startModelServer({ scenario: [], models: ['m', 'n'], slots: 1 });
  const other = await report({ OPENAI_BASE_URL: server.url, WINK_MODEL: 'm', WINK_OBSERVER_MODEL: 'n' });
  expect(other.find('Judge')).toEqual({ name: 'Judge', state: 'ok', detail: 'n at custom' });
});
