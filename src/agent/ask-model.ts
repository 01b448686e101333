import type { Emit } from '../core/event.ts';
import { askedOf, type Model, type ModelRequest } from '../core/model.ts';
import type { ObserverPort } from '../core/observer-port.ts';
import { noUsage, type Reply } from '../core/types.ts';

/**
 * Asks the model and streams its answer to the listeners. When `watch` calls for it, or the signal fires midway, the answer ends
 * there: what came so far is kept as a reply with finish `cut` and without calls.
 */
export async function askModel(
  model: Model,
  request: ModelRequest,
  observerPort: Pick<ObserverPort, 'watchStream'>,
  emit: Emit,
  signal: AbortSignal,
): Promise<Reply> {
  const cut = new AbortController();
  let text = '';
  let reasoning = '';
  let hasBegun = false;
  const look = (delta: string) => {
    if (observerPort.watchStream(delta)) cut.abort();
  };
  try {
    const reply = await model.reply(
      request,
      {
        onBegin: () => {
          hasBegun = true;
          emit({ type: 'answer.start' });
        },
        // What was on its way when the answer was cut is not part of it.
        onText: (delta) => {
          if (cut.signal.aborted) return;
          text += delta;
          emit({ type: 'text', delta });
          look(delta);
        },
        onReasoning: (delta) => {
          if (cut.signal.aborted) return;
          reasoning += delta;
          emit({ type: 'reasoning', delta });
          look(delta);
        },
        onRecast: () => {
          reasoning += text;
          text = '';
          emit({ type: 'recast' });
        },
        onWarning: (message) => emit({ type: 'warning', message }),
        onRetry: (retry) => {
          hasBegun = false;
          if (retry.discard) {
            text = '';
            reasoning = '';
          }
          emit({ type: 'retry', ...retry, asked: askedOf(model) });
        },
      },
      AbortSignal.any([signal, cut.signal]),
    );
    if (!cut.signal.aborted) return reply;
  } catch (error) {
    if (!signal.aborted && !cut.signal.aborted) throw error;
  }
  // What was refused, or never answered, is not charged.
  const usage = hasBegun || text || reasoning ? model.estimateCut(text.length + reasoning.length) : noUsage;
  return { text, ...(reasoning ? { reasoning } : {}), calls: [], usage, finish: 'cut' };
}
