import { fetch, type Response } from 'undici';
import { causesOf, messageOf } from '../core/errors.ts';
import { ToolError } from '../core/tool.ts';
import { readVersion } from '../core/version.ts';
import { hostOf } from './address.ts';
import type { Connector } from './connect.ts';

/** Bytes of a body, decompressed, that are read at most. */
const maxBytes = 5_000_000;
/** From the first connection to the last byte. */
const totalMs = 30_000;
const maxRedirects = 8;

export type Download =
  | {
      readonly kind: 'body';
      /** Where it was in the end. */
      readonly url: URL;
      readonly status: number;
      readonly statusText: string;
      /** In lower case, without parameters; empty when the server named none. */
      readonly type: string;
      readonly charset: string | undefined;
      readonly bytes: Buffer;
      /** There is more than was read. */
      readonly isCut: boolean;
    }
  /** It leads to another host, which nobody has allowed. */
  | { readonly kind: 'elsewhere'; readonly url: URL };

export type DownloadOptions = {
  readonly connector: Connector;
  readonly signal: AbortSignal;
  /** Whether a redirect to this host may be followed. */
  readonly mayReach: (host: string) => Promise<boolean>;
};

/** Gets an address within the bounds of size and time. Throws ToolError for what is not an answer. */
export async function download(start: URL, { connector, signal, mayReach }: DownloadOptions): Promise<Download> {
  const limit = AbortSignal.timeout(totalMs);
  const both = AbortSignal.any([signal, limit]);
  let url = start;
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const response = await request(url, connector, both);
      const next = redirectOf(response, url);
      if (next === undefined) return await readBody(response, url);
      await response.body?.cancel();
      if (next.protocol !== 'http:' && next.protocol !== 'https:')
        throw new ToolError('failed', `${url.href} leads to ${next.href}, which is not a web page.`);
      if (hostOf(next) !== hostOf(url) && !(await mayReach(hostOf(next)))) return { kind: 'elsewhere', url: next };
      url = next;
    }
    throw new ToolError('failed', `${start.href} redirects more than ${maxRedirects} times.`);
  } catch (error) {
    throw explain(error, url, signal, limit);
  }
}

async function request(url: URL, connector: Connector, signal: AbortSignal): Promise<Response> {
  const plain = new URL(url);
  plain.hash = '';
  return await fetch(plain, {
    dispatcher: await connector.dispatcherFor(url),
    signal,
    redirect: 'manual',
    headers: {
      'user-agent': `wink-agent/${readVersion()}`,
      accept: 'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5',
      'accept-language': 'en, *;q=0.5',
    },
  });
}

function redirectOf(response: Response, url: URL): URL | undefined {
  const target = response.headers.get('location');
  if (![301, 302, 303, 307, 308].includes(response.status) || target === null || !URL.canParse(target, url.href))
    return undefined;
  const next = new URL(target, url);
  next.username = '';
  next.password = '';
  if (next.hash === '') next.hash = url.hash;
  return next;
}

async function readBody(response: Response, url: URL): Promise<Download> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isCut = false;
  for await (const chunk of response.body ?? []) {
    const part: Uint8Array = chunk;
    chunks.push(part.subarray(0, maxBytes - size));
    size += part.length;
    isCut = size > maxBytes;
    // Leaving the loop ends the answer.
    if (isCut) break;
  }
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? '').split(';');
  const charset = parameters.map((each) => /^\s*charset\s*=\s*"?([\w.:-]+)/i.exec(each)?.[1]).find(Boolean);
  return {
    kind: 'body',
    url,
    status: response.status,
    statusText: response.statusText,
    type: type.trim().toLowerCase(),
    charset,
    bytes: Buffer.concat(chunks),
    isCut,
  };
}

function explain(error: unknown, url: URL, signal: AbortSignal, limit: AbortSignal): unknown {
  const causes = causesOf(error);
  const own = causes.find((each) => each instanceof ToolError);
  if (own !== undefined || signal.aborted) return own ?? error;
  if (limit.aborted) return new ToolError('timeout', `${url.host} gave no whole answer within ${totalMs / 1000} s.`);
  const code = causes
    .map((each) => (each instanceof Error && 'code' in each ? String(each.code) : ''))
    .findLast(Boolean);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ToolError('failed', `There is no host ${hostOf(url)} (or no network): ${code}.`);
  if (code === undefined && !causes.some((each) => each instanceof Error && each.message === 'fetch failed'))
    return error;
  const why = causes.map(messageOf).findLast((message) => message !== '' && message !== 'fetch failed') ?? code;
  return new ToolError('failed', `${url.host} could not be reached: ${why}`);
}
