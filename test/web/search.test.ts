import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { askSearch } from '../../src/web/search/ask-search.ts';
import { findSearchProvider } from '../../src/web/search/search-providers.ts';

type Asked = { readonly url: URL; readonly headers: IncomingHttpHeaders; readonly body: Record<string, unknown> };

/** Asks a service that gives this answer; what it was asked, and what became of the answer. */
async function ask(name: string, answer: unknown, status = 200) {
  let asked: Asked | undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://x');
      asked = { url, headers: request.headers, body: body === '' ? {} : JSON.parse(body) };
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const service = { provider: findSearchProvider(name)!, baseUrl, key: 'secret-key', env: {} };
  const query = { query: 'how to a', limit: 5, domains: ['a.example'], age: 'week' as const };
  const results = await askSearch(service, query, new AbortController().signal);
  return { asked: asked!, results };
}

const found = { title: 'A', url: 'https://a.example/', excerpt: 'about a', date: '2026-01-01' };

test('Brave Search is asked by its address and answers below web', async () => {
  const { asked, results } = await ask('brave', {
    web: { results: [{ title: 'A', url: 'https://a.example/', description: 'about a', page_age: '2026-01-01' }] },
  });
  expect(results).toEqual([found]);
  expect(asked.url.pathname).toBe('/web/search');
  expect(Object.fromEntries(asked.url.searchParams)).toMatchObject({
    q: 'how to a site:a.example',
    count: '5',
    freshness: 'pw',
  });
  expect(asked.headers['x-subscription-token']).toBe('secret-key');
});

test('Tavily is asked by a body', async () => {
  const { asked, results } = await ask('tavily', {
    results: [{ title: 'A', url: 'https://a.example/', content: 'about a', published_date: '2026-01-01' }],
  });
  expect(results).toEqual([found]);
  expect(asked.body).toEqual({ query: 'how to a', max_results: 5, include_domains: ['a.example'], time_range: 'week' });
  expect(asked.headers.authorization).toBe('Bearer secret-key');
});

test('Exa is asked by a body', async () => {
  const { asked, results } = await ask('exa', {
    results: [{ title: 'A', url: 'https://a.example/', highlights: ['about a'], publishedDate: '2026-01-01' }],
  });
  expect(results).toEqual([found]);
  expect(asked.body).toMatchObject({
    query: 'how to a',
    numResults: 5,
    includeDomains: ['a.example'],
    contents: { highlights: true },
  });
  expect(asked.headers['x-api-key']).toBe('secret-key');
});

test('SearXNG is asked without a key; a result that is not a web page is left out', async () => {
  const { asked, results } = await ask('searxng', {
    results: [
      { title: 'A', url: 'https://a.example/', content: 'about a', publishedDate: '2026-01-01' },
      { title: 'B', url: 'javascript:1', content: 'b' },
    ],
  });
  expect(results).toEqual([found]);
  expect(Object.fromEntries(asked.url.searchParams)).toEqual({
    q: 'how to a site:a.example',
    format: 'json',
    time_range: 'week',
  });
  expect(JSON.stringify(asked.headers)).not.toContain('secret-key');
});

test('what a service refuses is said with advice, and nothing of strange answers is taken', async () => {
  await expect(ask('searxng', '<h1>Forbidden</h1>', 403)).rejects.toThrow(/search\.formats\): Forbidden/);
  await expect(ask('exa', 'no key secret-key', 401)).rejects.toThrow(/login exa`\): no key …/);
  await expect(ask('brave', '', 429)).rejects.toThrow(/too many questions/);
  await expect(ask('brave', 'no json')).rejects.toThrow(/not JSON/);
  for (const strange of [[], null, { web: 1 }, { web: { results: [1, { url: 3 }] } }]) {
    expect((await ask('brave', strange)).results).toEqual([]);
  }
});

test('an answer that is too large is not an answer, and is not read to its end', async () => {
  await expect(ask('tavily', 'x'.repeat(4_000_000))).rejects.toThrow(/Tavily could not be asked at 127.0.0.1/);
});
