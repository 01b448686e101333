import { isObject, parseJson } from '../../core/text/json.ts';
import type { FinishReason, JsonObject } from '../../core/types.ts';
import { type Collector, type DeltaListener, readCount } from '../answer/collector.ts';
import { gatherAnswer } from '../answer/gather-answer.ts';
import { brokenStream } from '../http/fault.ts';
import { faultFromError } from '../http/fault-messages.ts';
import { createBlockDrafts } from './block-drafts.ts';
import { addCounts, type Counts, readCounts, usageOf } from './token-counts.ts';

/**
 * Collects an answer of the Messages API: streamed events, or one whole message. Blocks keep their order, since thoughts go back exactly
 * where and as they were signed. An answer that was paused goes on in the same collector.
 */
export function createMessagesCollector(listener: DeltaListener, origin: string): Collector {
  const words = gatherAnswer(listener);
  const blocks = createBlockDrafts(words);
  const notices: string[] = [];
  let usage: Counts = {};
  let before: Counts = {};
  let stop: string | undefined;
  let isDone = false;
  let message: string | undefined;

  const startMessage = (started: JsonObject) => {
    blocks.beginMessage();
    before = addCounts(before, usage);
    usage = isObject(started.usage) ? readCounts(started.usage) : {};
    stop = undefined;
    isDone = false;
    if (typeof started.id === 'string') message = started.id;
    const reason = isObject(started.diagnostics) ? readMiss(started.diagnostics.cache_miss_reason) : undefined;
    if (reason) notices.push(reason);
  };
  const takeEnd = (delta: JsonObject) => {
    if (typeof delta.stop_reason === 'string') stop = delta.stop_reason;
    const details = isObject(delta.stop_details) ? delta.stop_details : {};
    if (stop === 'refusal' && typeof details.explanation === 'string')
      notices.push(`The model refused: ${details.explanation}`);
  };
  const takeWhole = (whole: JsonObject) => {
    startMessage(whole);
    const content = Array.isArray(whole.content) ? whole.content.filter(isObject) : [];
    for (const [index, block] of content.entries()) blocks.start(index, block);
    takeEnd(whole);
    isDone = true;
  };
  const takeEvent = (event: JsonObject) => {
    switch (event.type) {
      case 'message_start':
        return isObject(event.message) ? startMessage(event.message) : undefined;
      case 'content_block_start':
        return isObject(event.content_block) ? blocks.start(readCount(event.index), event.content_block) : undefined;
      case 'content_block_delta':
        return isObject(event.delta) ? blocks.takeDelta(readCount(event.index), event.delta) : undefined;
      case 'message_delta':
        if (isObject(event.usage)) usage = { ...usage, ...readCounts(event.usage) };
        return isObject(event.delta) ? takeEnd(event.delta) : undefined;
      case 'message_stop':
        isDone = true;
        return;
      case 'message':
        return takeWhole(event);
      case 'error':
        throw faultFromError(event.error ?? event);
      default:
        return;
    }
  };

  return {
    take: ({ data }) => {
      if (data === '[DONE]') {
        isDone = true;
        return;
      }
      const event = parseJson(data);
      if (!isObject(event)) throw brokenStream('the stream carried data that is not JSON');
      takeEvent(event);
    },
    flush: words.flush,
    hasBegun: words.hasBegun,
    isWhole: () => stop !== undefined,
    isDone: () => isDone,
    isTooLong: words.isTooLong,
    takePaused: () => {
      if (stop !== 'pause_turn') return undefined;
      stop = undefined;
      isDone = false;
      return blocks.raw();
    },
    collected: () => {
      const counts = addCounts(before, usage);
      const layout = blocks.layout();
      return {
        text: words.text(),
        reasoning: words.reasoning(),
        calls: blocks.calls(),
        usage: counts.input === undefined ? undefined : usageOf(counts),
        finish: stop === undefined ? undefined : readFinish(stop),
        isDone,
        carry: layout === undefined ? [] : [{ origin, item: { type: 'content', blocks: layout } }],
        notices,
        ...(message === undefined ? {} : { message }),
      };
    },
  };
}

function readFinish(stop: string): FinishReason {
  switch (stop) {
    case 'tool_use':
      return 'tool-calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'content-filter';
    default:
      return 'stop';
  }
}

/** Why the server could not reuse its cache, in words; undefined when it says nothing of use. */
function readMiss(reason: unknown): string | undefined {
  const type = isObject(reason) ? reason.type : undefined;
  const changed = typeof type === 'string' ? /^(model|system|tools|messages)_changed$/.exec(type)?.[1] : undefined;
  return changed && `The prompt cache was missed: the server says that the ${changed} changed.`;
}
