import type { Ask, Model } from '../core/model.ts';
import { openAsk, openModel } from '../model/openai.ts';
import type { ModelSettings } from '../model/settings.ts';
import { withFallback } from '../providers/fallback.ts';
import type { RunOptions } from './prepare.ts';

/** The model of a session, which the user may change between two requests. */
export type ModelSlot = {
  readonly current: () => Model;
  /** A question outside the conversation, to the same model. */
  readonly ask: Ask;
  readonly use: (settings: ModelSettings) => void;
};

export function createModelSlot(models: RunOptions['models']): ModelSlot {
  let settings: ModelSettings = models.main;
  let model = models.fallback ? withFallback(openModel(settings), openModel(models.fallback)) : openModel(settings);
  return {
    current: () => model,
    ask: (question, signal) => openAsk(settings)(question, signal),
    use: (next) => {
      settings = next;
      model = openModel(next);
    },
  };
}
