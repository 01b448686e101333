import { readProxies } from '../../core/http-proxies.ts';
import { isThisMachine } from '../../core/near-host.ts';
import { createHttpFetch, type PlainFetch } from './http-fetch.ts';

/**
 * Directly, or with undici through the proxy that the environment names. undici is loaded only then. A server on this machine is
 * always asked directly: no proxy could reach it. `url`: what is asked, or what comes before it.
 */
export async function chooseFetch(url: string, env: Readonly<Record<string, string | undefined>>): Promise<PlainFetch> {
  if (isThisMachine(new URL(url).hostname)) return createHttpFetch();
  const proxies = readProxies(env);
  if (proxies === undefined) return createHttpFetch();
  const { proxiedFetch } = await import('./proxy.ts');
  return proxiedFetch(proxies);
}
