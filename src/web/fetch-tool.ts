import * as z from 'zod';
import { defineTool, type Tool, type ToolContext, ToolError, type ToolOutput } from '../core/tool.ts';
import { hostOf, parseAddress } from './address.ts';
import type { Connector } from './connect.ts';
import { fence } from './fence.ts';
import { isPlainlyPrivate, type PrivatePlaces, privateAddress, readPrivatePlaces } from './private-places.ts';
import type { Page, ReadPdf } from './read-page.ts';

/** Characters of a page that one call gives; about 10,000 tokens. */
const shownCharacters = 40_000;
/** Characters of an error page that are shown. */
const errorCharacters = 1_500;
const maxPages = 50;
const maxKeptCharacters = 10_000_000;

const input = z.object({
  url: z.string().min(1).describe('http or https address'),
  offset: z.coerce.number().int().min(0).optional().describe('character to go on from in a long page'),
  refresh: z
    .preprocess(plainFlag, z.boolean().optional())
    .describe('true: ask the server again instead of taking the page from the cache'),
});
type Input = z.infer<typeof input>;

export type FetchParts = {
  /** What may be reached of private networks (`web.privateHosts`). */
  readonly privateHosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a connection to this host is allowed without a question, so that a redirect to it may be followed. */
  readonly mayReach: (host: string) => Promise<boolean>;
  readonly readPdf: ReadPdf;
};

export type FetchTool = { readonly tool: Tool; readonly close: () => Promise<void> };

/** The tool that reads pages of the web. Permissions check its host; what it gives is fenced as data. Pages are kept for the session. */
export function makeFetchTool(parts: FetchParts): FetchTool {
  const pages = createPageCache();
  let connector: Connector | undefined;
  const fetchPage = async (url: URL, signal: AbortSignal): Promise<Page | ToolOutput> => {
    const [{ createConnector }, { download }, { readPage }] = await Promise.all([
      import('./connect.ts'),
      import('./download.ts'),
      import('./read-page.ts'),
    ]);
    connector ??= createConnector(parts.privateHosts, parts.env);
    const body = await download(url, { connector, signal, mayReach: parts.mayReach });
    if (body.kind === 'elsewhere')
      return {
        output: `${url.href} leads to another host, which was not asked: ${body.url.href}\nFetch that address if it is what you want.`,
      };
    if (body.status < 200 || body.status > 299) return await describeRefusal(body, readPage, parts.readPdf, signal);
    return await readPage(body, parts.readPdf, signal);
  };
  const places = readPrivatePlaces(parts.privateHosts);
  return { tool: defineFetch(pages, places, fetchPage), close: async () => await connector?.close() };
}

function defineFetch(
  pages: PageCache,
  places: PrivatePlaces,
  fetchPage: (url: URL, signal: AbortSignal) => Promise<Page | ToolOutput>,
): Tool {
  const run = async ({ url: text, offset = 0, refresh }: Input, { signal }: ToolContext): Promise<ToolOutput> => {
    const url = parseAddress(text);
    if (isPlainlyPrivate(url, places)) throw privateAddress(hostOf(url));
    const known = refresh ? undefined : pages.get(url);
    const page = known ?? (await fetchPage(url, signal));
    if ('output' in page) return page;
    if (known === undefined) pages.add(url, page);
    return show(page, offset);
  };
  return defineTool({
    name: 'web_fetch',
    act: 'search',
    aliases: ['webfetch', 'fetch', 'fetch_url', 'read_url', 'read_web_page', 'browse', 'url_fetch'],
    argumentAliases: { uri: 'url', address: 'url', link: 'url', href: 'url' },
    input,
    title: ({ url }) => url.trim(),
    targets: ({ url }) => targetsOf(url, places),
    run,
  });
}

/** "true" and "false" in quotes count; null is left out. */
function plainFlag(value: unknown): unknown {
  return value === null ? undefined : value === 'true' ? true : value === 'false' ? false : value;
}

/** An address that can't be parsed, or is closed, reaches no host: the call fails with a sentence, and nobody is asked about it. */
function targetsOf(text: string, places: PrivatePlaces): { kind: 'host'; host: string }[] {
  try {
    const url = parseAddress(text);
    return isPlainlyPrivate(url, places) ? [] : [{ kind: 'host', host: hostOf(url) }];
  } catch (error) {
    if (error instanceof ToolError) return [];
    throw error;
  }
}

function show({ url, title, text, remarks, images }: Page, offset: number): ToolOutput {
  if (offset > 0 && offset >= text.length)
    throw new ToolError(
      'bad-arguments',
      `${url} has only ${text.length} characters; offset ${offset} is past its end.`,
    );
  const end = endOfPart(text, offset);
  const more = end < text.length ? [`characters ${offset}-${end} of ${text.length}; go on with offset ${end}`] : [];
  const notes = [...remarks, ...more];
  const body = fence('web-page', { url, title }, text.slice(offset, end) || '(The page is empty.)');
  return {
    output: notes.length === 0 ? body : `${body}\n[${notes.join('; ')}]`,
    view: { kind: 'text', title: url },
    ...(images ? { images } : {}),
  };
}

/** Near the bound, at the end of a line where there is one. */
function endOfPart(text: string, offset: number): number {
  const limit = offset + shownCharacters;
  if (limit >= text.length) return text.length;
  const line = text.lastIndexOf('\n', limit);
  const end = line > limit - 2000 ? line + 1 : limit;
  const code = text.charCodeAt(end);
  return code >= 0xdc00 && code <= 0xdfff ? end - 1 : end;
}

/** An answer that is not a success, with the beginning of what the server says of it. */
async function describeRefusal(
  body: Parameters<typeof import('./read-page.ts').readPage>[0],
  readPage: typeof import('./read-page.ts').readPage,
  readPdf: ReadPdf,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const { status, statusText, url } = body;
  const page = await readPage(body, readPdf, signal).catch(() => undefined);
  const said = page?.text.trim().slice(0, errorCharacters) ?? '';
  const first = `${url.host} answered ${status}${statusText ? ` ${statusText}` : ''}.`;
  return {
    output: said === '' ? first : `${first}\n${fence('web-page', { url: url.href }, said)}`,
    isError: true,
    errorKind: 'failed',
  };
}

type PageCache = {
  readonly get: (url: URL) => Page | undefined;
  readonly add: (url: URL, page: Page) => void;
};

/** The pages of a session, the latest ones. A part of a page (#…) is the page. */
function createPageCache(): PageCache {
  const pages = new Map<string, Page>();
  const key = (url: URL) => url.href.replace(/#.*$/, '');
  const size = () =>
    [...pages.values()].reduce((sum, { text, images }) => sum + text.length + (images?.[0]?.length ?? 0), 0);
  return {
    get: (url) => pages.get(key(url)),
    add: (url, page) => {
      pages.delete(key(url));
      pages.set(key(url), page);
      for (const oldest of pages.keys()) {
        if (pages.size <= maxPages && size() <= maxKeptCharacters) break;
        if (oldest !== key(url)) pages.delete(oldest);
      }
    },
  };
}
