import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setImmediate as nextCycle } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import type { ModelSettings } from '../../src/model/model-settings.ts';
import { openModel } from '../../src/model/openai.ts';
import { listen, requestOf, settingsFor, startProxy } from './support.ts';

const tls = {
  cert: readFileSync(new URL('../fixtures/tls/cert.pem', import.meta.url), 'utf8'),
  key: readFileSync(new URL('../fixtures/tls/key.pem', import.meta.url), 'utf8'),
};

const events = {
  chat: [
    ...Array.from({ length: 100 }, () => ({ choices: [{ index: 0, delta: { content: 'again ' } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ],
  responses: [
    ...Array.from({ length: 100 }, () => ({ type: 'response.output_text.delta', delta: 'again ' })),
    { type: 'response.completed', response: { status: 'completed', output: [] } },
  ],
} as const;

/** A server that gives its whole answer at once, in many small pieces or packed. */
async function serveAtOnce(api: 'chat' | 'responses', how: { packed?: boolean; secure?: boolean }): Promise<string> {
  const pieces = events[api].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const listener: RequestListener = (_, response) => {
    response.setHeader('content-type', 'text/event-stream');
    if (how.packed) return void response.setHeader('content-encoding', 'gzip').end(gzipSync(pieces.join('')));
    for (const piece of pieces) response.write(piece);
    response.end();
  };
  const server: Server = how.secure ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `${how.secure ? 'https' : 'http'}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`;
}

const ways = [
  ['directly', {}],
  ['packed', { packed: true }],
  ['over TLS', { secure: true }],
  ['through a proxy', { proxied: true }],
] as const;

// What nobody catches fails the run: an abort after the last byte has come once ended the whole program.
it.each(ways.flatMap(([name, how]) => [['chat', name, how] as const, ['responses', name, how] as const]))(
  'a whole answer that is cut while it is read (%s, %s) gives the reason, and the next one comes',
  async (api, _name, how: { packed?: boolean; secure?: boolean; proxied?: boolean }) => {
    const url = await serveAtOnce(api, how);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    if (how.secure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    const proxy = how.proxied ? await startProxy({ url }) : undefined;
    const settings: Partial<ModelSettings> = {
      api,
      maxRetries: 0,
      ...(proxy ? { env: { HTTP_PROXY: proxy.url } } : {}),
    };
    const model = openModel(settingsFor({ url: proxy ? 'http://model.invalid/v1' : url }, settings));
    for (const cutAfter of [1, 2, 50, 100]) {
      const controller = new AbortController();
      let length = 0;
      // Pieces that come together are one.
      const onText = (piece: string) => {
        length += piece.length;
        if (length >= cutAfter * 'again '.length) controller.abort(new Error('cut'));
      };
      await expect(model.reply(requestOf(), { ...listen(), onText }, controller.signal)).rejects.toThrow('cut');
      await nextCycle();
    }
    expect((await model.reply(requestOf(), listen(), new AbortController().signal)).text).toBe('again '.repeat(100));
  },
);
