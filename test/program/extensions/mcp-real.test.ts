import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../mcp/test-server.ts';
import { ended, makeFolder, run, serve, start } from '../program.ts';

/** Servers made with the protocol's own SDK, and an authorization server from npm, before the built program. */
const parts = resolve(import.meta.dirname, '../../mcp');
const sdkServer = join(parts, 'sdk-server.js');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function startPart(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const [line] = await once(child.stdout!, 'data');
  return String(line).trim();
}

function makePlace(mcpServers: object, more: object = {}) {
  const cwd = makeFolder();
  const home = makeFolder();
  mkdirSync(join(cwd, '.git'));
  mkdirSync(join(home, '.wink'));
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ mcpServers, ...more }));
  return { cwd, home };
}

const call = (name: string, input: object = {}) => ({ calls: [{ name, arguments: { ...input } }] });
const task = (url: string, ...more: string[]) => [
  ...['-p', 'go', '--model', 'scripted', '--base-url', url, '--wink', 'off', '--approval', 'full'],
  ...more,
];

test('a tool that a server announces in mid-session is found and called, and the prompt cache holds', async () => {
  const server = await serve(
    [
      call('mcp__sdk__grow'),
      call('mcp_search', { query: 'sea high' }),
      call('mcp_call', { server: 'sdk', tool: 'tide' }),
      ...Array.from({ length: 6 }, () => call('read', { path: 'a.txt' })),
      { text: 'Done.' },
    ],
    { apiKey: 'key-of-the-user' },
  );
  const sdk = { command: process.execPath, args: [sdkServer, '/dev/null'] };
  const place = makePlace({ sdk }, { providers: { anthropic: { baseUrl: server.url } } });
  writeFileSync(join(place.cwd, 'a.txt'), 'one\n');
  const words = ['-p', 'go', '--model', 'anthropic/claude-sonnet-5-5', '--wink', 'off', '--approval', 'full'];
  const env = { ANTHROPIC_API_KEY: 'key-of-the-user' };
  const { stdout, stderr } = await run([...words, '--output-format', 'json'], { ...place, env });
  const { outcome, usage } = JSON.parse(stdout);
  expect(outcome, stderr).toBe('done');
  const said = JSON.stringify(server.requests.at(-1)?.body.messages);
  expect(said).toContain('server sdk, tool tide (new)');
  expect(said).toContain('The sea is high.');
  for (const { body } of server.requests) expect(body.tools).toEqual(server.requests[0]?.body.tools);
  expect(usage.cachedInputTokens / usage.inputTokens).toBeGreaterThan(0.8);
  expect(stderr).not.toMatch(/prompt cache/);
});

describe('a call that is given up is cancelled at the server', () => {
  test.each(['stdio', 'http'])('over %s: by an interrupt, and by its own time-out', async (way) => {
    const log = join(makeFolder(), 'log');
    const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
    const sdk =
      way === 'stdio'
        ? { command: process.execPath, args: [sdkServer, log] }
        : { url: await startPart(sdkServer, log, 'http') };
    const model = await serve([call('mcp__sdk__wait'), { text: 'Done.' }]);
    const slow = makePlace({ sdk: { ...sdk, timeoutSeconds: 1 } });
    expect((await run(task(model.url), slow)).code).toBe(0);
    expect(lines()).toEqual(['started', 'cancelled']);
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('gave no answer within 1 s');

    const other = way === 'stdio' ? sdk : { url: await startPart(sdkServer, log, 'http') };
    const again = await serve([call('mcp__sdk__wait'), { text: 'Done.' }]);
    const child = start(task(again.url), makePlace({ sdk: other }));
    const end = ended(child);
    await expect.poll(() => lines().length, { timeout: 30_000 }).toBe(3);
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    await expect.poll(lines).toEqual(['started', 'cancelled', 'started', 'cancelled']);
  });
});

describe('a sign-in', () => {
  const signIn = async (mcpServers: object, env: NodeJS.ProcessEnv = {}) => {
    const place = makePlace(mcpServers);
    const browser = join(place.home, 'browser');
    writeFileSync(browser, `#!/bin/sh\nexec '${process.execPath}' '${join(parts, 'sign-in/browser.js')}' "$1"\n`);
    chmodSync(browser, 0o755);
    const before = await run(['mcp', 'test'], { ...place, env });
    expect(before.stderr).toContain('it wants you to sign in: run `wink-agent mcp login web`');
    const login = await run(['mcp', 'login', 'web'], { ...place, env: { ...env, BROWSER: browser } });
    return { place: { ...place, env }, login };
  };

  /** Sessions go on being signed in after the access token has run out, which is refreshed. */
  const expectRefreshed = async (url: string, place: Parameters<typeof run>[1]) => {
    const folder = join(place.home, '.wink/mcp-sign-in');
    const token = () => JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')).tokens.access_token;
    const first = token();
    await fetch(new URL('/expire', url));
    const model = await serve([call('mcp__web__whoami'), { text: 'Done.' }]);
    await run(task(model.url), place);
    expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('signed in as ada');
    expect(token()).not.toBe(first);
  };

  test.each([
    ['that says what it is', { type: 'sse' }],
    ['that is tried as one', {}],
  ])('to a server over SSE %s; its tokens are refreshed in a session', { timeout: 60_000 }, async (_, more) => {
    const url = await startPart(join(parts, 'sign-in/protected-server.js'), 'sse');
    const { place, login } = await signIn({ web: { url, ...more } });
    expect(login.stdout, login.stderr).toContain('Signed in to web');
    await expectRefreshed(url, place);
  });

  test('with a client that was registered by hand, at an authorization server that registers none', {
    timeout: 60_000,
  }, async () => {
    const callbackPort = await freePort();
    const client = {
      ...{ client_id: 'by-hand', client_secret: 'a secret of the client', application_type: 'web' },
      ...{ redirect_uris: [`http://127.0.0.1:${callbackPort}/callback`], response_types: ['code'] },
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const url = await startPart(join(parts, 'sign-in/protected-server.js'), 'http', JSON.stringify(client));
    const unknown = await signIn({ web: { url } });
    expect(unknown.login.code).toBe(2);
    expect(unknown.login.stderr).toContain('oauth.clientId');
    const oauth = { clientId: 'by-hand', clientSecret: `\${CLIENT_SECRET}`, callbackPort, scope: 'mcp offline_access' };
    const { place, login } = await signIn({ web: { url, oauth } }, { CLIENT_SECRET: client.client_secret });
    expect(login.stdout, login.stderr).toContain('Signed in to web');
    await expectRefreshed(url, place);
  });

  test('whose port is taken is one sentence, since the client is registered with it', async () => {
    const url = await startPart(join(parts, 'sign-in/protected-server.js'));
    const oauth = { clientId: 'by-hand', callbackPort: Number(new URL(url).port) };
    const { login } = await signIn({ web: { url, oauth } });
    expect(login.code).toBe(2);
    expect(login.stderr).toContain(`Port ${oauth.callbackPort}, the callbackPort of web, is in use`);
  });
});
