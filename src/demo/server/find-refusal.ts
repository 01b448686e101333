import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** What real endpoints refuse, in their own words. A refused request uses up no reply of the script. */
export type Manner =
  | 'turns'
  | 'no-system'
  | 'short-ids'
  | 'wants-reasoning'
  | 'refuses-reasoning'
  | 'wants-signatures'
  | 'no-images'
  | 'bad-images'
  | 'whole-characters';

type Refusal = { readonly status: number; readonly message: string };

/** The refusal of a Chat Completions request by the first manner that it offends; undefined when it is in order. */
export function findRefusal(manners: readonly Manner[], body: JsonObject, rawBody: string): Refusal | undefined {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isObject) : [];
  for (const manner of manners) {
    const refusal = refuse(manner, messages, rawBody);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuse(manner: Manner, messages: readonly JsonObject[], rawBody: string): Refusal | undefined {
  const callers = messages.filter((message) => Array.isArray(message.tool_calls));
  const calls = callers.flatMap(({ tool_calls: made }) => (Array.isArray(made) ? made.filter(isObject) : []));
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter(isObject) : []));
  const images = parts.filter(({ type }) => type === 'image_url');
  switch (manner) {
    case 'turns':
      return messages.some(
        ({ role }, at) => role === 'user' && ['user', 'tool'].includes(String(messages[at - 1]?.role)),
      )
        ? {
            status: 500,
            message: 'Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...',
          }
        : undefined;
    case 'no-system':
      return messages.some(({ role }) => role === 'system' || role === 'developer')
        ? { status: 400, message: 'System role not supported' }
        : undefined;
    case 'short-ids':
      return calls.some(({ id }) => !/^[a-zA-Z0-9]{9}$/.test(String(id)))
        ? { status: 400, message: 'Tool call id was x but must be a-z, A-Z, 0-9, with a length of 9.' }
        : undefined;
    case 'wants-reasoning': {
      const at = messages.findIndex((each) => each.tool_calls && typeof each.reasoning_content !== 'string');
      const message = `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`;
      return at === -1 ? undefined : { status: 400, message };
    }
    case 'refuses-reasoning':
      return messages.some((each) => 'reasoning_content' in each)
        ? { status: 422, message: 'messages.2.assistant.reasoning_content: Extra inputs are not permitted' }
        : undefined;
    case 'wants-signatures':
      return calls.some(({ extra_content: extra }) => !JSON.stringify(extra ?? '').includes('thought_signature'))
        ? { status: 400, message: 'Function call is missing a thought_signature in functionCall parts.' }
        : undefined;
    case 'no-images':
      return images.length > 0 ? { status: 400, message: 'this model takes no image input' } : undefined;
    case 'bad-images':
      return images.some((image) => !JSON.stringify(image).includes('base64,iVBORw0KGg'))
        ? { status: 400, message: 'Could not process image' }
        : undefined;
    case 'whole-characters':
      return /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/i.test(rawBody)
        ? { status: 400, message: 'The request body is not valid JSON: no low surrogate in string' }
        : undefined;
    default:
      return manner satisfies never;
  }
}
