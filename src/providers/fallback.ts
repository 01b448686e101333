import { ModelError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';

/** Faults that another model may not have. A conversation that is too long or a refused request would fail there as well. */
const worthFallingBack: ReadonlySet<ModelError['kind']> = new Set([
  'auth',
  'not-found',
  'rate-limit',
  'server',
  'connection',
  'protocol',
]);

/**
 * A model that goes over to a second one when the first has failed for good (after its own retries), and stays there for the rest of
 * the session, so that prompt caches hold. The change is reported as a retry that voids what was shown. The window is the smaller one: the conversation must fit both.
 */
export function withFallback(first: Model, second: Model): Model {
  let current = first;
  const windows = [first.contextWindow, second.contextWindow].filter((window) => window !== undefined);
  return {
    get name() {
      return current.name;
    },
    get endpoint() {
      return current.endpoint;
    },
    ...(windows.length > 0 ? { contextWindow: Math.min(...windows) } : {}),
    estimateCut: (characters) => current.estimateCut(characters),
    reply: async (request, listener, signal) => {
      if (current === second) return second.reply(request, listener, signal);
      try {
        return await first.reply(request, listener, signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof ModelError) || !worthFallingBack.has(error.kind)) throw error;
        current = second;
        listener.onRetry({
          attempt: 1,
          reason: `${first.name} failed (${error.message}) and ${second.name} continues`,
          waitMs: 0,
          discard: true,
        });
        return second.reply(request, listener, signal);
      }
    },
  };
}
