import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';

export type Proxies = { readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string };

/** What the client needs of fetch. */
export type PlainFetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A fetch that goes through the proxies given (URLs; an empty one means: directly) and past them for the hosts of noProxy.
 * Bodies must be strings. Node's own fetch takes no dispatcher of another undici, so undici's own is used and its answer is
 * handed on as one of Node's.
 */
export function proxiedFetch(proxies: Proxies): PlainFetch {
  const dispatcher = new EnvHttpProxyAgent({ ...proxies, bodyTimeout: 0, headersTimeout: 0 });
  return async (url, init) => {
    const response = await undiciFetch(url, {
      dispatcher,
      method: init.method ?? 'GET',
      headers: [...new Headers(init.headers).entries()],
      body: typeof init.body === 'string' ? init.body : null,
      signal: init.signal ?? null,
      redirect: init.redirect ?? 'follow',
    });
    const headers = [...response.headers.entries()].map(([name, value]): [string, string] => [name, value]);
    return new Response(response.body ? forwardBody(response.body.getReader()) : null, {
      status: response.status,
      headers,
    });
  };
}

type Reader = {
  read: () => Promise<{ done: boolean; value?: Uint8Array }>;
  cancel: (reason: unknown) => Promise<void>;
};

function forwardBody(reader: Reader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done || !value) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
