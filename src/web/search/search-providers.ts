import { isObject } from '../../core/text/json.ts';

export type SearchQuery = {
  readonly query: string;
  readonly limit: number;
  /** Only pages of these hosts. */
  readonly domains: readonly string[];
  /** Only pages that are not older. */
  readonly age: SearchAge | undefined;
};

export type SearchAge = 'day' | 'week' | 'month' | 'year';

export type SearchResult = {
  readonly title: string;
  readonly url: string;
  readonly excerpt: string;
  /** As the service writes it; empty where it says none. */
  readonly date: string;
};

export type SearchRequest = {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A service of web search: how it is asked and how it answers. */
export type SearchProvider = {
  readonly name: string;
  readonly label: string;
  /** Where it is asked; empty for one that the user runs. */
  readonly baseUrl: string;
  readonly keyVariables: readonly string[];
  /** It wants no key. */
  readonly isLocal: boolean;
  readonly request: (query: SearchQuery, baseUrl: string, key: string) => SearchRequest;
  readonly results: (answer: unknown) => readonly SearchResult[];
};

/** Sources: the API reference of each service. */
export const searchProviders: readonly SearchProvider[] = [
  {
    name: 'brave',
    label: 'Brave Search',
    baseUrl: 'https://api.search.brave.com/res/v1',
    keyVariables: ['BRAVE_API_KEY', 'BRAVE_SEARCH_API_KEY'],
    isLocal: false,
    request: (query, baseUrl, key) => ({
      url: withParameters(`${baseUrl}/web/search`, {
        q: withSites(query),
        count: String(Math.min(query.limit, 20)),
        text_decorations: 'false',
        ...(query.age ? { freshness: `p${query.age[0]}` } : {}),
      }),
      method: 'GET',
      headers: { 'x-subscription-token': key },
    }),
    results: (answer) =>
      listIn(fieldOf(answer, 'web'), 'results').map((each) => ({
        ...nameOf(each),
        excerpt: [textOf(each, 'description'), ...textsOf(each, 'extra_snippets')].join('\n'),
        date: textOf(each, 'page_age') || textOf(each, 'age'),
      })),
  },
  {
    name: 'tavily',
    label: 'Tavily',
    baseUrl: 'https://api.tavily.com',
    keyVariables: ['TAVILY_API_KEY'],
    isLocal: false,
    request: ({ query, limit, domains, age }, baseUrl, key) =>
      post(
        `${baseUrl}/search`,
        { authorization: `Bearer ${key}` },
        {
          query,
          max_results: limit,
          ...(domains.length > 0 ? { include_domains: domains } : {}),
          ...(age ? { time_range: age } : {}),
        },
      ),
    results: (answer) =>
      listIn(answer, 'results').map((each) => ({
        ...nameOf(each),
        excerpt: textOf(each, 'content'),
        date: textOf(each, 'published_date'),
      })),
  },
  {
    name: 'exa',
    label: 'Exa',
    baseUrl: 'https://api.exa.ai',
    keyVariables: ['EXA_API_KEY'],
    isLocal: false,
    request: ({ query, limit, domains, age }, baseUrl, key) =>
      post(
        `${baseUrl}/search`,
        { 'x-api-key': key },
        {
          query,
          type: 'auto',
          numResults: limit,
          contents: { highlights: true },
          ...(domains.length > 0 ? { includeDomains: domains } : {}),
          ...(age ? { startPublishedDate: startOf(age) } : {}),
        },
      ),
    results: (answer) =>
      listIn(answer, 'results').map((each) => ({
        ...nameOf(each),
        excerpt: textsOf(each, 'highlights').join('\n') || textOf(each, 'summary') || textOf(each, 'text'),
        date: textOf(each, 'publishedDate'),
      })),
  },
  {
    name: 'searxng',
    label: 'SearXNG',
    baseUrl: '',
    keyVariables: [],
    isLocal: true,
    request: (query, baseUrl) => ({
      url: withParameters(`${baseUrl}/search`, {
        q: withSites(query),
        format: 'json',
        ...(query.age ? { time_range: query.age } : {}),
      }),
      method: 'GET',
      headers: {},
    }),
    results: (answer) =>
      listIn(answer, 'results').map((each) => ({
        ...nameOf(each),
        excerpt: textOf(each, 'content'),
        date: textOf(each, 'publishedDate'),
      })),
  },
];

/** The service of this name. */
export function findSearchProvider(name: string): SearchProvider | undefined {
  return searchProviders.find((provider) => provider.name === name);
}

const days: Readonly<Record<SearchAge, number>> = { day: 1, week: 7, month: 31, year: 366 };

function startOf(age: SearchAge): string {
  return new Date(Date.now() - days[age] * 86_400_000).toISOString();
}

/** Hosts as an operator in the words, for services that have no field for them. */
function withSites({ query, domains }: SearchQuery): string {
  return domains.length === 0 ? query : `${query} ${domains.map((domain) => `site:${domain}`).join(' OR ')}`;
}

function withParameters(address: string, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

function post(address: string, headers: Readonly<Record<string, string>>, body: object): SearchRequest {
  return {
    url: new URL(address),
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const found = fieldOf(value, name);
  return Array.isArray(found) ? found : [];
}

function textOf(value: unknown, name: string): string {
  const found = fieldOf(value, name);
  return typeof found === 'string' ? found : '';
}

function textsOf(value: unknown, name: string): string[] {
  return listIn(value, name).filter((each) => typeof each === 'string');
}

function nameOf(value: unknown): { title: string; url: string } {
  return { title: textOf(value, 'title'), url: textOf(value, 'url') };
}
