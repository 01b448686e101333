import type { JsonObject, Usage } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './builder.ts';
import { numberOf, objectOf, objectsOf, stringOf } from './json.ts';

/** `opencode export ID`: `{ info, messages: [{ info, parts }] }`, where a tool part holds call, state and output together. */
export const opencodeFormat: TrajectoryFormat = {
  name: 'opencode',
  unit: 'file',
  recognises: (head) =>
    /^\s*\{\s*"info"\s*:\s*\{/.test(head) &&
    /"messages"\s*:\s*\[\s*(?:\]|\{\s*"(?:info|parts)"\s*:)/.test(head) &&
    /"id"\s*:\s*"ses/.test(head),
  parse: readExport,
};

function readExport(text: string, place: Place): readonly StudyTrajectory[] {
  const whole = objectOf(JSON.parse(text));
  const builder = createBuilder();
  let model: string | undefined;
  for (const message of objectsOf(whole.messages)) {
    const info = objectOf(message.info);
    const parts = objectsOf(message.parts);
    const at = isoTime(objectOf(info.time).completed ?? objectOf(info.time).created);
    if (info.role === 'user') {
      const words = parts
        .filter((part) => part.type === 'text' && part.synthetic !== true)
        .map((part) => stringOf(part.text) ?? '');
      builder.addUser(words.join('\n'), at);
    } else {
      model ??= stringOf(info.modelID);
      readAnswer(parts, builder, String(info.id), at);
      addUsage(info, builder);
      if (objectOf(info.error).name === 'MessageAbortedError') builder.addInterrupt();
    }
  }
  const info = objectOf(whole.info);
  return [
    builder.build(place, {
      agent: 'opencode',
      id: stringOf(info.id),
      model,
      cwd: stringOf(info.directory),
      repository: stringOf(info.projectID),
    }),
  ];
}

/** One message may hold several rounds, each opened by a `step-start` part. */
function readAnswer(parts: readonly JsonObject[], builder: Builder, messageId: string, at: string | undefined): void {
  let round = 0;
  for (const part of parts) {
    if (part.type === 'step-start') round += 1;
    const key = `${messageId} ${round}`;
    if (part.type === 'text') builder.addAnswer({ key, at, text: stringOf(part.text) });
    if (part.type === 'reasoning') builder.addAnswer({ key, at, reasoning: stringOf(part.text) });
    if (part.type !== 'tool') continue;
    const state = objectOf(part.state);
    const id = String(part.callID);
    builder.addAnswer({ key, at, calls: [{ id, name: String(part.tool), input: objectOf(state.input) }] });
    const hasFailed = state.status !== 'completed';
    const exitCode = numberOf(objectOf(state.metadata).exit);
    builder.addResult(id, {
      output: stringOf(state.output) ?? stringOf(state.error) ?? '',
      at: isoTime(objectOf(state.time).end),
      isError: hasFailed || (exitCode !== undefined && exitCode !== 0),
    });
  }
}

function addUsage(info: JsonObject, builder: Builder): void {
  const tokens = objectOf(info.tokens);
  const cache = objectOf(tokens.cache);
  if (numberOf(tokens.output) === undefined) return;
  const cached = numberOf(cache.read) ?? 0;
  const usage: Usage = {
    inputTokens: (numberOf(tokens.input) ?? 0) + cached + (numberOf(cache.write) ?? 0),
    cachedInputTokens: cached,
    outputTokens: (numberOf(tokens.output) ?? 0) + (numberOf(tokens.reasoning) ?? 0),
    // A price that opencode does not know is written as 0.
    costUsd: numberOf(info.cost) || null,
  };
  builder.addUsage(usage);
}

function isoTime(value: unknown): string | undefined {
  const ms = numberOf(value);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
