import { UserError } from './errors.ts';

/** URLs of proxies, an empty one means: directly; and the hosts that are asked past them. */
export type Proxies = { readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string };

/** The proxies that the environment names, in either spelling; undefined where it names none. Throws UserError for other kinds. */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || '';
  const fallback = read('ALL_PROXY');
  const httpProxy = read('HTTP_PROXY') || fallback;
  const httpsProxy = read('HTTPS_PROXY') || fallback || httpProxy;
  if (httpProxy === '' && httpsProxy === '') return undefined;
  return { httpProxy: readProxy(httpProxy), httpsProxy: readProxy(httpsProxy), noProxy: read('NO_PROXY') };
}

/** A proxy as curl takes it: a URL, or host and port alone. */
function readProxy(proxy: string): string {
  if (proxy === '') return '';
  const url = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (/^https?:/i.test(url) && URL.canParse(url)) return url;
  throw new UserError(
    "The proxy in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is not an http:// or https:// URL, and no other kind is supported. Set NO_PROXY for the model's host to ask it directly.",
  );
}
