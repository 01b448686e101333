import { isObject, parseJson } from '../../core/text/json.ts';
import type { FinishReason, JsonObject } from '../../core/types.ts';
import { type Collector, type DeltaListener, type RawCall, type RawUsage, readCount } from '../answer/collector.ts';
import { gatherAnswer } from '../answer/gather-answer.ts';
import { brokenStream } from '../http/fault.ts';
import { faultFromError } from '../http/fault-messages.ts';

type Draft = { block: JsonObject; readonly json: string[]; start: number; length: number };

/**
 * Collects an answer of the Messages API: streamed events, or one whole message. Blocks keep their order, since thoughts go back exactly
 * where and as they were signed. An answer that was paused goes on in the same collector.
 */
export function createMessagesCollector(listener: DeltaListener, origin: string): Collector {
  const words = gatherAnswer(listener);
  const drafts: Draft[] = [];
  const notices: string[] = [];
  let first = 0;
  let usage: Counts = {};
  let before: Counts = {};
  let stop: string | undefined;
  let isDone = false;
  let message: string | undefined;
  let textLength = 0;

  const addText = (draft: Draft, delta: string) => {
    if (delta === '') return;
    if (draft.length === 0) {
      if (textLength > 0) pushText('\n\n');
      draft.start = textLength;
    }
    draft.length += delta.length;
    pushText(delta);
  };
  const pushText = (delta: string) => {
    textLength += delta.length;
    words.addText(delta);
  };
  const startMessage = (started: JsonObject) => {
    first = drafts.length;
    before = addCounts(before, usage);
    usage = {};
    stop = undefined;
    isDone = false;
    if (typeof started.id === 'string') message = started.id;
    takeUsage(started.usage);
    const reason = isObject(started.diagnostics) ? readMiss(started.diagnostics.cache_miss_reason) : undefined;
    if (reason) notices.push(reason);
  };
  const takeUsage = (value: unknown) => {
    if (isObject(value)) usage = { ...usage, ...readCounts(value) };
  };
  const startBlock = (index: number, block: JsonObject) => {
    const draft: Draft = { block: { ...block }, json: [], start: 0, length: 0 };
    drafts[first + index] = draft;
    if (block.type === 'text' && typeof block.text === 'string') addText(draft, block.text);
    if (block.type === 'thinking' && typeof block.thinking === 'string') words.addReasoning(block.thinking);
    if (block.type === 'tool_use') words.addLength(String(block.name).length);
  };
  const takeDelta = (draft: Draft | undefined, delta: JsonObject) => {
    if (!draft) return;
    if (delta.type === 'text_delta' && typeof delta.text === 'string') addText(draft, delta.text);
    else if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string') {
      draft.block.thinking = `${String(draft.block.thinking ?? '')}${delta.thinking}`;
      words.addReasoning(delta.thinking);
    } else if (delta.type === 'signature_delta')
      draft.block.signature = `${String(draft.block.signature ?? '')}${String(delta.signature ?? '')}`;
    else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') {
      draft.json.push(delta.partial_json);
      words.addLength(delta.partial_json.length);
    }
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
    for (const [index, block] of content.entries()) startBlock(index, block);
    takeEnd(whole);
    isDone = true;
  };
  const takeEvent = (event: JsonObject) => {
    switch (event.type) {
      case 'message_start':
        return isObject(event.message) ? startMessage(event.message) : undefined;
      case 'content_block_start':
        return isObject(event.content_block) ? startBlock(readCount(event.index), event.content_block) : undefined;
      case 'content_block_delta':
        return isObject(event.delta) ? takeDelta(drafts[first + readCount(event.index)], event.delta) : undefined;
      case 'message_delta':
        takeUsage(event.usage);
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
    hasBegun: words.hasBegun,
    isWhole: () => stop !== undefined,
    isDone: () => isDone,
    isTooLong: words.isTooLong,
    takePaused: () => {
      if (stop !== 'pause_turn') return undefined;
      stop = undefined;
      isDone = false;
      return rawBlocks(drafts, words.text());
    },
    collected: () => {
      const made = drafts.filter((draft) => draft !== undefined);
      const counts = addCounts(before, usage);
      const layout = made.some(({ block }) => isThought(block)) ? [{ type: 'content', blocks: made.map(layOut) }] : [];
      return {
        text: words.text(),
        reasoning: words.reasoning(),
        calls: readCalls(made),
        usage: counts.input === undefined ? undefined : usageOf(counts),
        finish: stop === undefined ? undefined : readFinish(stop),
        isDone,
        carry: layout.map((item) => ({ origin, item })),
        notices,
        ...(message === undefined ? {} : { message }),
      };
    },
  };
}

function isThought({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** Where a block's content is in the step; thoughts are kept here themselves. */
function layOut({ block, start, length }: Draft): JsonObject {
  if (block.type === 'text') return { type: 'text', start, length };
  return block.type === 'tool_use' ? { type: 'tool_use' } : block;
}

function readCalls(drafts: readonly Draft[]): RawCall[] {
  return drafts
    .filter(({ block }) => block.type === 'tool_use')
    .map(({ block, json }) => ({
      id: String(block.id ?? ''),
      name: String(block.name ?? ''),
      arguments: json.join('') || JSON.stringify(block.input ?? {}),
    }));
}

/** The blocks of a paused answer as they are sent back. */
function rawBlocks(drafts: readonly Draft[], text: string): JsonObject[] {
  return drafts.map(({ block, json, start, length }) => {
    if (block.type === 'text') return { ...block, text: text.slice(start, start + length) };
    return json.length > 0 ? { ...block, input: parseJson(json.join('')) ?? {} } : block;
  });
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

type Counts = { readonly input?: number; readonly read?: number; readonly written?: number; readonly output?: number };

const countFields = {
  input: 'input_tokens',
  read: 'cache_read_input_tokens',
  written: 'cache_creation_input_tokens',
  output: 'output_tokens',
} as const;

/** The counts that are given; later ones replace earlier ones, since all are cumulative. */
function readCounts(usage: JsonObject): Counts {
  const given = Object.entries(countFields).filter(([, field]) => typeof usage[field] === 'number');
  return Object.fromEntries(given.map(([name, field]) => [name, readCount(usage[field])]));
}

function addCounts(left: Counts, right: Counts): Counts {
  const sum = (name: keyof Counts) => (left[name] ?? 0) + (right[name] ?? 0);
  if (left.input === undefined && right.input === undefined) return {};
  return { input: sum('input'), read: sum('read'), written: sum('written'), output: sum('output') };
}

/** `input_tokens` counts only what was neither read from the cache nor written to it. */
function usageOf({ input = 0, read = 0, written = 0, output = 0 }: Counts): RawUsage {
  return { input: input + read + written, cached: read, written, output };
}
