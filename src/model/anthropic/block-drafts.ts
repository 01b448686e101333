import { parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { RawCall } from '../answer/collector.ts';
import type { gatherAnswer } from '../answer/gather-answer.ts';

type Draft = { block: JsonObject; readonly json: string[]; start: number; length: number };

/** The blocks of an answer while it is streamed; thoughts go back exactly where and as they were signed. */
export type BlockDrafts = {
  /** The blocks of another message begin; those before it stay. */
  readonly beginMessage: () => void;
  readonly start: (index: number, block: JsonObject) => void;
  readonly takeDelta: (index: number, delta: JsonObject) => void;
  /** The blocks of a paused answer as they are sent back. */
  readonly raw: () => JsonObject[];
  readonly calls: () => RawCall[];
  /** Where each block's content is in the step; undefined for an answer without thoughts. */
  readonly layout: () => JsonObject[] | undefined;
};

export function createBlockDrafts(words: ReturnType<typeof gatherAnswer>): BlockDrafts {
  const drafts: Draft[] = [];
  let first = 0;
  let textLength = 0;
  const made = () => drafts.filter((draft) => draft !== undefined);

  const pushText = (delta: string) => {
    textLength += delta.length;
    words.addText(delta);
  };
  const addText = (draft: Draft, delta: string) => {
    if (delta === '') return;
    if (draft.length === 0) {
      if (textLength > 0) pushText('\n\n');
      draft.start = textLength;
    }
    draft.length += delta.length;
    pushText(delta);
  };

  return {
    beginMessage: () => {
      first = drafts.length;
    },
    start: (index, block) => {
      const draft: Draft = { block: { ...block }, json: [], start: 0, length: 0 };
      drafts[first + index] = draft;
      if (block.type === 'text' && typeof block.text === 'string') addText(draft, block.text);
      if (block.type === 'thinking' && typeof block.thinking === 'string') words.addReasoning(block.thinking);
      if (block.type === 'tool_use') words.addLength(String(block.name).length);
    },
    takeDelta: (index, delta) => {
      const draft = drafts[first + index];
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
    },
    raw: () => rawBlocks(drafts, words.text()),
    calls: () => readCalls(made()),
    layout: () => (made().some(({ block }) => isThought(block)) ? made().map(layOut) : undefined),
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
