import http, { type Agent, type IncomingMessage } from 'node:http';
import { HttpHeaders } from './http-headers.ts';

/** What we need of an answer; its body arrives in `chunks`, which can be read once and throws when the connection breaks. */
export type PlainResponse = {
  readonly status: number;
  readonly headers: Headers;
  readonly chunks: AsyncIterable<Uint8Array>;
};

/** What we need of fetch: bodies are strings, redirects are answers like any other. */
export type PlainFetch = (url: string, init: RequestInit) => Promise<PlainResponse>;

/**
 * A fetch over node:http and node:https with connections that are kept alive. With Node's own fetch a turn took half as long again and
 * 200 turns 50 MB more (web streams, an HTTP parser in WebAssembly), and it gives up by itself after 300 s without headers.
 *
 * Node's own `signal` option is not used: a request that is aborted after its whole answer has arrived, and before that has been read,
 * destroys with an error a connection that nobody listens to any more, which ends the process.
 */
export function createHttpFetch(): PlainFetch {
  const agents = new Map<string, Agent>();
  return async (url, init) => {
    const { protocol } = new URL(url);
    // Encryption is a large part of Node, and a server on this machine does without.
    const { Agent, request: send } = protocol === 'https:' ? await import('node:https') : http;
    const agent = agents.get(protocol) ?? new Agent({ keepAlive: true });
    agents.set(protocol, agent);
    const { signal } = init;
    signal?.throwIfAborted();
    return await new Promise((resolve, reject) => {
      const headers = Object.fromEntries(new HttpHeaders(init.headers));
      const request = send(url, { method: init.method ?? 'GET', headers, agent });
      const abort = () => {
        reject(signal?.reason);
        request.destroy();
      };
      signal?.addEventListener('abort', abort, { once: true });
      // Whatever breaks after the answer has begun reaches the reader of the chunks.
      request.on('error', reject);
      request.once('close', () => signal?.removeEventListener('abort', abort));
      request.once('response', (message) => {
        signal?.removeEventListener('abort', abort);
        resolve({
          status: message.statusCode ?? 0,
          headers: readHeaders(message),
          chunks: readUntilAborted(message, signal ?? undefined),
        });
      });
      request.end(typeof init.body === 'string' ? init.body : undefined);
    });
  };
}

function readHeaders(message: IncomingMessage): Headers {
  const headers = new HttpHeaders();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2)
    headers.append(message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '');
  return headers;
}

/** The body, chunk by chunk. Throws the signal's reason as soon as it fires, also when more has arrived already. */
async function* readUntilAborted(
  message: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const close = () => message.destroy();
  signal?.addEventListener('abort', close, { once: true });
  if (signal?.aborted) close();
  try {
    for await (const chunk of bodyOf(message)) {
      signal?.throwIfAborted();
      yield chunk;
      signal?.throwIfAborted();
    }
    signal?.throwIfAborted();
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', close);
    // Whoever stops in the middle wants no more of it; after its end this closes nothing.
    message.destroy();
  }
}

/** We ask for no compression, but a proxy in between may compress all the same. */
function bodyOf(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = message.headers['content-encoding']?.toLowerCase() ?? 'identity';
  return encoding === 'identity' ? message : decompress(message, encoding);
}

async function* decompress(message: IncomingMessage, encoding: string): AsyncGenerator<Uint8Array> {
  const zlib = await import('node:zlib');
  const decoder =
    encoding === 'br'
      ? zlib.createBrotliDecompress()
      : encoding === 'deflate'
        ? zlib.createInflate()
        : zlib.createGunzip();
  // A connection that closes early gives an error, or, when we closed it, none.
  message.once('error', (error) => decoder.destroy(error));
  message.once('close', () => message.readableEnded || decoder.destroy(new Error('the connection was closed')));
  yield* message.pipe(decoder);
}
