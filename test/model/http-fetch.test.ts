import { createServer, type RequestListener } from 'node:http';
import { setImmediate as nextCycle } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpFetch } from '../../src/model/http/http-fetch.ts';

/** A server of this test; gives its address and how many connections were made to it. */
async function serve(listener: RequestListener): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createServer(listener).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    connections: () => connections,
  };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

const text = 'data: {"n":1}\n\n'.repeat(2_000);

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('unpacks what a proxy has packed with %s, and uses the connection again', async (encoding, pack) => {
  const { url, connections } = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(pack(text)),
  );
  const fetch = createHttpFetch();
  for (let round = 0; round < 3; round++) {
    const { status, chunks } = await fetch(url, { method: 'POST', body: '{}' });
    expect(status).toBe(200);
    expect(await read(chunks)).toBe(text);
  }
  expect(connections()).toBe(1);
});

it('throws, packed or not, when the connection breaks in the middle', async () => {
  for (const encoding of ['gzip', 'identity']) {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': 100_000 });
      response.write((encoding === 'gzip' ? gzipSync(text) : Buffer.from(text)).subarray(0, 50), () =>
        request.socket.destroy(),
      );
    });
    const { chunks } = await createHttpFetch()(url, {});
    await expect(read(chunks)).rejects.toThrow();
  }
});

it('lets go of the connection when its reader stops in the middle of a packed answer', async () => {
  let isClosed = false;
  const { url } = await serve((_, response) => {
    response.on('close', () => {
      isClosed = true;
    });
    response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(text));
  });
  const { chunks } = await createHttpFetch()(url, {});
  for await (const _ of chunks) break;
  await expect.poll(() => isClosed, { timeout: 10_000 }).toBe(true);
});

it('passes on method, headers, body and a redirect as it came', async () => {
  const { url } = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () =>
      response
        .writeHead(307, {
          location: '/there',
          'x-got': `${request.method} ${request.headers['x-mine']} ${encodeURIComponent(body)}`,
        })
        .end(),
    );
  });
  const response = await createHttpFetch()(url, { method: 'POST', headers: { 'x-mine': 'yes' }, body: 'äö' });
  expect([response.status, response.headers.get('location')]).toEqual([307, '/there']);
  expect(response.headers.get('x-got')).toBe(`POST yes ${encodeURIComponent('äö')}`);
});

/** A whole answer, written in pieces at once. */
const wholeAnswer: RequestListener = (request, response) => {
  const isPacked = request.url === '/gzip';
  if (isPacked) return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
  for (const part of text.match(/[\s\S]{1,300}/g) ?? []) response.write(part);
  response.end();
};

// Aborting here with Node's own `signal` option ended the process: the tests' runner fails on what nobody catches.
it.each(['', 'gzip'])('can be cut when the whole answer has arrived but is not read yet %s', async (path) => {
  const { url } = await serve(wholeAnswer);
  const fetch = createHttpFetch();
  for (let round = 0; round < 5; round++) {
    const controller = new AbortController();
    const { chunks } = await fetch(url + path, { method: 'POST', body: '{}', signal: controller.signal });
    const readAndCut = async () => {
      for await (const _ of chunks) {
        for (let cycle = 0; cycle < round; cycle++) await nextCycle();
        controller.abort(new Error('cut'));
      }
    };
    await expect(readAndCut()).rejects.toThrow('cut');
  }
  expect(await read((await fetch(url, {})).chunks)).toBe(text);
});

it('gives the reason of an abort before, during and after the wait for an answer', async () => {
  const { url } = await serve(() => undefined);
  const fetch = createHttpFetch();
  await expect(fetch(url, { signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow('early');
  const controller = new AbortController();
  const waiting = fetch(url, { signal: controller.signal });
  await nextCycle();
  controller.abort(new Error('late'));
  await expect(waiting).rejects.toThrow('late');

  const other = await serve((_, response) => void response.write('data: 1\n\n'));
  const midway = new AbortController();
  const { chunks } = await fetch(other.url, { signal: midway.signal });
  const reading = read(chunks);
  await nextCycle();
  midway.abort(new Error('midway'));
  await expect(reading).rejects.toThrow('midway');
});
