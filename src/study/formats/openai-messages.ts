import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import {
  argumentsOf,
  type OnBrokenLine,
  objectOf,
  objectsOf,
  parseLines,
  peekLines,
  stringOf,
  textOf,
} from './shared/json-fields.ts';

/** Plain Chat Completions messages, a conversation a line: `{ "messages": [...] }` as for fine-tuning. */
export const openaiLinesFormat: TrajectoryFormat = {
  name: 'openai-messages-lines',
  unit: 'line',
  recognises: (head) => {
    const first = peekLines(head)[0];
    return first !== undefined && isConversation(first.messages);
  },
  parse: (text, place) => [readConversation(JSON.parse(text), place)],
};

/** The same as one document: a list of messages, an object with `messages`, or a message a line. */
export const openaiFormat: TrajectoryFormat = {
  name: 'openai-messages',
  unit: 'file',
  recognises: (head) =>
    (/^\s*\[/.test(head) && firstMessage.test(head)) ||
    (/^\s*\{/.test(head) && firstOfMessages.test(head)) ||
    isConversation(peekLines(head)),
  parse: readDocument,
};

/** The first object of a list up to its role; strings before it may hold anything. */
const message = String.raw`\[\s*\{(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^{}[\]"])*?"role"\s*:\s*"(?:system|developer|user|assistant)"`;
const firstMessage = new RegExp(String.raw`^\s*${message}`);
const firstOfMessages = new RegExp(String.raw`"messages"\s*:\s*${message}`);

function isConversation(value: unknown): boolean {
  const roles = objectsOf(value).map((message) => message.role);
  return (
    roles.length > 0 &&
    roles.every((role) => ['system', 'developer', 'user', 'assistant', 'tool', 'function'].includes(String(role)))
  );
}

function readDocument(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const whole = parseJson(text);
  if (whole !== undefined) return [readConversation(whole, place)];
  const lines = [...parseLines(text, onBroken)];
  if (lines.length === 0) throw new SyntaxError('no line of it is JSON');
  if (lines.every((line) => 'role' in line)) return [readConversation(lines, place)];
  return lines.map((line, position) => readConversation(line, { file: place.file, line: position + 1 }));
}

function readConversation(value: unknown, place: Place): StudyTrajectory {
  const document = objectOf(value);
  const messages = objectsOf(Array.isArray(value) ? value : document.messages);
  const builder = createBuilder();
  for (const message of messages) readMessage(message, builder);
  return builder.build(place, {
    agent: stringOf(document.agent) ?? 'unknown',
    id: stringOf(document.id) ?? stringOf(document.instance_id),
    model: stringOf(document.model),
  });
}

function readMessage(message: JsonObject, builder: Builder): void {
  if (message.role === 'user') builder.addUser(textOf(message.content));
  if (message.role === 'tool' || message.role === 'function') {
    builder.addResult(String(message.tool_call_id ?? message.name), { output: textOf(message.content) });
  }
  if (message.role !== 'assistant') return;
  const calls = objectsOf(message.tool_calls).map((call) => ({
    id: String(call.id),
    name: String(objectOf(call.function).name),
    input: argumentsOf(objectOf(call.function).arguments),
  }));
  const old = message.function_call;
  if (isObject(old)) calls.push({ id: String(old.name), name: String(old.name), input: argumentsOf(old.arguments) });
  builder.addAnswer({
    text: textOf(message.content),
    reasoning: stringOf(message.reasoning_content) ?? stringOf(message.reasoning),
    calls,
  });
}
