import { isObject, parseJson } from '../../core/text/json.ts';
import type { FinishReason, JsonObject } from '../../core/types.ts';
import type { Habits } from '../endpoint-habits.ts';
import { brokenStream } from '../http/fault.ts';
import { faultFromError } from '../http/fault-messages.ts';
import { createThoughtReader } from '../text/thoughts.ts';
import { createCallAssembler } from './call-assembler.ts';
import { type Collector, type DeltaListener, type RawUsage, readCount } from './collector.ts';
import { gatherAnswer } from './gather-answer.ts';

/** Collects a Chat Completions answer: streamed chunks, or one whole completion given as a single event. */
export function createChatCollector(listener: DeltaListener, origin: string): Collector {
  const words = gatherAnswer(listener);
  const calls = createCallAssembler();
  const details: unknown[] = [];
  let usage: RawUsage | undefined;
  let finish: FinishReason | undefined;
  let isDone = false;
  const text = createThoughtReader({
    onText: words.addText,
    onReasoning: words.addReasoning,
    onRecast: words.recast,
  });
  let reasoningField: Habits['reasoningField'];
  const takeDelta = (delta: JsonObject) => {
    takeWords(delta, text.push, words.addReasoning);
    for (const field of ['reasoning_content', 'reasoning'] as const)
      if (typeof delta[field] === 'string' && delta[field] !== '') reasoningField ??= field;
    if (Array.isArray(delta.reasoning_details)) details.push(...delta.reasoning_details);
    if (!Array.isArray(delta.tool_calls)) return;
    for (const call of delta.tool_calls) if (isObject(call)) words.addLength(calls.take(call));
  };
  const takeChunk = (chunk: JsonObject) => {
    if (chunk.error) throw faultFromError(chunk.error);
    if (isObject(chunk.usage)) usage = readChatUsage(chunk.usage);
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (!isObject(choice)) return;
    if (isObject(choice.error)) throw faultFromError(choice.error);
    const delta = choice.delta ?? choice.message;
    if (isObject(delta)) takeDelta(delta);
    if (isObject(choice.usage)) usage = readChatUsage(choice.usage);
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '')
      finish = readFinish(choice.finish_reason);
  };
  return {
    take: ({ event, data }) => {
      if (data === '[DONE]') {
        isDone = true;
        return;
      }
      const chunk = parseJson(data);
      if (!isObject(chunk)) throw brokenStream('the stream carried data that is not JSON');
      if (event === 'error' && !chunk.error) throw faultFromError(chunk);
      takeChunk(chunk);
    },
    flush: words.flush,
    hasBegun: words.hasBegun,
    isWhole: () => finish !== undefined,
    isDone: () => isDone,
    isTooLong: words.isTooLong,
    collected: () => {
      text.end();
      words.flush();
      const sealed = details.length > 0 ? [{ type: 'reasoning_details', reasoning_details: details }] : [];
      const made = calls.calls();
      const field =
        reasoningField && made.length > 0 && details.length === 0
          ? [{ type: 'reasoning_field', field: reasoningField }]
          : [];
      const carry = [...calls.extras(), ...sealed, ...field].map((item) => ({ origin, item }));
      return { text: words.text(), reasoning: words.reasoning(), calls: made, usage, finish, carry, isDone };
    },
  };
}

type Push = (text: string) => void;

/** Text and reasoning of a delta, in the fields and shapes of OpenAI, DeepSeek, OpenRouter, vLLM and Mistral. */
function takeWords(delta: JsonObject, onText: Push, onReasoning: Push): void {
  const reasoning = delta.reasoning_content ?? delta.reasoning;
  if (typeof reasoning === 'string' && reasoning !== '') onReasoning(reasoning);
  if (typeof delta.content === 'string') {
    if (delta.content !== '') onText(delta.content);
  } else if (Array.isArray(delta.content)) {
    for (const part of delta.content) takePart(part, onText, onReasoning);
  }
  if (typeof delta.refusal === 'string' && delta.refusal !== '') onText(delta.refusal);
}

function takePart(part: unknown, onText: Push, onReasoning: Push): void {
  if (!isObject(part)) return;
  if (typeof part.text === 'string') onText(part.text);
  if (Array.isArray(part.thinking)) for (const thought of part.thinking) takePart(thought, onReasoning, onReasoning);
}

function readFinish(reason: string): FinishReason {
  switch (reason.toLowerCase()) {
    case 'tool_calls':
    case 'function_call':
    case 'tool_use':
      return 'tool-calls';
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return 'length';
    case 'content_filter':
    case 'safety':
      return 'content-filter';
    case 'error':
      throw brokenStream('the server ended the answer with an error');
    default:
      return 'stop';
  }
}

/** Usage in the spellings of OpenAI, DeepSeek (prompt_cache_hit_tokens) and Moonshot (cached_tokens); OpenRouter adds the cost. */
function readChatUsage(usage: JsonObject): RawUsage {
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  return {
    input: readCount(usage.prompt_tokens),
    cached: readCount(details.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens),
    written: readCount(details.cache_write_tokens),
    output: readCount(usage.completion_tokens),
    ...(typeof usage.cost === 'number' && usage.cost > 0 ? { costUsd: usage.cost } : {}),
  };
}
