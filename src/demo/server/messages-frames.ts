import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { ScriptedAnswer } from './expand.ts';
import type { Frames } from './frames.ts';
import { prefixBefore } from './prompt-cache.ts';

/** The frames of a streamed message, in the form of Anthropic's server. `prefix` is what its thoughts are bound to. */
export function messagesFrames(answer: ScriptedAnswer, prefix: string): Frames {
  const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const message = { id: `msg_${answer.id}`, type: 'message', role: 'assistant', model: answer.model, content: [] };
  return {
    opening: [
      event('message_start', {
        message: { ...message, stop_reason: null, usage: { ...usageOf(answer), output_tokens: 1 } },
      }),
      event('ping', {}),
    ],
    content: function* () {
      let index = 0;
      const block = function* (start: object, deltas: Iterable<object>) {
        yield event('content_block_start', { index, content_block: start });
        for (const delta of deltas) yield event('content_block_delta', { index, delta });
        yield event('content_block_stop', { index });
        index += 1;
      };
      if (answer.reasoning.length > 0)
        yield* block({ type: 'thinking', thinking: '', signature: '' }, thoughts(answer, prefix));
      if (answer.textCount > 0) yield* block({ type: 'text', text: '' }, words(answer));
      for (const call of answer.calls)
        yield* block(
          { type: 'tool_use', id: call.id, name: call.name, input: {} },
          call.fragments.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
        );
    },
    contentCount:
      answer.reasoning.length + answer.textCount + answer.calls.reduce((sum, call) => sum + call.fragments.length, 0),
    closing: () => [
      event('message_delta', {
        delta: { stop_reason: stopReason(answer.finish), stop_sequence: null },
        usage: { output_tokens: answer.usage.output },
      }),
      event('message_stop', {}),
    ],
    done: [],
    error: (text, code) => event('error', { error: { type: code ?? 'api_error', message: text } }),
  };
}

function* thoughts(answer: ScriptedAnswer, prefix: string): Iterable<object> {
  for (const thinking of answer.reasoning) yield { type: 'thinking_delta', thinking };
  yield { type: 'signature_delta', signature: sign(answer.reasoning.join(''), prefix) };
}

function* words(answer: ScriptedAnswer): Iterable<object> {
  for (const text of answer.text()) yield { type: 'text_delta', text };
}

function sign(thinking: string, prefix: string): string {
  return `signed:${prefix}:${thinking.length}`;
}

/** The same answer as one JSON object. */
export function wholeMessage(answer: ScriptedAnswer, prefix: string): object {
  const thinking = answer.reasoning.join('');
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: [
      ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: sign(thinking, prefix) }]),
      ...(answer.textCount > 0 ? [{ type: 'text', text: [...answer.text()].join('') }] : []),
      ...answer.calls.map((call) => ({
        type: 'tool_use',
        id: call.id,
        name: call.name,
        input: parseJson(call.arguments) ?? {},
      })),
    ],
    stop_reason: stopReason(answer.finish),
    usage: usageOf(answer),
  };
}

function stopReason(finish: string): string {
  const names: Readonly<Record<string, string>> = {
    stop: 'end_turn',
    tool_calls: 'tool_use',
    length: 'max_tokens',
    content_filter: 'refusal',
  };
  return names[finish] ?? finish;
}

function usageOf({ usage }: ScriptedAnswer): object {
  const written = usage.written ?? 0;
  return {
    input_tokens: usage.input - usage.cached - written,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: written,
    output_tokens: usage.output,
  };
}

/** What Anthropic's server refuses of a request, in its words; undefined when it is in order. */
export function findMessagesRefusal(body: JsonObject): string | undefined {
  if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required';
  if (body.max_tokens > 64_000)
    return `max_tokens: ${body.max_tokens} > 64000, which is the maximum allowed number of output tokens for ${String(body.model)}`;
  const messages = Array.isArray(body.messages) ? body.messages.filter(isObject) : [];
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  for (const [at, message] of messages.entries()) {
    const blocks = Array.isArray(message.content) ? message.content.filter(isObject) : [];
    if (at > 0 && messages[at - 1]?.role === message.role)
      return `messages.${at}: roles must alternate between "user" and "assistant"`;
    const refusal = refuseBlocks(body, messages, at, blocks);
    if (refusal) return refusal;
  }
  return undefined;
}

function refuseBlocks(
  body: JsonObject,
  messages: readonly JsonObject[],
  at: number,
  blocks: readonly JsonObject[],
): string | undefined {
  for (const [index, block] of blocks.entries()) {
    const place = `messages.${at}.content.${index}`;
    if (block.type === 'text' && String(block.text).trim() === '')
      return `${place}: text content blocks must contain non-whitespace text`;
    if (block.type === 'tool_use' && !/^[\w-]+$/.test(String(block.id)))
      return `${place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
    if (block.type === 'thinking' && block.signature !== sign(String(block.thinking), prefixBefore(body, at, index)))
      return `${place}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`;
  }
  const called = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
  const next = messages[at + 1]?.content;
  const answered = (Array.isArray(next) ? next.filter(isObject) : [])
    .slice(0, called.length)
    .map((block) => block.tool_use_id);
  const missing = called.filter((id) => !answered.includes(id));
  return missing.length > 0
    ? `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}`
    : undefined;
}
