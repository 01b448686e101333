import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

export type Dialect = 'chat' | 'responses' | 'messages';

/** A request of either API, reduced to what a scenario can look at. */
export type RequestConversation = {
  readonly dialect: Dialect;
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly hasTools: boolean;
  readonly system: string;
  readonly userTexts: readonly string[];
  readonly toolResults: readonly string[];
};

/** Reads a request body of any of the APIs. */
export function readConversation(dialect: Dialect, body: JsonObject): RequestConversation {
  const streamOptions = isObject(body.stream_options) ? body.stream_options : {};
  const messages = list(dialect === 'responses' ? body.input : body.messages).filter(isObject);
  const ofRole = (...roles: string[]) =>
    messages.filter((message) => roles.includes(String(message.role))).map((message) => readText(message.content));
  const outputs = messages
    .filter((message) => message.type === 'function_call_output')
    .map((message) => readText(message.output));
  const instructions =
    typeof body.instructions === 'string' ? [body.instructions] : [readText(body.system)].filter(Boolean);
  const blocks = messages.flatMap(({ content }) => list(content).filter(isObject));
  const blockResults = blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => readText(content));
  return {
    dialect,
    model: typeof body.model === 'string' ? body.model : '',
    stream: body.stream === true,
    includeUsage: streamOptions.include_usage === true,
    hasTools: list(body.tools).length > 0,
    system: [...instructions, ...ofRole('system', 'developer')].join('\n'),
    userTexts: typeof body.input === 'string' ? [body.input] : ofRole('user'),
    toolResults: [...ofRole('tool'), ...outputs, ...blockResults],
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}
