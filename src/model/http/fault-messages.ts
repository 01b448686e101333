import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { Fault } from './fault.ts';

/** Who was asked for what, for sentences to the user. Never holds the key. */
export type Asked = { readonly baseUrl: string; readonly model: string; readonly keyAdvice?: string };

const whereKeyIs = '`wink-agent doctor` shows where the key comes from.';

/**
 * A full window in the words of OpenAI, Anthropic, Google, Moonshot, DashScope, Zhipu, MiniMax, xAI, Mistral, Bedrock, Cohere, Groq,
 * OpenRouter, vLLM, TGI, llama.cpp, LM Studio and Ollama.
 */
const contextLength: readonly RegExp[] = [
  /context[ _-]?(length|window|size|limit|overflow)|maximum context|model_max_prompt_tokens|exceed_context|exceed.{0,40}\bcontext|\bcontext.{0,30}(overflow|exceed)/i,
  /(prompt|input|request|messages?|conversation|inputs?)( tokens?| text| token count)?.{0,40}(is|are|was)?\s?too (long|large)\b/i,
  /too many (input |prompt )?tokens|(input|prompt|total) token count.{0,40}exceed|tokens? exceeds? the (configured |maximum |model'?s? )?(limit|maximum|number)/i,
  /(input|prompt|request|messages?)\b.{0,30}\b(exceed(s|ed)?|longer than|greater than|over)\b.{0,40}\b(limit|max(imum)?|length|window|allowed|tokens?)/i,
  /model token limit|token limit (exceeded|of the model)|range of input length|maximum (prompt|input|sequence) length|(reduce|shorten) (the|your) (length|prompt|input|messages?)/i,
  /tokens to keep from the initial prompt|`?inputs`? tokens.{0,20}max_new_tokens|prompt 超长|输入(内容|文本|长度).{0,6}(过长|超)/i,
];

/** Words that are about something else which may be too long or too many. */
const notContext =
  /\brate\b|per (minute|day|hour|second)|quota|image|file size|max(_completion|_output|_new)?_tokens (is|must|should|value|:)|completion tokens/i;

/** An empty account in the words of Anthropic (400), DeepSeek, Moonshot and others. */
const noCredit =
  /credit balance is too low|insufficient[ _](account )?(balance|credits?|funds)|account.{0,20}(suspended|arrears).{0,40}balance/i;

function speaksOfContext(text: string): boolean {
  if (/context[ _-]?(length|window)|maximum context/i.test(text)) return true;
  return !notContext.test(text) && contextLength.some((pattern) => pattern.test(text));
}

/** The fault of an answer with an HTTP error status. */
export function faultFromStatus(asked: Asked, status: number, headers: Headers, body: string): Fault {
  const host = hostOf(asked.baseUrl);
  const { message, code, parameter } = readError(body);
  const said = message === '' ? '' : `: ${message}`;
  const final = (kind: Fault['kind'], words: string) => new Fault(kind, words, { mayPass: false, said: message });
  if (status >= 300 && status < 400) return final('protocol', redirectWords(asked, headers.get('location')));
  if (isContextLength(status, message, code))
    return final(
      'context-length',
      `The conversation is longer than the context window of ${asked.model} (${host} said${said || ': too long'}). Use /compact, or a model with a larger window.`,
    );
  if (status === 401 || (status === 400 && /api[ _-]?key/i.test(message)))
    return final('auth', `${host} refused the API key (${status}${said}). ${asked.keyAdvice ?? whereKeyIs}`);
  if (status === 402 || code === 'insufficient_quota' || (status < 500 && noCredit.test(message)))
    return final(
      'auth',
      `The account at ${host} has no credit left (${status}${said}). Top it up, or choose another model with --model.`,
    );
  if (status === 403)
    return final(
      'auth',
      `${host} forbids this request (403${said}). Check that the key may use ${asked.model}, or choose another model with --model.`,
    );
  if (status === 404 || status === 405)
    return final(
      'not-found',
      `${host} has no model ${asked.model} at ${asked.baseUrl} (${status}${said}). Check --model and --base-url; the base URL of most servers ends in /v1.`,
    );
  if (status === 429)
    return new Fault('rate-limit', `${host} is limiting the rate of requests (429${said})`, {
      mayPass: true,
      isOutage: true,
      retryAfterMs: readRetryAfter(headers),
    });
  if (status === 408 || status === 409 || status >= 500)
    return new Fault('server', `${host} answered with status ${status}${said}`, {
      mayPass: true,
      isOutage: outageStatuses.has(status) || isOverloaded(code, message),
      retryAfterMs: readRetryAfter(headers),
      said: message,
    });
  return new Fault('bad-request', `${host} rejected the request (${status}${said}).`, {
    mayPass: false,
    parameter,
    said: message,
  });
}

/** The fault of an error reported inside a stream that began well. */
export function faultFromError(error: unknown): Fault {
  const { message, code } =
    typeof error === 'string' ? { message: error, code: '' } : readFields(isObject(error) ? error : {});
  const status = Number(code);
  if (speaksOfContext(`${code} ${message}`))
    return new Fault(
      'context-length',
      `The conversation is longer than the model's context window (the server said: ${message}). Use /compact, or a model with a larger window.`,
      { mayPass: false },
    );
  if (status === 401 || status === 403 || /invalid_api_key|authentication/i.test(code))
    return new Fault('auth', `The server refused the API key (${message}). ${whereKeyIs}`, { mayPass: false });
  if (status === 402 || code === 'insufficient_quota')
    return new Fault(
      'auth',
      `The account has no credit left (${message}). Top it up, or choose another model with --model.`,
      { mayPass: false },
    );
  if (status === 400 || status === 404 || status === 422 || /^invalid_(request|prompt)|not_found/.test(code))
    return new Fault('bad-request', `The server rejected the request: ${message}`, { mayPass: false, said: message });
  return new Fault(
    'server',
    `the server reported an error in the middle of its answer: ${message || 'without saying which'}`,
    { mayPass: true, isOutage: isOverloaded(code, message), said: message },
  );
}

/** A gateway without its server, an overloaded one (529 is Anthropic's), and Cloudflare's for a server that it can't reach. */
const outageStatuses: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 529]);

function isOverloaded(code: string, message: string): boolean {
  return /overloaded|unavailable|rate_limit|resource_exhausted/i.test(`${code} ${message}`);
}

/** The network is gone, or the machine at its other end. */
const unreachableCodes: ReadonlySet<string> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The fault of a request that got no answer at all. */
export function faultFromConnection(asked: Asked, error: unknown): Fault {
  const { code, message } = innermost(error);
  const host = hostOf(asked.baseUrl);
  if (isTlsCode(code))
    return new Fault(
      'connection',
      `The certificate of ${host} is not trusted (${code}). If it is a private one, set NODE_EXTRA_CA_CERTS to its PEM file.`,
      { mayPass: false },
    );
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return new Fault(
      'connection',
      `${host} does not speak TLS as expected (${code}). Check whether the base URL should begin with http:// instead of https://.`,
      { mayPass: false },
    );
  if (code === 'ECONNREFUSED')
    return new Fault('connection', `nothing answers at ${asked.baseUrl}; is the server running?`, {
      mayPass: true,
      isUnreachable: true,
    });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Fault('connection', `the host ${host} can't be found; check the base URL and the network`, {
      mayPass: true,
      isUnreachable: true,
    });
  return new Fault('connection', `the connection to ${host} failed (${code || message})`, {
    mayPass: true,
    isUnreachable: unreachableCodes.has(code),
  });
}

/** Words for an answer that is not a model's: an HTML page, a wrong content type. */
export function strangeAnswer(asked: Asked, contentType: string, start: string): Fault {
  const what = /^\s*</.test(start) ? 'an HTML page' : `something of type ${contentType || 'unknown'}`;
  return new Fault(
    'protocol',
    `${hostOf(asked.baseUrl)} answered with ${what} instead of a model's answer. Check --base-url (${asked.baseUrl}); that of most servers ends in /v1.`,
    { mayPass: false },
  );
}

export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}

/** Milliseconds asked for by Retry-After (seconds or a date) or retry-after-ms; undefined without either. */
export function readRetryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const precise = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (precise >= 0) return precise;
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number.parseFloat(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function redirectWords(asked: Asked, location: string | null): string {
  const to =
    location && URL.canParse(location, asked.baseUrl) ? new URL(location, asked.baseUrl).origin : 'another place';
  return `${hostOf(asked.baseUrl)} redirects to ${to}, and the key is not sent to another host. If that is right, set --base-url to it.`;
}

function isContextLength(status: number, message: string, code: string): boolean {
  if (status === 413) return true;
  return (status === 400 || status === 422 || status >= 500) && speaksOfContext(`${code} ${message}`);
}

type ErrorFields = { readonly message: string; readonly code: string; readonly parameter?: string | undefined };

/** An error body in one of the shapes that servers use; HTML is reduced to its title. */
function readError(body: string): ErrorFields {
  const parsed = parseJson(body);
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (isObject(first)) {
    const { error } = first;
    if (typeof error === 'string') return { message: shorten(error), code: '' };
    return readFields(isObject(error) ? error : first);
  }
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  return { message: shorten(title ?? body.replace(/<[^>]*>/g, ' ')), code: '' };
}

function readFields(error: JsonObject): ErrorFields {
  const message = error.message ?? error.detail ?? error.error ?? '';
  const code = error.code ?? error.status ?? error.type ?? '';
  return {
    message: shorten(typeof message === 'string' ? message : JSON.stringify(message)),
    code: String(code),
    parameter: typeof error.param === 'string' ? error.param : undefined,
  };
}

function shorten(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function innermost(error: unknown): { code: string; message: string } {
  let found = { code: '', message: '' };
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    found = { code: code || found.code, message: current.message || found.message };
    if (current instanceof AggregateError && current.errors.length > 0 && !code) return innermost(current.errors[0]);
  }
  return found;
}

function isTlsCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code);
}
