import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import type { Proxies } from '../../core/http-proxies.ts';
import type { PlainFetch } from './http-fetch.ts';

/** A fetch that goes through the proxies given (URLs; an empty one means: directly) and past them for the hosts of noProxy. */
export function proxiedFetch(proxies: Proxies): PlainFetch {
  const dispatcher = new EnvHttpProxyAgent({ ...proxies, bodyTimeout: 0, headersTimeout: 0 });
  return async (url, init) => {
    const response = await undiciFetch(url, {
      dispatcher,
      method: init.method ?? 'GET',
      headers: [...new Headers(init.headers).entries()],
      body: typeof init.body === 'string' ? init.body : null,
      signal: init.signal ?? null,
      redirect: 'manual',
    });
    const headers = new Headers(
      [...response.headers.entries()].map(([name, value]): [string, string] => [name, value]),
    );
    return { status: response.status, headers, chunks: response.body ?? noChunks() };
  };
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}
