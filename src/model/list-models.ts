import { ModelError } from '../core/errors.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { readCount } from './answer/collector.ts';
import { messagesPath } from './anthropic/write-messages-request.ts';
import { faultFromConnection } from './http/fault-messages.ts';
import { createClient, findFault, readStart } from './http/http-client.ts';
import { chunksOf } from './http/streamed-response.ts';
import { checkBaseUrl, hideSecrets, type ModelSettings } from './model-settings.ts';

/** Characters; the longest list there is (OpenRouter's) has a few hundred thousand. */
const maxListLength = 32 * 1024 * 1024;

export type OfferedModel = {
  readonly name: string;
  /** Tokens, where the server says it (OpenRouter, vLLM, LM Studio and others each have a field of their own). */
  readonly contextWindow?: number;
};

/** The models that an endpoint offers (GET /models), in its order. One try; throws ModelError with what to do, or the signal's reason. */
export async function listModels(settings: ModelSettings, signal: AbortSignal): Promise<readonly OfferedModel[]> {
  const path = settings.api === 'messages' ? modelsPath(settings.baseUrl) : '/models';
  const body = parseJson(await get(settings, path, signal));
  const list = isObject(body) ? (body.data ?? body.models) : body;
  if (!Array.isArray(list)) throw new ModelError('protocol', `${settings.baseUrl}/models gave no list of models.`);
  return list.flatMap(readModel);
}

/** Asks a path that only a valid key may read. Throws ModelError of kind auth when it is refused. */
export async function askWhetherKeyWorks(settings: ModelSettings, path: string, signal: AbortSignal): Promise<void> {
  await get(settings, path, signal);
}

async function get(settings: ModelSettings, path: string, signal: AbortSignal): Promise<string> {
  checkBaseUrl(settings);
  const client = await createClient(settings);
  try {
    return await readStart(chunksOf(await client.get(path, { signal }).asResponse()), maxListLength);
  } catch (error) {
    signal.throwIfAborted();
    const fault = findFault(error) ?? faultFromConnection({ baseUrl: settings.baseUrl, model: settings.name }, error);
    throw new ModelError(fault.kind, hideSecrets(settings, fault.message));
  }
}

/** The Messages API gives 20 a page unless asked for more. */
function modelsPath(baseUrl: string): string {
  return `${messagesPath(baseUrl).replace(/messages$/, 'models')}?limit=1000`;
}

function readModel(entry: unknown): OfferedModel[] {
  if (!isObject(entry)) return [];
  const name = entry.id ?? entry.name;
  if (typeof name !== 'string') return [];
  const meta = isObject(entry.meta) ? entry.meta : {};
  const window = readCount(
    entry.context_length ??
      entry.max_input_tokens ??
      entry.max_model_len ??
      entry.max_context_length ??
      entry.context_window ??
      meta.n_ctx,
  );
  return [{ name, ...(window > 0 ? { contextWindow: window } : {}) }];
}
