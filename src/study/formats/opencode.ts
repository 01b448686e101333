import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import {
  idOf,
  mentionsKeys,
  numberOf,
  objectOf,
  objectsOf,
  pictureDataOf,
  stringOf,
  textOf,
} from './shared/json-fields.ts';

/** `opencode export ID`: `{ info, messages: [{ info, parts }] }`, where a tool part holds call, state and output together. */
export const opencodeFormat: TrajectoryFormat = {
  name: 'opencode',
  unit: 'file',
  recognises: (head) =>
    /^\s*\{\s*"info"\s*:\s*\{/.test(head) &&
    /"messages"\s*:\s*\[\s*(?:\]|\{\s*"(?:info|parts)"\s*:)/.test(head) &&
    // Published sessions may have their ids taken out.
    (/"id"\s*:\s*"ses/.test(head) || mentionsKeys(head, 'directory', 'parts') || mentionsKeys(head, 'projectID')),
  parse: readExport,
};

function readExport(text: string, place: Place): readonly StudyTrajectory[] {
  const whole = objectOf(JSON.parse(text));
  const builder = createBuilder();
  let model: string | undefined;
  for (const [position, message] of objectsOf(whole.messages).entries()) {
    const info = objectOf(message.info);
    const parts = objectsOf(message.parts);
    const at = isoTime(objectOf(info.time).completed ?? objectOf(info.time).created);
    if (info.role === 'user') {
      builder.addUser(parts.filter(isOfPerson).map(textOf), at);
    } else {
      model ??= stringOf(info.modelID);
      readAnswer(parts, builder, `message ${position}`, at);
      addUsage(info, builder, stringOf(info.modelID));
      if (objectOf(info.error).name === 'MessageAbortedError') builder.addInterrupt();
    }
  }
  const info = objectOf(whole.info);
  return [
    builder.build(place, {
      agent: 'opencode',
      id: idOf(info.id),
      model,
      cwd: stringOf(info.directory),
      repository: stringOf(info.projectID),
    }),
  ];
}

/** What was typed or pasted; files that the program read for a mention are marked as synthetic, or are not pictures. */
function isOfPerson(part: JsonObject): boolean {
  if (part.synthetic === true || part.ignored === true) return false;
  return part.type === 'text' || (part.type === 'file' && /^image\//.test(String(part.mime)));
}

/** One message may hold several rounds, each opened by a `step-start` part. Calls are told apart by their place. */
function readAnswer(parts: readonly JsonObject[], builder: Builder, messageId: string, at: string | undefined): void {
  let round = 0;
  for (const [position, part] of parts.entries()) {
    if (part.type === 'step-start') round += 1;
    const key = `${messageId} ${round}`;
    if (part.type === 'text') builder.addAnswer({ key, at, text: stringOf(part.text) });
    if (part.type === 'reasoning') builder.addAnswer({ key, at, reasoning: stringOf(part.text) });
    if (part.type !== 'tool') continue;
    const state = objectOf(part.state);
    const id = `${messageId} call ${position}`;
    builder.addAnswer({ key, at, calls: [{ id, name: String(part.tool), input: objectOf(state.input) }] });
    const hasFailed = state.status !== 'completed';
    const exitCode = numberOf(objectOf(state.metadata).exit);
    builder.addResult(id, {
      output: stringOf(state.output) ?? stringOf(state.error) ?? '',
      at: isoTime(objectOf(state.time).end),
      isError: hasFailed || (exitCode !== undefined && exitCode !== 0),
      images: pictureDataOf(state.attachments),
    });
  }
}

function addUsage(info: JsonObject, builder: Builder, model: string | undefined): void {
  const tokens = objectOf(info.tokens);
  const cache = objectOf(tokens.cache);
  if (numberOf(tokens.output) === undefined) return;
  const cached = numberOf(cache.read) ?? 0;
  builder.addUsage({
    inputTokens: (numberOf(tokens.input) ?? 0) + cached + (numberOf(cache.write) ?? 0),
    cachedInputTokens: cached,
    outputTokens: (numberOf(tokens.output) ?? 0) + (numberOf(tokens.reasoning) ?? 0),
    // A price that opencode does not know is written as 0.
    costUsd: numberOf(info.cost) || null,
    model,
  });
}

function isoTime(value: unknown): string | undefined {
  const ms = numberOf(value);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
