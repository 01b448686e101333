import { createHash } from 'node:crypto';
import { loadPrompt } from '../../core/prompt.ts';
import type { JsonObject } from '../../core/types.ts';

/**
 * Whether a model wants its messages in Mistral's order wherever it is served: its API and its chat templates refuse a user's message
 * straight after a tool's result ("Unexpected role 'user' after role 'tool'", code 3230) and call ids that are not nine letters or
 * digits (code 3280).
 */
export function wantsStrictOrder(modelName: string): boolean {
  return /(^|[/\-_.])(mistral|ministral|devstral|codestral|magistral|mixtral|pixtral)/i.test(modelName);
}

/** Messages that follow one of role `before`, so that no user's message comes after a user's or a tool's. */
export function bridgeRoles(before: unknown, messages: readonly JsonObject[]): JsonObject[] {
  const ordered: JsonObject[] = [];
  let last = before;
  for (const message of messages) {
    const previous = ordered.at(-1);
    const joined = message.role === 'user' && previous?.role === 'user' ? joinContents(previous, message) : undefined;
    if (joined !== undefined) ordered[ordered.length - 1] = joined;
    else {
      if (message.role === 'user' && (last === 'tool' || last === 'user'))
        ordered.push({ role: 'assistant', content: loadPrompt('model/bridge', {}).trim() });
      ordered.push(message);
    }
    last = message.role;
  }
  return ordered;
}

/** Two users' messages as one. */
function joinContents(first: JsonObject, second: JsonObject): JsonObject {
  if (typeof first.content === 'string' && typeof second.content === 'string')
    return { ...first, content: `${first.content}\n\n${second.content}` };
  return { ...first, content: [...partsOf(first.content), ...partsOf(second.content)] };
}

function partsOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : [{ type: 'text', text: content }];
}

/** A call's id as Mistral takes it: its own as they are, another's as nine digits and letters that stay the same. */
export function nineCharacters(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9);
}
