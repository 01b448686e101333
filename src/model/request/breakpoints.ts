import type { JsonObject } from '../../core/types.ts';
import { toJson } from './request-json.ts';

/** A message of a conversation as it was written; its JSON is kept so that only what carries a breakpoint is written again. */
export type WrittenMessage = { readonly message: JsonObject; readonly json: string };

/** How a block is marked: what comes before its end is kept in the prompt cache for five minutes, and longer with each use. */
export const breakpoint = { type: 'ephemeral' };

/**
 * Where the prompt cache is to reach in a conversation: the last of the user's entries, and the one with which the request before ended, so
 * that the cache is found however much a step has brought (Anthropic looks back over 20 blocks).
 */
export function findBreakpoints(roles: readonly ('user' | 'assistant')[]): number[] {
  const tail = roles.lastIndexOf('user');
  const answer = roles.lastIndexOf('assistant', tail);
  const before = answer === -1 ? -1 : roles.lastIndexOf('user', answer);
  return [...new Set([before, tail])].filter((index) => index !== -1);
}

/** Messages of Chat Completions as JSON with breakpoints in their content parts, as OpenRouter takes them for Claude. */
export function joinWithBreakpoints(written: readonly WrittenMessage[]): string {
  const first = written[0]?.message.role === 'system' ? 1 : 0;
  const roles = written.slice(first).map(({ message }) => (message.role === 'assistant' ? 'assistant' : 'user'));
  const marked = new Set(findBreakpoints(roles).map((index) => index + first));
  if (first === 1) marked.add(0);
  return written.map(({ message, json }, index) => (marked.has(index) ? toJson(mark(message)) : json)).join(',');
}

/** The last text of a message carries the mark. */
function mark(message: JsonObject): JsonObject {
  const { content } = message;
  if (typeof content === 'string')
    return { ...message, content: [{ type: 'text', text: content, cache_control: breakpoint }] };
  if (!Array.isArray(content)) return message;
  const last = content.findLastIndex((part) => part.type === 'text');
  return {
    ...message,
    content: content.map((part, index) => (index === last ? { ...part, cache_control: breakpoint } : part)),
  };
}
