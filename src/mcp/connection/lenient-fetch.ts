import { isObject, parseJson } from '../../core/text/json.ts';
import { cleanMessage } from './clean-message.ts';

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** `fetch` for servers over HTTP whose messages are put right on the way, in plain answers and in streams of events. */
export function lenientFetch(base: Fetch = fetch): Fetch {
  return async (url, init) => {
    const response = await base(url, init);
    const type = response.headers.get('content-type') ?? '';
    if (!response.ok || response.body === null) return response;
    if (type.includes('text/event-stream')) return withBody(response, cleanEvents(response.body));
    if (type.includes('json')) return withBody(response, cleanText(await readAll(response)));
    return init?.method === 'POST' && !type.includes('html') ? readUnlabelled(response) : response;
  };
}

/** JSON that is called plain text, or nothing at all, is JSON all the same. */
async function readUnlabelled(response: Response): Promise<Response> {
  const text = await readAll(response);
  const labelled = withBody(response, cleanText(text));
  if (isObject(parseJson(text.replace(/^\uFEFF/, '')))) labelled.headers.set('content-type', 'application/json');
  return labelled;
}

/** One answer of a server, at most: nobody could read more. */
const maxLength = 32_000_000;
const tooLarge = () => new Error(`its answer is larger than ${maxLength / 1_000_000} MB and was dropped; ask for less`);

async function readAll(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxLength) throw tooLarge();
  }
  return text + decoder.decode();
}

function withBody(
  { status, statusText, headers }: Response,
  body: ConstructorParameters<typeof Response>[0],
): Response {
  const kept = new Headers(headers);
  kept.delete('content-length');
  kept.delete('content-encoding');
  return new Response(body, { status, statusText, headers: kept });
}

/** Other JSON than messages (what a server says of its sign-in) goes by as it is. */
function cleanText(text: string): string {
  const parsed = parseJson(text.replace(/^\uFEFF/, ''));
  if (parsed === undefined) return text;
  return JSON.stringify(Array.isArray(parsed) ? parsed.map(cleanOne) : cleanOne(parsed));
}

function cleanOne(value: unknown): unknown {
  const isMessage =
    isObject(value) && ('jsonrpc' in value || 'method' in value || ('id' in value && 'result' in value));
  return isMessage ? (cleanMessage(value) ?? value) : value;
}

function cleanEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > maxLength) return controller.error(tooLarge());
        if (lines.length > 0) controller.enqueue(encoder.encode(`${lines.map(cleanLine).join('\n')}\n`));
      },
      flush: (controller) => {
        if (rest !== '') controller.enqueue(encoder.encode(cleanLine(rest)));
      },
    }),
  );
}

function cleanLine(line: string): string {
  const data = /^data: ?(\{.*\}|\[.*\])\r?$/.exec(line)?.[1];
  return data === undefined ? line : `data: ${cleanText(data)}`;
}
