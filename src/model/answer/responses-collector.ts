import { isObject, parseJson } from '../../core/text/json.ts';
import type { FinishReason, JsonObject } from '../../core/types.ts';
import { brokenStream } from '../http/fault.ts';
import { faultFromError } from '../http/fault-messages.ts';
import { type Collector, type DeltaListener, type RawCall, type RawUsage, readCount } from './collector.ts';
import { gatherAnswer } from './gather-answer.ts';

/** Collects an answer of the Responses API: streamed events, or one whole response given as a single event. */
export function createResponsesCollector(listener: DeltaListener, origin: string): Collector {
  const words = gatherAnswer(listener);
  const items = new Map<number, JsonObject>();
  let usage: RawUsage | undefined;
  let finish: FinishReason | undefined;
  let isDone = false;
  const takeEnd = (response: unknown) => {
    isDone = true;
    if (!isObject(response)) return;
    if (response.status === 'failed' || response.error) throw faultFromError(response.error ?? response);
    if (items.size === 0) takeOutput(response.output, items, words);
    if (isObject(response.usage)) usage = readUsage(response.usage);
    finish = readFinish(response, items);
  };
  const takeEvent = (type: string, data: JsonObject) => {
    const delta = typeof data.delta === 'string' ? data.delta : '';
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return words.addText(delta);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return words.addReasoning(delta);
      case 'response.reasoning_summary_part.added':
        return words.hasReasoning() ? words.addReasoning('\n\n') : undefined;
      case 'response.function_call_arguments.delta':
        return words.addLength(delta.length);
      case 'response.output_item.done':
        if (isObject(data.item)) items.set(readCount(data.output_index), data.item);
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.done':
        return takeEnd(data.response);
      case 'error':
        throw faultFromError(data.error ?? data);
      default:
        return;
    }
  };
  return {
    take: ({ event, data }) => {
      if (data === '[DONE]') {
        isDone = true;
        return;
      }
      const parsed = parseJson(data);
      if (!isObject(parsed)) throw brokenStream('the stream carried data that is not JSON');
      if (parsed.object === 'response') return takeEnd(parsed);
      if (parsed.type === undefined && event === undefined && parsed.error) throw faultFromError(parsed.error);
      takeEvent(typeof parsed.type === 'string' ? parsed.type : (event ?? ''), parsed);
    },
    flush: words.flush,
    hasBegun: words.hasBegun,
    isWhole: () => finish !== undefined,
    isDone: () => isDone,
    isTooLong: words.isTooLong,
    collected: () => ({
      text: words.text(),
      reasoning: words.reasoning(),
      calls: readCalls(items),
      usage,
      finish,
      isDone,
      carry: readSealed(items).map((item) => ({ origin, item })),
    }),
  };
}

type Items = Map<number, JsonObject>;

/** A server that did not stream, or streamed only the end: everything is in the final response. */
function takeOutput(output: unknown, items: Items, words: ReturnType<typeof gatherAnswer>): void {
  if (!Array.isArray(output)) return;
  for (const [index, item] of output.entries()) {
    if (!isObject(item)) continue;
    items.set(index, item);
    const text = readParts(item.type === 'reasoning' ? item.summary : item.content);
    if (item.type === 'message' && text !== '' && !words.hasText()) words.addText(text);
    if (item.type === 'reasoning' && text !== '' && !words.hasReasoning()) words.addReasoning(text);
  }
}

function readFinish(response: JsonObject, items: Items): FinishReason {
  const details = isObject(response.incomplete_details) ? response.incomplete_details : {};
  if (response.status === 'incomplete') return details.reason === 'content_filter' ? 'content-filter' : 'length';
  return readCalls(items).length > 0 ? 'tool-calls' : 'stop';
}

function inOrder(items: Items): JsonObject[] {
  return [...items.entries()].sort(([left], [right]) => left - right).map(([, item]) => item);
}

/** Reasoning that the provider wants back with the next request, as it takes it: its status is not part of the input. */
function readSealed(items: Items): JsonObject[] {
  const sealed = inOrder(items).filter(
    (item) => item.type === 'reasoning' && typeof item.encrypted_content === 'string',
  );
  return sealed.map(({ status: _, ...item }) => item);
}

function readCalls(items: Items): RawCall[] {
  return inOrder(items)
    .filter((item) => item.type === 'function_call')
    .map((item) => ({
      id: readText(item.call_id ?? item.id),
      name: readText(item.name),
      arguments: readText(item.arguments),
    }));
}

function readText(value: unknown): string {
  if (isObject(value)) return JSON.stringify(value);
  return typeof value === 'string' ? value : '';
}

function readParts(parts: unknown): string {
  if (!Array.isArray(parts)) return '';
  return parts.map((part) => (isObject(part) ? readText(part.text ?? part.refusal) : '')).join('');
}

function readUsage(usage: JsonObject): RawUsage {
  const details = isObject(usage.input_tokens_details) ? usage.input_tokens_details : {};
  return {
    input: readCount(usage.input_tokens),
    cached: readCount(details.cached_tokens),
    output: readCount(usage.output_tokens),
  };
}
