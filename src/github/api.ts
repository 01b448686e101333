import * as z from 'zod';
import { messageOf, UserError } from '../core/errors.ts';
import { parseJson } from '../core/text/json.ts';

/** What we need of fetch. */
export type Fetch = (
  url: string,
  init: RequestInit,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly chunks: AsyncIterable<Uint8Array> }>;

export type ApiAnswer = { readonly status: number; readonly text: string };

/** GitHub's REST API, for one repository; paths come below `/repos/OWNER/NAME/`. */
export type GitHub = {
  readonly ask: (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, accept?: string) => Promise<ApiAnswer>;
  /** The same, parsed; throws UserError where GitHub refuses or answers in another form. */
  readonly get: <Value>(path: string, schema: z.ZodType<Value>) => Promise<Value>;
  readonly post: <Value>(path: string, body: unknown, schema: z.ZodType<Value>) => Promise<Value>;
  /** All pages of a list, three hundred entries at most. */
  readonly list: <Value>(path: string, schema: z.ZodType<Value>) => Promise<Value[]>;
};

export const anything = z.unknown();

const version = '2022-11-28';
const tries = 3;
const patienceMs = 30_000;
const maxBytes = 8_000_000;

export function connectGitHub(options: {
  readonly apiUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly fetch: Fetch;
  readonly pause: (ms: number) => Promise<unknown>;
}): GitHub {
  const { apiUrl, repository, token, fetch, pause } = options;
  const root = `${apiUrl.replace(/\/+$/, '')}/repos/${repository}/`;
  const ask: GitHub['ask'] = async (method, path, body, accept = 'application/vnd.github+json') => {
    const init: RequestInit = {
      method,
      headers: {
        accept,
        authorization: `Bearer ${token}`,
        'x-github-api-version': version,
        'user-agent': 'wink-agent',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await askOnce(fetch, `${root}${path}`.replace(/\/$/, ''), init).catch((error: unknown) =>
        messageOf(error),
      );
      const isOver = typeof answer !== 'string' && answer.status < 500 && answer.status !== 429;
      // What was posted may have arrived although the answer did not: a second comment would be worse than none.
      if (isOver || method === 'POST' || attempt === tries) {
        if (typeof answer === 'string') throw new UserError(`GitHub's API at ${apiUrl} does not answer: ${answer}.`);
        return answer;
      }
      await pause(500 * attempt);
    }
  };
  const get: GitHub['get'] = async (path, schema) => parse(path, await ask('GET', path), schema);
  const post: GitHub['post'] = async (path, body, schema) => parse(path, await ask('POST', path, body), schema);
  const list: GitHub['list'] = async (path, schema) => {
    const all = [];
    for (let page = 1; page <= 3; page += 1) {
      const some = await get(`${path}?per_page=100&page=${page}`, z.array(schema));
      all.push(...some);
      if (some.length < 100) break;
    }
    return all;
  };
  return { ask, get, post, list };
}

async function askOnce(fetch: Fetch, url: string, init: RequestInit): Promise<ApiAnswer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) break;
    chunks.push(chunk);
  }
  return { status: response.status, text: Buffer.concat(chunks).toString('utf8') };
}

function parse<Value>(path: string, { status, text }: ApiAnswer, schema: z.ZodType<Value>): Value {
  if (status < 200 || status > 299) throw new UserError(describeRefusal(path, status, text));
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError(`GitHub's answer about ${path} has another form than its documentation says.`);
}

/** Why GitHub said no, and what helps. */
export function describeRefusal(path: string, status: number, text: string): string {
  const said = z.object({ message: z.string() }).safeParse(parseJson(text));
  const help =
    status === 401 || status === 403 || status === 404
      ? '; look at the permissions that the workflow gives its token'
      : '';
  return `GitHub answered ${status} about ${path}${said.success ? ` (${said.data.message})` : ''}${help}.`;
}
