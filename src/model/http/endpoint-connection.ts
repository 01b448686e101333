import type { ReplyListener } from '../../core/model.ts';
import { isObject } from '../../core/text/json.ts';
import { acceptEnding } from '../answer/accept-ending.ts';
import { createChatCollector } from '../answer/chat-collector.ts';
import type { Collected, Collector, DeltaListener } from '../answer/collector.ts';
import { createResponsesCollector } from '../answer/responses-collector.ts';
import { createMessagesCollector } from '../anthropic/messages-collector.ts';
import { continueBody, createMessagesWriter } from '../anthropic/write-messages-request.ts';
import { type Habits, newHabits } from '../endpoint-habits.ts';
import { learn } from '../learn-from-refusals.ts';
import { checkBaseUrl, hideSecrets, type ModelSettings, type Quirks, readLimits } from '../model-settings.ts';
import type { Form } from '../request/step-messages.ts';
import { wantsStrictOrder } from '../request/strict-order.ts';
import { createRequestWriter, type RequestBody, type RequestWriter } from '../request/write-request.ts';
import { exchange, type Patience } from './exchange.ts';
import { Fault } from './fault.ts';
import type { Asked } from './fault-messages.ts';
import { type Client, createClient } from './http-client.ts';
import { askAgain } from './retry.ts';

/** How often one answer may be paused. */
const maxPauses = 10;

/** Writes the request; `dropped` are the fields to leave out. */
export type Write = (writer: RequestWriter, dropped: ReadonlySet<string>) => RequestBody;

/** A whole answer, and how long the request was that it answers, in characters. */
export type AnsweredRequest = { readonly collected: Collected; readonly requestLength: number };

export type EndpointConnection = {
  /** What the endpoint has shown of its ways so far. */
  readonly habits: Habits;
  /** Fields of requests that it refused and that are left out since. */
  readonly dropped: ReadonlySet<string>;
  /** Asks until there is a whole answer. Throws ModelError when there isn't one to be had, and the signal's reason when aborted. */
  readonly ask: (write: Write, listener: ReplyListener, signal: AbortSignal) => Promise<AnsweredRequest>;
};

/** A connection to one model at one endpoint; opened by the first question. Throws UserError for a base URL that isn't one. */
export function connect(settings: ModelSettings): EndpointConnection {
  checkBaseUrl(settings);
  const limits = readLimits(settings);
  const habits = newHabits();
  const origin = `${settings.api}:${settings.name}`;
  const dropped = new Set<string>();
  const exchangeOnce = createExchange(settings, { habits, dropped, origin });
  let client: Promise<Client> | undefined;
  let hasAnswered = false;
  return {
    habits,
    dropped,
    ask: async (write, listener, signal) => {
      client ??= createClient(settings);
      const ready = await client;
      const audience = watchAudience(listener);
      const hide = (text: string) => hideSecrets(settings, text);
      const warn = (message: string) => {
        if (habits.reported.has(message)) return;
        habits.reported.add(message);
        listener.onWarning?.(hide(message));
      };
      let unfinished = 0;
      return askAgain({
        limits,
        baseUrl: settings.baseUrl,
        signal,
        hide,
        hasAnsweredBefore: () => hasAnswered,
        ...audience,
        attempt: async (patience, onProgress) => {
          const { collected, ...rest } = await exchangeOnce(ready, write, audience.deltas, {
            patience,
            onProgress,
            signal,
            warn,
          });
          hasAnswered = true;
          const ended = acceptEnding(collected, habits, unfinished++, settings.baseUrl, warn);
          for (const notice of collected.notices ?? []) warn(notice);
          if (collected.message !== undefined) habits.lastMessage = collected.message;
          return { ...rest, collected: rememberReasoning(ended, habits, origin) };
        },
      });
    },
  };
}

/** Where an endpoint has sent reasoning with its calls, later calls without any carry the empty field. */
function rememberReasoning(collected: Collected, habits: Habits, origin: string): Collected {
  const given = collected.carry
    .map(({ item }) => item)
    .find((item) => isObject(item) && item.type === 'reasoning_field');
  if (isObject(given) && (given.field === 'reasoning_content' || given.field === 'reasoning'))
    habits.reasoningField = given.field;
  if (given !== undefined || habits.reasoningField === undefined || collected.calls.length === 0) return collected;
  const item = { type: 'reasoning_field', field: habits.reasoningField };
  return { ...collected, carry: [...collected.carry, { origin, item }] };
}

/** Passes everything on to the listener and knows whether it was shown something that a retry makes void. */
function watchAudience(listener: ReplyListener) {
  let isShown = false;
  const deltas: DeltaListener = {
    onBegin: () => listener.onBegin?.(),
    onText: (delta) => {
      isShown = true;
      listener.onText(delta);
    },
    onReasoning: (delta) => {
      isShown = true;
      listener.onReasoning(delta);
    },
    onRecast: () => listener.onRecast?.(),
  };
  const onRetry: ReplyListener['onRetry'] = (retry) => {
    isShown = false;
    listener.onRetry(retry);
  };
  return { deltas, onRetry, hasShown: () => isShown };
}

type How = {
  readonly patience: Patience;
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
};

type Known = { readonly habits: Habits; readonly dropped: Set<string>; readonly origin: string };

/** One exchange; what a refusal teaches holds from then on, a field that is refused by name is left out, and the same is asked once more. */
function createExchange(settings: ModelSettings, { habits, dropped, origin }: Known) {
  const asked = { baseUrl: settings.baseUrl, model: settings.name };
  const form = { api: settings.api, quirks: quirksOf(settings), origin, habits };
  const { writer, createCollector } = openApi(settings, form);
  return async (
    client: Client,
    write: Write,
    deltas: DeltaListener,
    { warn, ...how }: How,
  ): Promise<AnsweredRequest> => {
    for (;;) {
      const body = write(writer, dropped);
      const collector = createCollector(deltas, origin);
      try {
        const collected = await exchangeWhole(client, asked, body, collector, how);
        for (const url of body.images) habits.acceptedImages.add(url);
        return { collected, requestLength: lengthOf(body) };
      } catch (error) {
        const lesson = learn(error, body, habits, settings.baseUrl);
        if (lesson) warn(lesson);
        if (lesson !== undefined) continue;
        const refused = findRefusedField(error, body.optional);
        if (refused === undefined) throw error;
        dropped.add(refused);
      }
    }
  };
}

/** Characters of a request; a picture counts as about the 1,500 tokens that it takes, not as its data. */
function lengthOf({ json, images }: RequestBody): number {
  return images.reduce((sum, url) => sum - url.length + 6_000, json.length);
}

/** How the requests of an API are written and its answers read. */
function openApi(settings: ModelSettings, form: Form) {
  switch (settings.api) {
    case 'chat':
      return { writer: createRequestWriter(settings, form), createCollector: createChatCollector };
    case 'responses':
      return { writer: createRequestWriter(settings, form), createCollector: createResponsesCollector };
    case 'messages':
      return { writer: createMessagesWriter(settings, form), createCollector: createMessagesCollector };
    default:
      return settings.api satisfies never;
  }
}

/** An answer that the server paused is sent back as it is, and goes on. */
async function exchangeWhole(
  client: Client,
  asked: Asked,
  body: RequestBody,
  collector: Collector,
  how: Omit<How, 'warn'>,
): Promise<Collected> {
  let collected = await exchange({ client, asked, body, collector, ...how });
  for (let pauses = 0; pauses < maxPauses; pauses += 1) {
    const blocks = collector.takePaused?.();
    if (blocks === undefined) break;
    collected = await exchange({ client, asked, body: continueBody(body, blocks), collector, ...how });
  }
  return collected;
}

/** The quirks of a provider and those that its models have wherever they run. */
function quirksOf({ api, name, quirks }: ModelSettings): Quirks {
  const strictOrder = api === 'chat' && (quirks?.strictOrder ?? wantsStrictOrder(name));
  const thoughtSignatures = api === 'chat' && quirks?.thoughtSignatures === true && !/gemini-[12]\b/.test(name);
  return { ...quirks, strictOrder, thoughtSignatures };
}

function findRefusedField(error: unknown, fields: readonly string[]): string | undefined {
  if (!(error instanceof Fault) || error.kind !== 'bad-request') return undefined;
  const { message, parameter } = error;
  return fields.find((name) => parameter?.split('.')[0] === name || new RegExp(`\\b${name}\\b`).test(message));
}
