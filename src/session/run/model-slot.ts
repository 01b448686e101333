import type { Ask, Model } from '../../core/model.ts';
import { openAsk, openModel } from '../../model/openai.ts';
import { withFallback } from '../../providers/fallback.ts';
import type { ModelSettings } from '../../providers/resolve-models.ts';
import type { RunOptions } from './prepare-parts.ts';

/** The model of a session, which the user may change between two requests. */
export type ModelSlot = {
  readonly current: () => Model;
  /** A question outside the conversation, to the same model. */
  readonly ask: Ask;
  readonly use: (settings: ModelSettings) => void;
  /** Where the model in use is asked; undefined for a caller's own. */
  readonly settings: () => ModelSettings | undefined;
  /** The window of the model in use, as its endpoint reports it; undefined when it does not. */
  readonly findWindow: (signal: AbortSignal) => Promise<number | undefined>;
};

export function createModelSlot(models: RunOptions['models'], own?: Model): ModelSlot {
  if (own !== undefined)
    return {
      current: () => own,
      ask: askThrough(own),
      use: () => {},
      settings: () => undefined,
      findWindow: async () => undefined,
    };
  let settings: ModelSettings = models.main;
  // Where another model can go on, no outage is waited for.
  let model = models.fallback
    ? withFallback(openModel({ ...settings, outageSeconds: 0 }), openModel(models.fallback))
    : openModel(settings);
  return {
    current: () => model,
    ask: (question, signal) => openAsk(settings)(question, signal),
    use: (next) => {
      settings = next;
      model = openModel(next);
    },
    settings: () => settings,
    findWindow: async (signal) => (await import('../../providers/find-window.ts')).findContextWindow(settings, signal),
  };
}

/** A question to a model that is only known as the loop knows it: a conversation of one message, without tools. */
function askThrough(model: Model): Ask {
  return async ({ system, user, schema }, signal) => {
    const wanted = schema ? `\n\nAnswer with JSON alone, by this schema: ${JSON.stringify(schema.schema)}` : '';
    const trajectory = { session: '', cwd: '', system, steps: [], compactions: [] };
    const note = { from: 'user' as const, text: user + wanted, at: new Date().toISOString() };
    const listener = { onText: () => {}, onReasoning: () => {}, onRetry: () => {} };
    return model.reply({ trajectory, notes: [note], tools: [] }, listener, signal);
  };
}
