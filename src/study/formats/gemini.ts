import { parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { whyNotRun } from '../../observer/step/results/did-not-run.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import {
  mentionsKeys,
  numberOf,
  type OnBrokenLine,
  objectOf,
  objectsOf,
  parseLines,
  pictureDataOf,
  stringOf,
  textOf,
} from './shared/json-fields.ts';

/**
 * Gemini CLI's chats (`~/.gemini/tmp/HASH/chats/session-*.json`): one object with `messages`, or since 2026 a line a record, where
 * a later record of the same id replaces the earlier one and `$rewindTo` takes messages back.
 */
export const geminiFormat: TrajectoryFormat = {
  name: 'gemini-cli',
  unit: 'file',
  recognises: (head) => /^\s*\{/.test(head) && mentionsKeys(head, 'sessionId', 'projectHash'),
  parse: (text, place, onBroken = () => {}) => {
    const whole = parseJson(text);
    const chat = whole === undefined ? gatherRecords(text, onBroken) : objectOf(whole);
    return [readChat(chat, place)];
  },
};

function gatherRecords(text: string, onBroken: OnBrokenLine): JsonObject {
  let chat: JsonObject = {};
  let messages: JsonObject[] = [];
  for (const record of parseLines(text, onBroken)) {
    if ('$rewindTo' in record) {
      const at = messages.findIndex((message) => message.id === record.$rewindTo);
      if (at !== -1) messages = messages.slice(0, at);
    } else if ('$set' in record) chat = { ...chat, ...objectOf(record.$set) };
    else if ('projectHash' in record) chat = { ...chat, ...record };
    else {
      const known = messages.findIndex((message) => message.id === record.id);
      if (known === -1) messages.push(record);
      else messages[known] = record;
    }
  }
  return { ...chat, messages: messages.length > 0 ? messages : chat.messages };
}

function readChat(chat: JsonObject, place: Place): StudyTrajectory {
  const builder = createBuilder();
  let model: string | undefined;
  for (const message of objectsOf(chat.messages)) {
    const at = stringOf(message.timestamp);
    if (message.type === 'user') builder.addUser(textOf(message.content), at);
    if (message.type === 'info' && /cancell?ed/i.test(textOf(message.content))) builder.addInterrupt();
    if (message.type !== 'gemini') continue;
    model ??= stringOf(message.model);
    readAnswer(message, builder, at);
  }
  const folder = Array.isArray(chat.directories) ? stringOf(chat.directories[0]) : undefined;
  return builder.build(place, {
    agent: 'Gemini CLI',
    id: stringOf(chat.sessionId),
    model,
    cwd: folder,
    repository: stringOf(chat.projectHash),
  });
}

function readAnswer(message: JsonObject, builder: Builder, at: string | undefined): void {
  const calls = objectsOf(message.toolCalls);
  builder.addAnswer({
    at,
    text: textOf(message.content),
    reasoning: objectsOf(message.thoughts)
      .map((thought) => `${stringOf(thought.subject) ?? ''}: ${stringOf(thought.description) ?? ''}`)
      .join('\n'),
    calls: calls.map((call) => ({ id: String(call.id), name: String(call.name), input: objectOf(call.args) })),
  });
  for (const call of calls) {
    const isCancelled = call.status === 'cancelled';
    const output = readResult(call);
    builder.addResult(String(call.id), {
      output,
      at: stringOf(call.timestamp),
      isError: call.status === 'error' || isCancelled,
      images: pictureDataOf(call.result),
      ...(isCancelled && { errorKind: whyNotRun(output) ?? ('aborted' as const) }),
    });
  }
  const tokens = objectOf(message.tokens);
  if (numberOf(tokens.output) === undefined) return;
  builder.addUsage({
    inputTokens: numberOf(tokens.input) ?? 0,
    cachedInputTokens: numberOf(tokens.cached) ?? 0,
    outputTokens: (numberOf(tokens.output) ?? 0) + (numberOf(tokens.thoughts) ?? 0),
    costUsd: null,
    model: stringOf(message.model),
  });
}

function readResult(call: JsonObject): string {
  for (const part of Array.isArray(call.result) ? objectsOf(call.result) : [objectOf(call.result)]) {
    const response = objectOf(objectOf(part.functionResponse).response);
    const text = stringOf(response.error) ?? stringOf(response.output) ?? stringOf(response.result);
    if (text !== undefined) return text;
  }
  return textOf(call.result) || (stringOf(call.resultDisplay) ?? '');
}
