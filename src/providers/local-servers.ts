import { isObject, parseJson } from '../core/text/json.ts';
import { readStart } from '../model/http/http-client.ts';
import { createHttpFetch } from '../model/http/http-fetch.ts';
import { type Preset, presets } from './presets.ts';

export type LocalServer = {
  readonly provider: string;
  readonly label: string;
  readonly baseUrl: string;
  readonly models: readonly string[];
};

/** A local server answers its list of models within a few milliseconds or is not there. */
const probeTimeoutMs = 400;

/** The model servers that answer on this machine's usual ports, asked all at once; takes at most so many milliseconds. */
export async function findLocalServers(
  candidates: readonly Preset[] = presets.filter((preset) => preset.isLocal),
  signal?: AbortSignal,
  timeoutMs = probeTimeoutMs,
): Promise<LocalServer[]> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const answers = await Promise.all(candidates.map((preset) => probe(preset, either)));
  return answers.filter((server) => server !== undefined);
}

async function probe({ name, label, baseUrl }: Preset, signal: AbortSignal): Promise<LocalServer | undefined> {
  try {
    const body = await getJson(`${baseUrl}/models`, {}, signal);
    if (!isObject(body) || !Array.isArray(body.data)) return undefined;
    const models = body.data.flatMap((entry: unknown) =>
      isObject(entry) && typeof entry.id === 'string' ? [entry.id] : [],
    );
    return { provider: name, label, baseUrl, models };
  } catch {
    return undefined;
  }
}

/** The root of a local server, below which its own API lies next to OpenAI's. */
function rootOf(baseUrl: string): string {
  return baseUrl.replace(/\/v1\/?$/, '');
}

/** LM Studio's own list says with which window a model is loaded, else what it could do; OpenAI's list there has neither. */
export async function readLmStudioWindow(
  baseUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const body = await tryJson(`${rootOf(baseUrl)}/api/v0/models`, {}, signal);
  const entries: unknown[] = isObject(body) && Array.isArray(body.data) ? body.data : [];
  const entry = entries.find((each) => isObject(each) && each.id === model);
  if (!isObject(entry)) return undefined;
  return readWindow(entry.loaded_context_length) ?? readWindow(entry.max_context_length);
}

/** llama.cpp gives each of its slots a part of the context it was started with; the properties say which. */
export async function readLlamaCppWindow(
  baseUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const body = await tryJson(`${rootOf(baseUrl)}/props?model=${encodeURIComponent(model)}`, {}, signal);
  const settings = isObject(body) ? body.default_generation_settings : undefined;
  return isObject(settings) ? readWindow(settings.n_ctx) : undefined;
}

/** Tokens are shared out among whatever comes, so one request more hardly slows another. */
const batching: ReadonlySet<string> = new Set(['vllm', 'sglang']);

/**
 * How many requests a server answers at once: llama.cpp says its slots, and servers that batch have as many as it takes (64 here).
 * undefined when it does not say, as Ollama and LM Studio.
 */
export async function readSlots(
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey?: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  const init = apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } };
  const props = await tryJson(`${rootOf(baseUrl)}/props`, init, signal);
  if (isObject(props) && typeof props.total_slots === 'number') return props.total_slots;
  const body = await tryJson(`${baseUrl}/models`, init, signal);
  const entries: unknown[] = isObject(body) && Array.isArray(body.data) ? body.data : [];
  return entries.some((each) => isObject(each) && batching.has(String(each.owned_by))) ? 64 : undefined;
}

function readWindow(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

async function tryJson(url: string, init: Init, signal: AbortSignal): Promise<unknown> {
  try {
    return await getJson(url, init, signal);
  } catch {
    return undefined;
  }
}

/**
 * The window that Ollama has really given to a model: its own list of loaded models first (the default is far below what the model
 * could do), then what the model's file sets. undefined when the server does not say.
 */
export async function readOllamaWindow(
  baseUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const root = rootOf(baseUrl);
  try {
    const loaded = await getJson(`${root}/api/ps`, {}, signal);
    const entries: unknown[] = isObject(loaded) && Array.isArray(loaded.models) ? loaded.models : [];
    const entry = entries.find(
      (each) => isObject(each) && (each.model === model || each.name === model || each.name === `${model}:latest`),
    );
    if (isObject(entry) && typeof entry.context_length === 'number') return entry.context_length;
    const shown = await getJson(
      `${root}/api/show`,
      { method: 'POST', body: JSON.stringify({ model }), headers: { 'content-type': 'application/json' } },
      signal,
    );
    const parameters = isObject(shown) && typeof shown.parameters === 'string' ? shown.parameters : '';
    const set = /^num_ctx\s+(\d+)/m.exec(parameters)?.[1];
    return set === undefined ? undefined : Number(set);
  } catch {
    return undefined;
  }
}

type Init = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** Characters; lists of models are far shorter. */
const maxAnswerLength = 4 * 1024 * 1024;

async function getJson(url: string, init: Init, signal: AbortSignal): Promise<unknown> {
  // One question: no connection is kept for another.
  const headers = { connection: 'close', ...init.headers };
  const { status, chunks } = await createHttpFetch()(url, { ...init, headers, signal });
  const text = await readStart(chunks, maxAnswerLength);
  return status >= 200 && status < 300 ? parseJson(text) : undefined;
}
