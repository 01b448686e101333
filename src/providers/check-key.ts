import { ModelError } from '../core/errors.ts';
import { count } from '../core/text/count.ts';
import { askWhetherKeyWorks, listModels } from '../model/list-models.ts';
import type { ModelSettings } from '../model/model-settings.ts';

export type KeyCheck =
  | { readonly state: 'works'; readonly detail: string }
  | { readonly state: 'refused' | 'unknown'; readonly detail: string };

const timeoutMs = 15_000;

/** Whether an endpoint takes a key: its own question for that where it lists its models to everybody, else its list of models. */
export async function checkKey(settings: ModelSettings, keyPath: string | undefined): Promise<KeyCheck> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    if (keyPath !== undefined) await askWhetherKeyWorks(settings, keyPath, signal);
    const models = await listModels(settings, signal);
    return { state: 'works', detail: count(models.length, 'model') };
  } catch (error) {
    if (error instanceof ModelError)
      return { state: error.kind === 'auth' ? 'refused' : 'unknown', detail: error.message };
    if (signal.aborted)
      return { state: 'unknown', detail: `${settings.baseUrl} gave no answer within ${timeoutMs / 1000} s.` };
    throw error;
  }
}
