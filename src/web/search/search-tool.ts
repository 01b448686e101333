import * as z from 'zod';
import { defineTool, type Tool, type ToolContext, type ToolOutput } from '../../core/tool.ts';
import { hostOf } from '../address.ts';
import { fence } from '../fence.ts';
import type { SearchService } from './ask-search.ts';
import type { SearchProvider, SearchResult } from './search-providers.ts';

const maxResults = 20;
const excerptCharacters = 600;

const domainList = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string()).optional(),
);
const input = z.object({
  query: z.string().min(1).describe('what to search for'),
  domains: domainList.describe('only pages of these hosts, e.g. ["docs.python.org"]'),
  age: z.enum(['day', 'week', 'month', 'year']).optional().describe('only pages that are not older'),
  limit: z.coerce.number().int().min(1).max(maxResults).optional().describe('results, default 8'),
});
type Input = z.infer<typeof input>;

export type SearchParts = Pick<SearchService, 'provider' | 'baseUrl' | 'env'> & {
  /** Looked up until there is one, since the user may give it meanwhile. Throws UserError where there is none. */
  readonly findKey: () => Promise<string>;
};

/** The tool that searches the web by the service that the user has configured. */
export function makeSearchTool(parts: SearchParts): Tool {
  const answers = new Map<string, readonly SearchResult[]>();
  let key: string | undefined;
  const run = async ({ query, domains = [], age, limit = 8 }: Input, { signal }: ToolContext): Promise<ToolOutput> => {
    const asked = { query: query.trim(), domains, age, limit };
    const name = JSON.stringify(asked);
    const { askSearch } = await import('./ask-search.ts');
    key ??= await parts.findKey();
    const results = answers.get(name) ?? (await askSearch({ ...parts, key }, asked, signal));
    answers.set(name, results);
    return describe(asked.query, parts.provider, results);
  };
  return defineTool({
    name: 'web_search',
    act: 'search',
    aliases: ['websearch', 'google_web_search', 'search_web', 'internet_search'],
    argumentAliases: {
      q: 'query',
      search_query: 'query',
      allowed_domains: 'domains',
      max_results: 'limit',
      count: 'limit',
    },
    input,
    title: ({ query, domains }) => [query.trim(), ...(domains ?? [])].join(' · '),
    targets: () => [{ kind: 'host', host: hostOf(new URL(parts.baseUrl)), isSearch: true }],
    run,
  });
}

function describe(query: string, provider: SearchProvider, results: readonly SearchResult[]): ToolOutput {
  if (results.length === 0) return { output: `${provider.label} found nothing. Try other or fewer words.` };
  const lines = results.map(({ title, url, excerpt, date }, index) => {
    const text = excerpt.replace(/<\/?(?:strong|b|em|mark)>/g, '').trim();
    const cut = text.length > excerptCharacters ? `${text.slice(0, excerptCharacters)}…` : text;
    return [
      `${index + 1}. ${title.replace(/\s+/g, ' ')}`,
      `   ${url}${date === '' ? '' : ` (${date})`}`,
      cut.replace(/^/gm, '   '),
    ].join('\n');
  });
  return {
    output: fence('web-results', { query, from: provider.label }, lines.join('\n')),
    view: { kind: 'list', title: query, items: results.map(({ title, url }) => `${title} ${url}`) },
  };
}
