import type { ErrorKind } from '../../core/error-kind.ts';
import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import {
  argumentsOf,
  idOf,
  numberOf,
  type OnBrokenLine,
  objectOf,
  objectsOf,
  parseLines,
  peekLines,
  pictureDataOf,
  stringOf,
  textOf,
} from './shared/json-fields.ts';

/** Copilot CLI's event files (`~/.copilot/session-state/ID/events.jsonl`): lines of `{ type: "assistant.message", data, timestamp }`. */
export const copilotFormat: TrajectoryFormat = {
  name: 'copilot-cli',
  unit: 'file',
  recognises: (head) =>
    peekLines(head).some(
      (line) =>
        /^(?:session\.start|session\.resume|user\.message|assistant\.(?:message|turn_start)|tool\.execution_start)$/.test(
          String(line.type),
        ) && typeof line.data === 'object',
    ),
  parse: readEvents,
};

type Seen = {
  id?: string;
  model?: string;
  cwd?: string;
  repository?: string;
};

function readEvents(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const builder = createBuilder();
  const seen: Seen = {};
  for (const line of parseLines(text, onBroken)) {
    readEvent(String(line.type), objectOf(line.data), builder, seen, stringOf(line.timestamp));
  }
  return [builder.build(place, { agent: 'Copilot CLI', ...seen })];
}

function readEvent(type: string, data: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  // What a subagent says and does belongs to the call that started it.
  if (typeof data.parentToolCallId === 'string') return;
  switch (type) {
    case 'session.start':
    case 'session.resume':
      readStart(data, seen);
      break;
    case 'session.model_change':
      chooseModel(stringOf(data.newModel), seen);
      break;
    case 'system.message':
      readInstructions(stringOf(data.content) ?? '', builder);
      break;
    case 'user.message':
      readUser(data, builder, at);
      break;
    case 'assistant.message':
      readAnswer(data, builder, seen, at);
      break;
    case 'tool.execution_complete':
      readResult(data, builder, at);
      break;
    case 'abort':
      builder.addInterrupt();
      break;
    case 'session.shutdown':
      readTotals(objectOf(data.modelMetrics), builder);
      break;
  }
}

function readStart(data: JsonObject, seen: Seen): void {
  const context = objectOf(data.context);
  const cwd = stringOf(context.cwd);
  const repository = stringOf(context.repository) ?? stringOf(context.gitRoot);
  const id = idOf(data.sessionId);
  chooseModel(stringOf(data.selectedModel), seen);
  if (id !== undefined) seen.id ??= id;
  if (cwd !== undefined) seen.cwd ??= cwd;
  if (repository !== undefined) seen.repository ??= repository;
}

function chooseModel(model: string | undefined, seen: Seen): void {
  if (model !== undefined) seen.model ??= model;
}

/** The repository's own instruction files are in the system prompt. */
function readInstructions(system: string, builder: Builder): void {
  for (const [, text] of system.matchAll(/<custom_instruction>\s*([\s\S]*?)\s*<\/custom_instruction>/g))
    builder.addInstructions('AGENTS.md', text!);
}

/** `content` is what was typed; the program's additions are in `transformedContent`. A `source` is another author. */
function readUser(data: JsonObject, builder: Builder, at: string | undefined): void {
  const source = stringOf(data.source) ?? 'user';
  if (!/^(?:user|human|immediate-prompt)$/i.test(source)) return;
  const images = objectsOf(data.attachments).filter((one) => /image/i.test(`${one.type} ${one.mimeType ?? ''}`));
  builder.addUser([textOf(data.content), ...images.map(() => '[image]')], at);
}

function readAnswer(data: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  chooseModel(stringOf(data.model), seen);
  builder.addAnswer({
    key: idOf(data.messageId),
    at,
    text: textOf(data.content),
    reasoning: stringOf(data.reasoningText),
    calls: objectsOf(data.toolRequests).map((call) => ({
      id: String(call.toolCallId),
      name: String(call.name),
      input: argumentsOf(call.arguments),
    })),
  });
}

function readResult(data: JsonObject, builder: Builder, at: string | undefined): void {
  const result = objectOf(data.result);
  const fault = objectOf(data.error);
  const output =
    textOf(result.content ?? result.contents) || (stringOf(result.detailedContent) ?? textOf(fault.message));
  const errorKind = kindOf(String(fault.code ?? ''));
  builder.addResult(String(data.toolCallId), {
    output: output || (stringOf(fault.message) ?? ''),
    at,
    isError: data.success === false || hasFailed(output),
    images: pictureDataOf(result.contents),
    ...(errorKind !== undefined && { errorKind }),
  });
}

function kindOf(code: string): ErrorKind | undefined {
  if (/^(?:rejected|denied)/i.test(code)) return 'denied';
  return /^(?:aborted|cancell?ed)/i.test(code) ? 'aborted' : undefined;
}

/** A shell call succeeds as a call whatever its command came to; the exit code is at the end of the output. */
function hasFailed(output: string): boolean {
  const exit = /<(?:shellId: \S+ completed|command exited|exited|completed) with exit code (-?\d+)>\s*$/.exec(output);
  return exit !== null && exit[1] !== '0';
}

/** What each model used, with the requests' cost in tokens only. */
function readTotals(metrics: JsonObject, builder: Builder): void {
  for (const [model, value] of Object.entries(metrics)) {
    const usage = objectOf(objectOf(value).usage);
    const output = numberOf(usage.outputTokens);
    if (output === undefined) continue;
    builder.addUsage({
      model,
      inputTokens: numberOf(usage.inputTokens) ?? 0,
      cachedInputTokens: numberOf(usage.cacheReadTokens) ?? 0,
      outputTokens: output,
      costUsd: null,
    });
  }
}
