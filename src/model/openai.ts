import type { Ask, Model, ReplyListener } from '../core/model.ts';
import { estimateUsage, makeReply, makeUsage } from './answer/reply.ts';
import { connect, type Write } from './http/endpoint-connection.ts';
import type { ModelSettings } from './model-settings.ts';
import { findModel } from './prices.ts';
import { createPrefixWatch } from './request/prefix-watch.ts';

/**
 * A model that speaks Chat Completions, the Responses or the Messages API. Nothing is sent before the first reply is asked for. Throws
 * UserError for a base URL that isn't one.
 */
export function openModel(settings: ModelSettings): Model {
  const connection = connect(settings);
  const contextWindow = settings.contextWindow ?? findModel(settings.name)?.contextWindow;
  const watchPrefix = createPrefixWatch();
  let lastLength = 0;
  /** As the endpoint counted the last request; about four characters a token until it has. */
  let tokensPerCharacter = 1 / 4;
  return {
    name: settings.name,
    ...(settings.provider === undefined
      ? {}
      : { endpoint: { provider: settings.provider, baseUrl: settings.baseUrl } }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    reply: async (request, listener, signal) => {
      lastLength = 0;
      const change = watchPrefix(request);
      if (change !== undefined)
        listener.onWarning?.(`This request can't use the prompt cache of ${settings.name}: ${change}.`);
      const write: Write = (writer, dropped) => {
        const body = writer.forTrajectory(request, dropped);
        lastLength = body.json.length;
        return body;
      };
      const { collected, requestLength } = await connection.ask(write, listener, signal);
      const reply = makeReply(collected, request, settings, requestLength, connection.habits);
      tokensPerCharacter = reply.usage.inputTokens / requestLength;
      return reply;
    },
    estimateCut: (characters) => estimateUsage(settings, Math.ceil(lastLength * tokensPerCharacter), characters),
  };
}

/**
 * A model for questions outside the conversation. Faults and retries are as for a conversation; retries are not reported, and nobody sees it
 * wait, so that no outage is waited for.
 */
export function openAsk(settings: ModelSettings): Ask {
  const connection = connect({ ...settings, outageSeconds: 0 });
  return async (question, signal) => {
    const { collected, requestLength } = await connection.ask(
      (writer, dropped) => writer.forQuestion(question, dropped),
      nobody,
      signal,
    );
    return { text: collected.text, usage: makeUsage(collected, settings, requestLength) };
  };
}

const nobody: ReplyListener = { onText: () => undefined, onReasoning: () => undefined, onRetry: () => undefined };
