import { OpenAI } from 'openai';
import { isOpenAi, type ModelSettings } from '../model-settings.ts';
import { chooseFetch } from './choose-fetch.ts';
import type { ClientOptions } from './client-options.ts';
import { Fault } from './fault.ts';
import { type Asked, faultFromStatus } from './fault-messages.ts';
import type { PlainFetch, PlainResponse } from './http-fetch.ts';
import { StreamedResponse } from './streamed-response.ts';

/** How much of an error's body is read, in characters: enough for any message, however long the page around it. */
const maxErrorBodyLength = 64 * 1024;
const maxRedirects = 3;

type Answer = { readonly asResponse: () => Promise<Response> };

/** What we need of a client: paths are below the base URL. */
export type Client = {
  readonly post: (
    path: string,
    options: { body: string; headers: Readonly<Record<string, string>>; signal: AbortSignal },
  ) => Answer;
  readonly get: (path: string, options: { signal: AbortSignal }) => Answer;
};

/**
 * The official client of the API, set up so that only we retry, nothing is logged, and the key never leaves for another host. Any answer
 * but a success is thrown as a Fault.
 */
export async function createClient(settings: ModelSettings): Promise<Client> {
  const { baseUrl, name: model, keyAdvice } = settings;
  const asked: Asked = { baseUrl, model, ...(keyAdvice ? { keyAdvice } : {}) };
  const options: ClientOptions = {
    baseUrl: settings.baseUrl.replace(/\/+$/, ''),
    apiKey: settings.apiKey || undefined,
    headers: settings.headers,
    fetch: guardFetch(asked, await chooseFetch(settings.baseUrl, settings.env ?? process.env)),
  };
  if (settings.api !== 'messages') return createOpenAiClient(options, isOpenAi(settings));
  const { createAnthropicClient } = await import('../anthropic/anthropic-client.ts');
  return createAnthropicClient(options);
}

function createOpenAiClient({ baseUrl, apiKey, headers, fetch }: ClientOptions, isAtHome: boolean): OpenAI {
  return new OpenAI({
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    // The SDK takes these from the environment; they name an account at OpenAI and are nobody else's business.
    ...(isAtHome ? {} : { organization: null, project: null }),
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: 2_147_483_647,
    logLevel: 'off',
    fetch,
    defaultHeaders: { ...(apiKey === undefined ? { Authorization: null } : {}), ...headers },
  });
}

/** Follows redirects within one origin only and turns every answer but a success into a Fault. */
function guardFetch(asked: Asked, fetch: PlainFetch): typeof globalThis.fetch {
  return async (input, init = {}) => {
    let url = typeof input === 'object' && 'url' in input ? input.url : String(input);
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, init);
      if (response.status >= 200 && response.status < 300) return new StreamedResponse(response);
      const body = await readStart(response.chunks, maxErrorBodyLength);
      const next = redirects < maxRedirects ? sameOriginTarget(response, url) : undefined;
      if (next === undefined) throw faultFromStatus(asked, response.status, response.headers, body);
      url = next;
    }
  };
}

/** Where a redirect leads that keeps method and body and stays with the host; undefined for any other answer. */
function sameOriginTarget(response: PlainResponse, from: string): string | undefined {
  const location = response.headers.get('location');
  if (![301, 302, 307, 308].includes(response.status) || !location || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  return target.origin === new URL(from).origin ? target.href : undefined;
}

/** A body as text, up to so many characters. */
export async function readStart(chunks: AsyncIterable<Uint8Array>, longest: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longest) break;
  }
  return text;
}

/** The fault inside an error of the client, when it was ours. */
export function findFault(error: unknown): Fault | undefined {
  for (let current = error; current instanceof Error; current = current.cause)
    if (current instanceof Fault) return current;
  return undefined;
}
