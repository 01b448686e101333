import type { OpenAI } from 'openai';
import type { Ask, Model, ReplyListener } from '../core/model.ts';
import { createChatCollector } from './chat.ts';
import { createClient } from './client.ts';
import type { Collected, DeltaListener } from './collect.ts';
import { exchange } from './exchange.ts';
import { brokenStream, Fault } from './fault.ts';
import { findModel } from './prices.ts';
import { makeReply, makeUsage } from './reply.ts';
import { type Body, createRequestWriter, type RequestWriter } from './request.ts';
import { createResponsesCollector } from './responses.ts';
import { askAgain } from './retry.ts';
import { checkBaseUrl, hideSecrets, type Limits, type ModelSettings, readLimits } from './settings.ts';

/** A model that speaks Chat Completions or the Responses API. Nothing is sent before the first reply is asked for. */
export function openModel(settings: ModelSettings): Model {
  const connection = connect(settings);
  const contextWindow = settings.contextWindow ?? findModel(settings.name)?.contextWindow;
  return {
    name: settings.name,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    reply: async (request, listener, signal) => {
      const write = (writer: RequestWriter, dropped: ReadonlySet<string>) => writer.forTrajectory(request, dropped);
      const { collected, requestLength } = await connection.ask(write, listener, signal);
      return makeReply(collected, request, settings, requestLength);
    },
  };
}

/** A model for questions outside the conversation. Faults and retries are as for a conversation; nobody is told of retries. */
export function openAsk(settings: ModelSettings): Ask {
  const connection = connect(settings);
  return async (question, signal) => {
    const write = (writer: RequestWriter, dropped: ReadonlySet<string>) => writer.forQuestion(question, dropped);
    const { collected, requestLength } = await connection.ask(write, silentListener, signal);
    return { text: collected.text, usage: makeUsage(collected, settings, requestLength) };
  };
}

const silentListener: ReplyListener = {
  onText: () => undefined,
  onReasoning: () => undefined,
  onRetry: () => undefined,
};

type Write = (writer: RequestWriter, dropped: ReadonlySet<string>) => Body;

function connect(settings: ModelSettings) {
  checkBaseUrl(settings);
  const limits: Limits = readLimits(settings);
  const asked = { baseUrl: settings.baseUrl, model: settings.name };
  const origin = `${settings.api}:${settings.name}`;
  const writer = createRequestWriter(settings, { api: settings.api, quirks: settings.quirks ?? {}, origin });
  /** Fields that this server has refused; they are left out from then on. */
  const dropped = new Set<string>();
  let client: Promise<OpenAI> | undefined;
  let hasAnswered = false;

  const ask = async (
    write: Write,
    listener: ReplyListener,
    signal: AbortSignal,
  ): Promise<{ collected: Collected; requestLength: number }> => {
    let shown = false;
    const deltas: DeltaListener = {
      onText: (delta) => {
        shown = true;
        listener.onText(delta);
      },
      onReasoning: (delta) => {
        shown = true;
        listener.onReasoning(delta);
      },
    };
    client ??= createClient(settings);
    const ready = await client;
    return askAgain({
      limits,
      baseUrl: settings.baseUrl,
      signal,
      hide: (text) => hideSecrets(settings, text),
      hasShown: () => shown,
      hasAnsweredBefore: () => hasAnswered,
      onRetry: (retry) => {
        shown = false;
        listener.onRetry(retry);
      },
      attempt: async (patience, onProgress) => {
        const { collected, requestLength } = await exchangeOnce(ready, write, deltas, { patience, onProgress, signal });
        hasAnswered = true;
        if (collected.finish === undefined) throw brokenStream('the answer ended without a finish reason');
        return { collected, requestLength };
      },
    });
  };

  /** One exchange; a field that the server refuses by name is left out, and the same is asked once more. */
  const exchangeOnce = async (
    ready: OpenAI,
    write: Write,
    deltas: DeltaListener,
    how: { patience: Parameters<typeof exchange>[0]['patience']; onProgress: () => void; signal: AbortSignal },
  ): Promise<{ collected: Collected; requestLength: number }> => {
    for (;;) {
      const body = write(writer, dropped);
      const collector =
        settings.api === 'chat' ? createChatCollector(deltas, origin) : createResponsesCollector(deltas, origin);
      try {
        const collected = await exchange({ client: ready, asked, body, collector, ...how });
        return { collected, requestLength: body.json.length };
      } catch (error) {
        const refused =
          error instanceof Fault && error.kind === 'bad-request'
            ? body.optional.find((name) => error.message.includes(name))
            : undefined;
        if (refused === undefined) throw error;
        dropped.add(refused);
      }
    }
  };
  return { ask };
}
