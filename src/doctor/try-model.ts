import { ModelError } from '../core/errors.ts';
import type { ModelRequest, ReplyListener } from '../core/model.ts';
import { loadPrompt } from '../core/prompt.ts';
import { count } from '../core/text/count.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { addUsage, type Note, noUsage, type Reply, type Step, type Trajectory, type Usage } from '../core/types.ts';
import { makeReply, makeUsage } from '../model/answer/reply.ts';
import { type AnsweredRequest, connect, type Write } from '../model/http/endpoint-connection.ts';
import type { ModelSettings, Quirks } from '../model/model-settings.ts';
import type { Check } from './checks.ts';
import { redSquare } from './red-square.ts';

export type Trial = { readonly checks: readonly Check[]; readonly quirks: Quirks };

/** Characters; above the smallest prompt that any provider caches (4,096 tokens). */
const fillerLength = 20_000;
const timeoutMs = 180_000;
const maxAnswerTokens = 1_000;

const tools: ModelRequest['tools'] = [
  {
    name: 'repeat',
    description: 'Repeats a word.',
    parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  },
];

/** One endpoint under trial: each question is one request, and what they cost together is known. */
type Bench = {
  readonly settings: ModelSettings;
  readonly connection: ReturnType<typeof connect>;
  readonly ask: (write: Write) => Promise<AnsweredRequest>;
  readonly reply: (request: ModelRequest) => Promise<Reply & { hasUsage: boolean }>;
  readonly spent: () => { usage: Usage; requests: number };
};

/**
 * Tries a model for real: a tool's call, its result and a second question, two calls at once, JSON by a schema, a picture; and tells whether
 * the prompt cache and the usage work and what it cost. Gives the quirks that were found. A handful of requests.
 */
export async function tryModel(settings: ModelSettings, signal: AbortSignal): Promise<Trial> {
  const bench = openBench(settings, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const trajectory = newTrajectory();
  const checks: Check[] = [];
  const first = await attempt('tool call', () => tryCall(bench, trajectory));
  checks.push(first.check);
  if (first.value !== undefined) {
    checks.push(
      (await attempt('several calls', () => tryTwoCalls(bench, trajectory))).check,
      (await attempt('picture', () => tryPicture(bench, trajectory))).check,
      (await attempt('JSON schema', () => trySchema(bench))).check,
    );
    checks.push(checkCache(trajectory, bench), checkUsage(first.value, bench), costOf(bench));
  }
  return { checks: checks.map((check) => ({ ...check, name: `Try: ${check.name}` })), quirks: findQuirks(bench) };
}

function openBench(settings: ModelSettings, signal: AbortSignal): Bench {
  const connection = connect({ ...settings, maxRetries: 1, giveUpAfterSeconds: 90 });
  let usage = noUsage;
  let requests = 0;
  const listener: ReplyListener = {
    onText: () => undefined,
    onReasoning: () => undefined,
    onRetry: () => undefined,
  };
  const ask = async (write: Write) => {
    requests += 1;
    const answered = await connection.ask(write, listener, signal);
    usage = addUsage(usage, makeUsage(answered.collected, settings, answered.requestLength));
    return answered;
  };
  return {
    settings,
    connection,
    ask,
    reply: async (request) => {
      const answered = await ask((writer, dropped) => writer.forTrajectory(request, dropped));
      const { collected, requestLength } = answered;
      const reply = makeReply(collected, request, settings, requestLength, connection.habits);
      return { ...reply, hasUsage: collected.usage !== undefined };
    },
    spent: () => ({ usage, requests }),
  };
}

type Attempt<Value> = { readonly check: Check; readonly value?: Value };

/** A trial that the endpoint refused or that failed is a check that failed. */
async function attempt<Value>(
  name: string,
  trial: () => Promise<{ check: Check; value?: Value }>,
): Promise<Attempt<Value>> {
  try {
    return await trial();
  } catch (error) {
    if (error instanceof ModelError) return { check: { name, state: 'fail', detail: error.message } };
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return { check: { name, state: 'fail', detail: `no answer within ${timeoutMs / 1000} s` } };
    throw error;
  }
}

function newTrajectory(): Trajectory {
  const filler = 'This line only makes the prompt long enough for a prompt cache.\n';
  const system = loadPrompt('doctor/system', { filler: filler.repeat(Math.ceil(fillerLength / filler.length)).trim() });
  return { session: `doctor-${Date.now().toString(36)}`, cwd: '/', system, steps: [], compactions: [] };
}

function say(text: string, images: readonly string[] = []): Note {
  return { from: 'user', text: text.trim(), at: new Date().toISOString(), ...(images.length > 0 ? { images } : {}) };
}

/** Asks, and records the step with results for its calls, as the agent does. */
async function step(bench: Bench, trajectory: Trajectory, note: Note) {
  const reply = await bench.reply({ trajectory, notes: [note], tools });
  const results = reply.calls.map(({ id, name, input }) => ({
    callId: id,
    name,
    output: String(input.word ?? ''),
    isError: false,
    ms: 0,
  }));
  const made: Step = {
    type: 'step',
    index: trajectory.steps.length,
    at: note.at,
    notes: [note],
    ms: 0,
    ...reply,
    results,
  };
  trajectory.steps.push(made);
  return reply;
}

async function tryCall(bench: Bench, trajectory: Trajectory): Promise<Attempt<{ hasUsage: boolean }>> {
  const name = 'tool call';
  const reply = await step(bench, trajectory, say(loadPrompt('doctor/one-call', {})));
  const value = { hasUsage: reply.hasUsage };
  const [call] = reply.calls;
  if (call === undefined) {
    const detail = `the model made none and said ${JSON.stringify(reply.text.slice(0, 80))}`;
    return { check: { name, state: 'fail', detail, fix: 'choose a model that is made for tools' }, value };
  }
  if (bench.connection.habits.printsCalls)
    return {
      check: { name, state: 'warn', detail: 'printed as text; it is recognised, but such models err often' },
      value,
    };
  const isRight = call.name === 'repeat' && call.input.word === 'WINK';
  return {
    check: {
      name,
      state: isRight ? 'ok' : 'warn',
      detail: isRight ? 'as asked' : `called ${call.name} with ${JSON.stringify(call.input)}`,
    },
    value,
  };
}

async function tryTwoCalls(bench: Bench, trajectory: Trajectory): Promise<Attempt<undefined>> {
  const { calls } = await step(bench, trajectory, say(loadPrompt('doctor/two-calls', {})));
  const detail = calls.length >= 2 ? `${calls.length} in one answer` : 'one at a time';
  return { check: { name: 'several calls', state: 'ok', detail } };
}

async function tryPicture(bench: Bench, trajectory: Trajectory): Promise<Attempt<undefined>> {
  const name = 'picture';
  const reply = await step(bench, trajectory, say(loadPrompt('doctor/picture', {}), [redSquare()]));
  if (bench.connection.habits.refusesImages)
    return { check: { name, state: 'warn', detail: 'the model takes none; pictures are left out' } };
  const isSeen = /\b(red|crimson|scarlet)\b/i.test(reply.text);
  const detail = isSeen ? 'seen' : `taken, but the model said ${JSON.stringify(reply.text.slice(0, 60))} of a red one`;
  return { check: { name, state: isSeen ? 'ok' : 'warn', detail } };
}

async function trySchema(bench: Bench): Promise<Attempt<undefined>> {
  const name = 'JSON schema';
  const schema = {
    type: 'object',
    properties: { legs: { type: 'integer' } },
    required: ['legs'],
    additionalProperties: false,
  };
  const { collected } = await bench.ask((writer, dropped) =>
    writer.forQuestion(
      {
        system: 'You answer short questions.',
        user: loadPrompt('doctor/schema', {}).trim(),
        schema: { name: 'answer', schema },
        maxOutputTokens: maxAnswerTokens,
      },
      dropped,
    ),
  );
  const parsed = parseJson(collected.text.trim());
  const isJson = isObject(parsed) && typeof parsed.legs === 'number';
  const isInWords = bench.settings.quirks?.jsonSchema === false || isSchemaDropped(bench);
  const how = isInWords ? 'the endpoint has none, the schema is put in words' : 'json_schema is taken';
  return {
    check: {
      name,
      state: isJson ? 'ok' : 'warn',
      detail: isJson ? how : `${how}; the answer was ${JSON.stringify(collected.text.slice(0, 60))}`,
    },
  };
}

function isSchemaDropped({ connection }: Bench): boolean {
  return ['response_format', 'text', 'output_config'].some((field) => connection.dropped.has(field));
}

/** The requests of a trial begin alike, so all after the first can be read from the cache. */
function checkCache({ steps }: Trajectory, bench: Bench): Check {
  const name = 'prompt cache';
  const later = steps.slice(1).map(({ usage }) => usage);
  const input = later.reduce((sum, usage) => sum + usage.inputTokens, 0);
  const cached = later.reduce((sum, usage) => sum + usage.cachedInputTokens, 0);
  if (cached > 0)
    return {
      name,
      state: 'ok',
      detail: `${Math.round((100 * cached) / input)} % of the repeated input was read from it`,
    };
  const detail = 'the endpoint reports none; repeated input may cost its full price';
  return { name, state: bench.settings.apiKey === undefined ? 'ok' : 'warn', detail };
}

function checkUsage({ hasUsage }: { hasUsage: boolean }, { connection }: Bench): Check {
  const name = 'usage';
  if (hasUsage) return { name, state: 'ok', detail: 'reported with each answer' };
  const why = connection.dropped.has('stream_options') ? 'stream_options is refused' : 'none is reported';
  return { name, state: 'warn', detail: `${why}, so it is estimated at four characters a token` };
}

function costOf({ spent }: Bench): Check {
  const { usage, requests } = spent();
  const price = usage.costUsd === null ? 'the price is unknown' : `$${usage.costUsd.toFixed(4)}`;
  return {
    name: 'cost',
    state: 'ok',
    detail: `${count(requests, 'request')}, ${usage.inputTokens} tokens in, ${usage.outputTokens} out: ${price}`,
  };
}

/** What the endpoint does differently from what its settings say. */
function findQuirks({ connection: { habits, dropped }, settings }: Bench): Quirks {
  const schemaIsOut = ['response_format', 'text', 'output_config'].some((field) => dropped.has(field));
  const found: Quirks = {
    ...(schemaIsOut ? { jsonSchema: false } : {}),
    ...(dropped.has('stream_options') ? { streamUsage: false } : {}),
    ...(dropped.has('prompt_cache_key') ? { promptCacheKey: false } : {}),
    ...(dropped.has('diagnostics') ? { cacheDiagnostics: false } : {}),
    ...(dropped.has('max_tokens') ? { maxTokensField: 'max_completion_tokens' } : {}),
    ...(dropped.has('max_completion_tokens') ? { maxTokensField: 'max_tokens' } : {}),
    ...(habits.wantsTurns || habits.wantsShortIds ? { strictOrder: true } : {}),
    ...(habits.hasNoDeveloper ? { developerRole: false } : {}),
    ...(habits.wantsSignatures ? { thoughtSignatures: true } : {}),
    ...(habits.reasoning === 'always' && habits.reasoningField ? { returnReasoning: habits.reasoningField } : {}),
  };
  const known: Readonly<Record<string, unknown>> = { ...settings.quirks };
  return Object.fromEntries(Object.entries(found).filter(([name, value]) => known[name] !== value));
}
