import { isObject } from '../core/json.ts';
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

/**
 * The window that Ollama has really given to a model: its own list of loaded models first (the default is far below what the model
 * could do), then what the model's file sets. undefined when the server does not say.
 */
export async function readOllamaWindow(
  baseUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const root = baseUrl.replace(/\/v1\/?$/, '');
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

async function getJson(url: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { ...init, signal, redirect: 'error' });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  return response.json();
}
