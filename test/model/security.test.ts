import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openModel } from '../../src/model/openai.ts';
import { listen, never, requestOf, serve, settingsFor, startProxy } from './support.ts';

const tls = {
  key: readFileSync(new URL('../fixtures/tls/key.pem', import.meta.url), 'utf8'),
  cert: readFileSync(new URL('../fixtures/tls/cert.pem', import.meta.url), 'utf8'),
};

/** Settings for a host that only a proxy can reach. */
function beyond(url: string, env: Record<string, string>) {
  return settingsFor({ url }, { env, maxRetries: 0 });
}

describe('the key', () => {
  it('is sent to the host it was given for, beside headers of the user', async () => {
    const server = await serve([{ text: 'ok' }], { apiKey: 'key-of-the-user' });
    await openModel(settingsFor(server, { headers: { 'x-title': 'wink' } })).reply(requestOf(), listen(), never);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer key-of-the-user', 'x-title': 'wink' });
  });

  it('is not sent to another host that the first one redirects to', async () => {
    const other = await serve([{ text: 'stolen' }]);
    const server = await serve([{ fault: { kind: 'redirect', location: `${other.url}/chat/completions` } }]);
    await expect(openModel(settingsFor(server)).reply(requestOf(), listen(), never)).rejects.toMatchObject({
      kind: 'protocol',
    });
    expect(other.requests).toEqual([]);
  });

  it('goes along with a redirect within the same host', async () => {
    const server = await serve([{ fault: { kind: 'redirect', location: '/v1/chat/completions' } }, { text: 'ok' }]);
    const got = await openModel(settingsFor(server)).reply(requestOf(), listen(), never);
    expect(got.text).toBe('ok');
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('is not made up when there is none', async () => {
    const server = await serve([{ text: 'ok' }]);
    await openModel(settingsFor(server, { apiKey: '' })).reply(requestOf(), listen(), never);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('does not stand in the error when the server gives it back', async () => {
    const message = 'Incorrect API key provided: key-of-the-user.';
    const server = await serve([{ fault: { kind: 'status', status: 401, message } }]);
    const error: unknown = await openModel(settingsFor(server))
      .reply(requestOf(), listen(), never)
      .catch((caught: unknown) => caught);
    expect(String(error)).toContain('refused the API key');
    expect(String(error)).not.toContain('key-of-the-user');
  });
});

describe('TLS', () => {
  it('that is not trusted ends at once and names NODE_EXTRA_CA_CERTS', async () => {
    const server = await serve([{ text: 'ok' }], { tls });
    const heard = listen();
    await expect(openModel(settingsFor(server)).reply(requestOf(), heard, never)).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/not trusted.*NODE_EXTRA_CA_CERTS/),
    });
    expect(heard.retries).toEqual([]);
  });

  it('with a private certificate works when NODE_EXTRA_CA_CERTS names it', async () => {
    const server = await serve([{ text: 'trusted' }], { tls });
    const folder = mkdtempSync(join(tmpdir(), 'wink-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = join(folder, 'stdin.mjs');
    const source = `import { openModel } from ${JSON.stringify(fileURLToPath(new URL('../../src/model/openai.ts', import.meta.url)))};
      const request = { trajectory: { session: 's', cwd: '/', system: '', steps: [], compactions: [] }, notes: [], tools: [] };
      const listener = { onText() {}, onReasoning() {}, onRetry() {} };
      const settings = { name: 'm', baseUrl: process.argv[2], api: 'chat' };
      console.log((await openModel(settings).reply(request, listener, new AbortController().signal)).text);`;
    await build({
      stdin: { contents: source, resolveDir: folder, loader: 'js' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      logLevel: 'error',
    });
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: fileURLToPath(new URL('../fixtures/tls/cert.pem', import.meta.url)),
    };
    const { stdout } = await promisify(execFile)(process.execPath, [program, server.url], { env });
    expect(stdout.trim()).toBe('trusted');
  });

  it('that is wanted of a server without it ends at once and says so', async () => {
    const server = await serve([{ text: 'ok' }]);
    const settings = settingsFor({ url: server.url.replace('http:', 'https:') });
    await expect(openModel(settings).reply(requestOf(), listen(), never)).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/http:\/\/ instead of https/),
    });
  });
});

describe('a proxy', () => {
  it('named by HTTP_PROXY is used, also for streams', async () => {
    const server = await serve([{ text: 'through the proxy' }]);
    const proxy = await startProxy(server);
    const heard = listen();
    const model = openModel(beyond('http://model.invalid/v1', { HTTP_PROXY: proxy.url }));
    const got = await model.reply(requestOf(), heard, never);
    expect([got.text, heard.text]).toEqual(['through the proxy', 'through the proxy']);
    expect(proxy.targets).toEqual(['model.invalid:80']);
  });

  it('named by https_proxy is used for HTTPS', async () => {
    const proxy = await startProxy(await serve([{ text: 'ok' }], { tls }));
    const model = openModel(beyond('https://model.invalid/v1', { https_proxy: proxy.url }));
    await expect(model.reply(requestOf(), listen(), never)).rejects.toMatchObject({
      message: expect.stringMatching(/not trusted/),
    });
    expect(proxy.targets).toEqual(['model.invalid:443']);
  });

  it('is passed by for the hosts of NO_PROXY', async () => {
    const proxy = await startProxy(await serve([{ text: 'ok' }]));
    const model = openModel(beyond('http://model.invalid/v1', { HTTP_PROXY: proxy.url, NO_PROXY: '.invalid' }));
    await expect(model.reply(requestOf(), listen(), never)).rejects.toMatchObject({
      message: expect.stringMatching(/can't be found/),
    });
    expect(proxy.targets).toEqual([]);
  });

  it('is passed by for a server on this machine', async () => {
    const server = await serve([{ text: 'ok' }]);
    const proxy = await startProxy(server);
    const got = await openModel(settingsFor(server, { env: { HTTP_PROXY: proxy.url } })).reply(
      requestOf(),
      listen(),
      never,
    );
    expect([got.text, proxy.targets]).toEqual(['ok', []]);
  });

  it('may be named by host and port alone', async () => {
    const proxy = await startProxy(await serve([{ text: 'ok' }]));
    const model = openModel(beyond('http://model.invalid/v1', { ALL_PROXY: new URL(proxy.url).host }));
    expect((await model.reply(requestOf(), listen(), never)).text).toBe('ok');
  });

  it('of a kind that is not supported is told to the user', async () => {
    const model = openModel(beyond('http://model.invalid/v1', { ALL_PROXY: 'socks5://127.0.0.1:1080' }));
    await expect(model.reply(requestOf(), listen(), never)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/NO_PROXY/),
    });
  });

  it('that does not answer is told as a connection fault', async () => {
    const model = openModel(beyond('http://model.invalid/v1', { HTTP_PROXY: 'http://127.0.0.1:1' }));
    await expect(model.reply(requestOf(), listen(), never)).rejects.toMatchObject({ kind: 'connection' });
  });
});
