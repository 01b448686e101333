import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseAddress } from '../../src/web/address.ts';
import { type Connector, createConnector, type Lookup } from '../../src/web/connect.ts';
import { download } from '../../src/web/download.ts';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const get = (connector: Connector, address: string) => {
  onTestFinished(() => connector.close());
  return download(parseAddress(address), {
    connector,
    signal: new AbortController().signal,
    mayReach: async () => true,
  });
};

/** A name server that gives one answer after the other. */
function answering(...answers: string[]): Lookup {
  return (_, __, done) => done(null, [{ address: answers.shift() ?? '', family: 4 }]);
}

test('a name is judged by the address to which the connection goes, each time that one is made', async () => {
  const port = await listen(createServer((_, response) => response.setHeader('connection', 'close').end('secret')));
  const address = `http://rebind.example:${port}/`;
  await expect(get(createConnector([], {}, answering('127.0.0.1')), address)).rejects.toThrow(/private network/);
  // Public when it is asked first, and no longer when it is connected.
  const connector = createConnector(['127.0.0.1/32'], {}, answering('127.0.0.1', '10.0.0.1'));
  expect(await get(connector, address)).toMatchObject({ kind: 'body', status: 200 });
  await expect(get(connector, address)).rejects.toThrow(/private network/);
});

test('of several addresses only the public ones are tried', async () => {
  const both: Lookup = (_, __, done) =>
    done(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  const port = await listen(createServer((_, response) => response.end('secret')));
  await expect(get(createConnector([], {}, both), `http://two.example:${port}/`)).rejects.toThrow(/private network/);
});

test('a proxy of the environment is used, and a name that is private here is refused before it', async () => {
  const web = await listen(createServer((_, response) => response.end('by proxy')));
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('by proxy');
  });
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connectTo(web, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  const env = { HTTP_PROXY: `127.0.0.1:${await listen(proxy)}` };
  const unknown: Lookup = (_, __, done) => done(new Error('not known here'), []);
  const through = await get(createConnector([], env, unknown), 'http://outside.example/');
  expect(through).toMatchObject({ kind: 'body', bytes: Buffer.from('by proxy') });
  expect(asked.join()).toContain('outside.example');
  const inside = get(createConnector([], env, answering('10.0.0.1')), 'http://inside.example/');
  await expect(inside).rejects.toThrow(/private network/);
  expect(asked.join()).not.toContain('inside.example');
});

test('a host that does not answer, does not exist or is not there is said in a sentence', async () => {
  const missing: Lookup = (_, __, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
  await expect(get(createConnector([], {}, missing), 'http://none.example/')).rejects.toMatchObject({
    message: expect.stringMatching(/There is no host none.example/),
  });
  await expect(get(createConnector(['127.0.0.1'], {}), 'http://127.0.0.1:59999/')).rejects.toThrow(
    /could not be reached: .*ECONNREFUSED/,
  );
});
