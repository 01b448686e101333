import { createServer } from 'node:http';

/** A page on this machine to which the authorization server sends the user back. */
export type Loopback = {
  readonly url: string;
  readonly port: number;
  /** The code that came with the right state; rejects with what the authorization server said instead. */
  readonly code: Promise<string>;
  readonly close: () => void;
};

/** Opens it on a port of 127.0.0.1, the wanted one when it is free. */
export async function openLoopback(state: string, wantedPort: number | undefined): Promise<Loopback> {
  let settle: { resolve: (code: string) => void; reject: (error: Error) => void } | undefined;
  const code = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  code.catch(() => undefined);
  const server = createServer((request, response) => {
    const read = readRedirect(request.url ?? '', state);
    if (read === undefined) {
      response.writeHead(404).end();
      return;
    }
    const words =
      read.kind === 'code' ? 'You are signed in. You can close this page.' : `Signing in failed: ${read.reason}`;
    response.writeHead(read.kind === 'code' ? 200 : 400, {
      'content-type': 'text/plain; charset=utf-8',
      connection: 'close',
    });
    response.end(`${words}\n`);
    if (read.kind === 'code') settle?.resolve(read.code);
    else settle?.reject(new Error(read.reason));
  });
  const listen = (port: number) =>
    new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
  if (wantedPort === undefined || !(await listen(wantedPort))) await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    port,
    code,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What an address says to which the user was sent back: a code, or why there isn't one. undefined when it is another page. */
export function readRedirect(
  address: string,
  state: string,
): { kind: 'code'; code: string } | { kind: 'error'; reason: string } | undefined {
  if (!URL.canParse(address, 'http://127.0.0.1')) return undefined;
  const { pathname, searchParams } = new URL(address, 'http://127.0.0.1');
  if (pathname !== '/callback') return undefined;
  if (searchParams.get('state') !== state) return { kind: 'error', reason: 'the answer belongs to another sign-in.' };
  const code = searchParams.get('code');
  if (code) return { kind: 'code', code };
  return {
    kind: 'error',
    reason: searchParams.get('error_description') ?? searchParams.get('error') ?? 'no code came.',
  };
}
