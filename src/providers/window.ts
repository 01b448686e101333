import { listModels } from '../model/list.ts';
import { readOllamaWindow } from './local.ts';
import type { ModelSettings } from './resolve.ts';

const timeoutMs = 10_000;

/**
 * The window of a model in tokens, as its endpoint tells it; undefined when it does not say, does not answer, or the user
 * configured one. Ollama is asked what it has really given to the model, which is far less than what the model could do.
 */
export async function findContextWindow(settings: ModelSettings, signal: AbortSignal): Promise<number | undefined> {
  if (settings.contextWindow !== undefined) return settings.contextWindow;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  if (settings.provider === 'ollama') {
    const window = await readOllamaWindow(settings.baseUrl, settings.name, bounded);
    if (window !== undefined) return window;
  }
  try {
    const models = await listModels(settings, bounded);
    return models.find(({ name }) => name === settings.name || name === `models/${settings.name}`)?.contextWindow;
  } catch {
    return undefined;
  }
}
