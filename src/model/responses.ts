import { isObject, parseJson } from '../core/json.ts';
import type { FinishReason, JsonObject } from '../core/types.ts';
import {
  type Collector,
  type DeltaListener,
  longestAnswer,
  type RawCall,
  type RawUsage,
  readCount,
} from './collect.ts';
import { brokenStream } from './fault.ts';
import { faultFromError } from './fault-messages.ts';

/** Collects an answer of the Responses API: streamed events, or one whole response given as a single event. */
export function createResponsesCollector(listener: DeltaListener, origin: string): Collector {
  const texts: string[] = [];
  const reasonings: string[] = [];
  const items = new Map<number, JsonObject>();
  const carry: JsonObject[] = [];
  let length = 0;
  let usage: RawUsage | undefined;
  let finish: FinishReason | undefined;
  let isDone = false;
  const addText = (delta: string) => {
    texts.push(delta);
    length += delta.length;
    listener.onText(delta);
  };
  const addReasoning = (delta: string) => {
    reasonings.push(delta);
    length += delta.length;
    listener.onReasoning(delta);
  };
  const takeItem = (index: number, item: unknown) => {
    if (!isObject(item)) return;
    items.set(index, item);
    if (item.type === 'reasoning' && typeof item.encrypted_content === 'string')
      carry.push({ origin, item: withoutStatus(item) });
  };
  /** A server that did not stream, or streamed only the end: everything is in the final response. */
  const takeOutput = (output: unknown) => {
    if (items.size > 0 || !Array.isArray(output)) return;
    for (const [index, item] of output.entries()) {
      takeItem(index, item);
      if (!isObject(item)) continue;
      const text = readParts(
        item.type === 'reasoning' ? item.summary : item.type === 'message' ? item.content : undefined,
      );
      if (text !== '' && item.type === 'message' && texts.length === 0) addText(text);
      if (text !== '' && item.type === 'reasoning' && reasonings.length === 0) addReasoning(text);
    }
  };
  const takeEnd = (response: unknown) => {
    isDone = true;
    if (!isObject(response)) return;
    if (response.status === 'failed' || response.error) throw faultFromError(response.error ?? response);
    takeOutput(response.output);
    if (isObject(response.usage)) usage = readUsage(response.usage);
    const details = isObject(response.incomplete_details) ? response.incomplete_details.reason : undefined;
    if (response.status === 'incomplete') finish = details === 'content_filter' ? 'content-filter' : 'length';
    else finish = readCalls(items).length > 0 ? 'tool-calls' : 'stop';
  };
  const takeEvent = (type: string, data: JsonObject) => {
    const delta = typeof data.delta === 'string' ? data.delta : '';
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return addText(delta);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return addReasoning(delta);
      case 'response.reasoning_summary_part.added':
        return reasonings.length > 0 ? addReasoning('\n\n') : undefined;
      case 'response.function_call_arguments.delta':
        length += delta.length;
        return;
      case 'response.output_item.done':
        return takeItem(readCount(data.output_index), data.item);
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
      if (!isObject(parsed)) throw brokenStream('the stream carried data that is no JSON');
      if (parsed.object === 'response') return takeEnd(parsed);
      if (parsed.type === undefined && event === undefined && parsed.error) throw faultFromError(parsed.error);
      takeEvent(typeof parsed.type === 'string' ? parsed.type : (event ?? ''), parsed);
    },
    hasBegun: () => length > 0,
    isWhole: () => finish !== undefined,
    isDone: () => isDone,
    isTooLong: () => length > longestAnswer,
    collected: () => ({
      text: texts.join(''),
      reasoning: reasonings.join(''),
      calls: readCalls(items),
      usage,
      finish,
      carry,
    }),
  };
}

function readCalls(items: ReadonlyMap<number, JsonObject>): RawCall[] {
  const ordered = [...items.entries()].sort(([left], [right]) => left - right).map(([, item]) => item);
  return ordered
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

/** The item as the API takes it back: its status is not part of the input. */
function withoutStatus({ status: _, ...item }: JsonObject): JsonObject {
  return item;
}

function readUsage(usage: JsonObject): RawUsage {
  const details = isObject(usage.input_tokens_details) ? usage.input_tokens_details : {};
  return {
    input: readCount(usage.input_tokens),
    cached: readCount(details.cached_tokens),
    output: readCount(usage.output_tokens),
  };
}
