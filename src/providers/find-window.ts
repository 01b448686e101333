import { listModels } from '../model/list-models.ts';
import { readLlamaCppWindow, readLmStudioWindow, readOllamaWindow } from './local-servers.ts';
import type { ModelSettings } from './resolve-models.ts';

const timeoutMs = 10_000;

/** Local servers say in an API of their own which window a model was really loaded with. */
const ownWindows: Readonly<Record<string, typeof readOllamaWindow>> = {
  ollama: readOllamaWindow,
  lmstudio: readLmStudioWindow,
  llamacpp: readLlamaCppWindow,
};

/**
 * The window of a model in tokens, as its endpoint reports it; undefined when it does not, does not answer, or the user
 * configured one. Local servers are asked what they have really given to the model, which is often far less than what it could do.
 */
export async function findContextWindow(settings: ModelSettings, signal: AbortSignal): Promise<number | undefined> {
  if (settings.contextWindow !== undefined) return settings.contextWindow;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const readOwn = ownWindows[settings.provider];
  const own = await readOwn?.(settings.baseUrl, settings.name, bounded);
  if (own !== undefined) return own;
  try {
    const models = await listModels(settings, bounded);
    return models.find(({ name }) => name === settings.name || name === `models/${settings.name}`)?.contextWindow;
  } catch {
    return undefined;
  }
}
