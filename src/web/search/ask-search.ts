import { Agent, EnvHttpProxyAgent, fetch } from 'undici';
import { causesOf, messageOf } from '../../core/errors.ts';
import { readProxies } from '../../core/http-proxies.ts';
import { parseJson } from '../../core/text/json.ts';
import { ToolError } from '../../core/tool.ts';
import type { SearchProvider, SearchQuery, SearchResult } from './search-providers.ts';

const answerMs = 20_000;
/** Bytes of an answer; a larger one is an error. */
const maxAnswerBytes = 3_000_000;

export type SearchService = {
  readonly provider: SearchProvider;
  readonly baseUrl: string;
  /** Empty where none is wanted. */
  readonly key: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Asks a search service. Throws ToolError in words for the model; the key is in none of them. */
export async function askSearch(
  service: SearchService,
  query: SearchQuery,
  signal: AbortSignal,
): Promise<readonly SearchResult[]> {
  const { provider, baseUrl, key, env } = service;
  const limit = AbortSignal.timeout(answerMs);
  const { url, ...request } = provider.request(query, baseUrl.replace(/\/+$/, ''), key);
  const proxies = readProxies(env);
  const bounds = { maxResponseSize: maxAnswerBytes };
  const dispatcher = proxies ? new EnvHttpProxyAgent({ ...proxies, ...bounds }) : new Agent(bounds);
  try {
    const response = await fetch(url, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
      dispatcher,
      signal: AbortSignal.any([signal, limit]),
      redirect: 'error',
    });
    const text = await response.text();
    if (!response.ok) throw refusal(service, response.status, text);
    const answer = parseJson(text);
    if (answer === undefined)
      throw new ToolError('failed', `${provider.label} answered with something that is not JSON.`);
    return provider
      .results(answer)
      .filter((result) => /^https?:\/\//.test(result.url))
      .slice(0, query.limit);
  } catch (error) {
    if (error instanceof ToolError || signal.aborted) throw error;
    if (limit.aborted) throw new ToolError('timeout', `${provider.label} gave no answer within ${answerMs / 1000} s.`);
    const why = causesOf(error).map(messageOf).findLast(Boolean) ?? '';
    throw new ToolError('failed', `${provider.label} could not be asked at ${url.host}: ${why}`);
  } finally {
    await dispatcher.destroy();
  }
}

function refusal({ provider, key }: SearchService, status: number, text: string): ToolError {
  const said = (key === '' ? text : text.replaceAll(key, '…'))
    .slice(0, 4000)
    .replace(/<[^>]{0,500}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const advice = adviceFor(provider, status);
  return new ToolError(
    'failed',
    `${provider.label} answered ${status}${advice}${said === '' ? '' : `: ${said.slice(0, 300)}`}`,
  );
}

function adviceFor(provider: SearchProvider, status: number): string {
  if (provider.name === 'searxng' && status === 403) return ' (its settings.yml must name json under search.formats)';
  if (status === 401 || status === 403)
    return ` (it does not take the key; the user can give another with \`wink-agent login ${provider.name}\`)`;
  if (status === 429 || status === 432) return ' (too many questions for now, or the plan is used up: go on without)';
  return '';
}
