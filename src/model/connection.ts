import type { OpenAI } from 'openai';
import type { ReplyListener } from '../core/model.ts';
import { createChatCollector } from './chat.ts';
import { createClient } from './client.ts';
import type { Collected, DeltaListener } from './collect.ts';
import { exchange, type Patience } from './exchange.ts';
import { brokenStream, Fault } from './fault.ts';
import { type Body, createRequestWriter, type RequestWriter } from './request.ts';
import { createResponsesCollector } from './responses.ts';
import { askAgain } from './retry.ts';
import { checkBaseUrl, hideSecrets, type ModelSettings, readLimits } from './settings.ts';
import { wantsStrictOrder } from './strict-order.ts';

/** Writes the request; `dropped` are the fields to leave out. */
export type Write = (writer: RequestWriter, dropped: ReadonlySet<string>) => Body;

/** A whole answer, and how long the request was that it answers, in characters. */
export type Answered = { readonly collected: Collected; readonly requestLength: number };

export type Connection = {
  /** Asks until there is a whole answer. Throws ModelError when there is none to be had, and the signal's reason when aborted. */
  readonly ask: (write: Write, listener: ReplyListener, signal: AbortSignal) => Promise<Answered>;
};

/** A connection to one model at one endpoint; opened by the first question. Throws UserError for a base URL that is none. */
export function connect(settings: ModelSettings): Connection {
  checkBaseUrl(settings);
  const limits = readLimits(settings);
  const exchangeOnce = createExchange(settings);
  let client: Promise<OpenAI> | undefined;
  let hasAnswered = false;
  return {
    ask: async (write, listener, signal) => {
      client ??= createClient(settings);
      const ready = await client;
      const audience = watchAudience(listener);
      return askAgain({
        limits,
        baseUrl: settings.baseUrl,
        signal,
        hide: (text) => hideSecrets(settings, text),
        hasAnsweredBefore: () => hasAnswered,
        ...audience,
        attempt: async (patience, onProgress) => {
          const answered = await exchangeOnce(ready, write, audience.deltas, { patience, onProgress, signal });
          hasAnswered = true;
          if (answered.collected.finish === undefined) throw brokenStream('the answer ended without a finish reason');
          return answered;
        },
      });
    },
  };
}

/** Passes everything on to the listener and knows whether it was shown something that a retry makes void. */
function watchAudience(listener: ReplyListener) {
  let isShown = false;
  const deltas: DeltaListener = {
    onText: (delta) => {
      isShown = true;
      listener.onText(delta);
    },
    onReasoning: (delta) => {
      isShown = true;
      listener.onReasoning(delta);
    },
  };
  const onRetry: ReplyListener['onRetry'] = (retry) => {
    isShown = false;
    listener.onRetry(retry);
  };
  return { deltas, onRetry, hasShown: () => isShown };
}

type How = { readonly patience: Patience; readonly onProgress: () => void; readonly signal: AbortSignal };

/** One exchange; a field that the server refuses by name is left out from then on, and the same is asked once more. */
function createExchange(settings: ModelSettings) {
  const asked = { baseUrl: settings.baseUrl, model: settings.name };
  const origin = `${settings.api}:${settings.name}`;
  const strictOrder = settings.api === 'chat' && (settings.quirks?.strictOrder ?? wantsStrictOrder(settings.name));
  const quirks = { ...settings.quirks, strictOrder };
  const writer = createRequestWriter(settings, { api: settings.api, quirks, origin });
  const createCollector = settings.api === 'chat' ? createChatCollector : createResponsesCollector;
  const dropped = new Set<string>();
  return async (client: OpenAI, write: Write, deltas: DeltaListener, how: How): Promise<Answered> => {
    for (;;) {
      const body = write(writer, dropped);
      const collector = createCollector(deltas, origin);
      try {
        const collected = await exchange({ client, asked, body, collector, ...how });
        return { collected, requestLength: body.json.length };
      } catch (error) {
        const refused = findRefusedField(error, body.optional);
        if (refused === undefined) throw error;
        dropped.add(refused);
      }
    }
  };
}

function findRefusedField(error: unknown, fields: readonly string[]): string | undefined {
  if (!(error instanceof Fault) || error.kind !== 'bad-request') return undefined;
  const { message, parameter } = error;
  return fields.find((name) => parameter?.split('.')[0] === name || new RegExp(`\\b${name}\\b`).test(message));
}
