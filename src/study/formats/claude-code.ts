import type { JsonObject, Outcome } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { createQueue, type Queue } from './claude-queue.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import type { AnswerUsage } from './shared/cost.ts';
import {
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

/**
 * Claude Code's session files (below `~/.claude/projects`): a line a message piece, with `uuid`, `sessionId` and the
 * Messages API's own `message`. An answer of several blocks is written as several lines with the same `message.id`.
 */
export const claudeCodeFormat: TrajectoryFormat = {
  name: 'claude-code',
  unit: 'file',
  recognises: (head) =>
    peekLines(head).some(
      (line) =>
        isMessage(line) && 'sessionId' in line && ('uuid' in line || 'parentUuid' in line || 'isSidechain' in line),
    ),
  parse: readClaudeLines,
};

/** `claude -p --output-format stream-json`: the same messages between a `system`/`init` line and a `result` line. */
export const claudeStreamFormat: TrajectoryFormat = {
  name: 'claude-stream-json',
  unit: 'file',
  recognises: (head) => peekLines(head).some((line) => isMessage(line) && 'session_id' in line),
  parse: readClaudeLines,
};

function isMessage(line: JsonObject): boolean {
  return (line.type === 'user' || line.type === 'assistant') && 'message' in line;
}

type Seen = {
  id?: string;
  model?: string;
  cwd?: string;
  outcome?: Outcome;
  sidechain?: boolean;
  /** Lines that were read: a resumed session repeats them. */
  uuids: Set<string>;
  /** The usage of each answer; every line of one answer states it anew, the last one in full. */
  usages: Map<string, AnswerUsage>;
  hasTotals: boolean;
  queue: Queue;
};

function readClaudeLines(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const builder = createBuilder();
  const seen: Seen = { uuids: new Set(), usages: new Map(), hasTotals: false, queue: createQueue() };
  for (const line of parseLines(text, onBroken)) if (!isRepeated(line, seen)) readLine(line, builder, seen);
  if (!seen.hasTotals) for (const usage of seen.usages.values()) builder.addUsage(usage);
  return [
    builder.build(place, {
      agent: 'Claude Code',
      id: seen.id,
      model: seen.model,
      cwd: seen.cwd,
      outcome: seen.outcome,
    }),
  ];
}

function isRepeated(line: JsonObject, seen: Seen): boolean {
  const uuid = idOf(line.uuid);
  if (uuid === undefined) return false;
  const isKnown = seen.uuids.has(uuid);
  seen.uuids.add(uuid);
  return isKnown;
}

function readLine(line: JsonObject, builder: Builder, seen: Seen): void {
  const cwd = stringOf(line.cwd);
  if (cwd !== undefined) seen.cwd ??= cwd;
  const at = stringOf(line.timestamp);
  if (line.type === 'result') readResult(line, builder, seen);
  if (line.type === 'queue-operation') seen.queue.operate(stringOf(line.operation), textOf(line.content));
  if (line.type === 'attachment') readAttachment(objectOf(line.attachment), builder, seen, at);
  if (!isMessage(line) || belongsToSubagent(line, seen)) return;
  const id = idOf(line.sessionId) ?? idOf(line.session_id);
  if (id !== undefined) seen.id ??= id;
  const message = objectOf(line.message);
  if (line.type === 'assistant') readAnswer(line, message, builder, seen, at);
  else if (isOfPerson(line)) readUser(message, builder, seen, at);
  else readResults(message, builder, at);
}

/** Lines that the program wrote in the user's role say so. */
function isOfPerson(line: JsonObject): boolean {
  const origin = stringOf(objectOf(line.origin).kind) ?? 'human';
  return (
    line.isMeta !== true &&
    line.isCompactSummary !== true &&
    line.isSynthetic !== true &&
    line.isVisibleInTranscriptOnly !== true &&
    /^(?:human|user|keyboard|prompt)$/i.test(origin)
  );
}

/** A file whose first message is a subagent's is that subagent's own; elsewhere subagents' lines are left out. */
function belongsToSubagent(line: JsonObject, seen: Seen): boolean {
  const isSidechain = line.isSidechain === true || typeof line.parent_tool_use_id === 'string';
  seen.sidechain ??= isSidechain;
  return isSidechain !== seen.sidechain;
}

/** What was added to the conversation: messages that came while the model was at work, and instruction files of folders. */
function readAttachment(attachment: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (attachment.type === 'nested_memory') {
    const content = objectOf(attachment.content);
    const source = stringOf(content.path) ?? stringOf(attachment.path) ?? 'CLAUDE.md';
    builder.addInstructions(source, stringOf(content.content) ?? '');
  }
  const mode = stringOf(attachment.commandMode) ?? 'prompt';
  if (attachment.type === 'queued_command' && mode === 'prompt' && isOfPerson(attachment))
    addWords(textOf(attachment.prompt), builder, seen, at);
}

function readAnswer(line: JsonObject, message: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (line.isApiErrorMessage === true) return;
  for (const words of seen.queue.takeGiven()) builder.addUser(words, at);
  const model = stringOf(message.model);
  if (model !== undefined && model !== '<synthetic>') seen.model ??= model;
  const blocks = objectsOf(message.content);
  const key = idOf(message.id);
  builder.addAnswer({
    key,
    at,
    text:
      typeof message.content === 'string' ? message.content : textOf(blocks.filter((block) => block.type === 'text')),
    reasoning: blocks
      .map((block) => stringOf(block.thinking) ?? '')
      .filter(Boolean)
      .join('\n'),
    calls: blocks
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ id: String(block.id), name: String(block.name), input: objectOf(block.input) })),
  });
  const usage = usageOf(objectOf(message.usage), model);
  if (usage !== undefined) seen.usages.set(key ?? `answer ${seen.usages.size}`, usage);
}

function usageOf(usage: JsonObject, model: string | undefined): AnswerUsage | undefined {
  const output = numberOf(usage.output_tokens);
  if (output === undefined || model === '<synthetic>') return undefined;
  const cached = numberOf(usage.cache_read_input_tokens) ?? 0;
  const written = numberOf(usage.cache_creation_input_tokens) ?? 0;
  const hour = Math.min(written, numberOf(objectOf(usage.cache_creation).ephemeral_1h_input_tokens) ?? 0);
  return {
    inputTokens: (numberOf(usage.input_tokens) ?? 0) + cached + written,
    cachedInputTokens: cached,
    outputTokens: output,
    costUsd: null,
    model,
    cacheWrites: { fiveMinutes: written - hour, hour },
  };
}

function readUser(message: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  readResults(message, builder, at);
  if (typeof message.content === 'string') addWords(message.content, builder, seen, at);
  const blocks = objectsOf(message.content).filter((block) => block.type !== 'tool_result');
  const texts = blocks.map(textOf);
  if (texts.some(isInterrupt)) builder.addInterrupt();
  for (const text of texts) seen.queue.meet(text);
  const pieces = texts.filter((text) => !isInterrupt(text));
  if (pieces.length > 0) builder.addUser(pieces, at);
}

function readResults(message: JsonObject, builder: Builder, at: string | undefined): void {
  for (const block of objectsOf(message.content)) {
    if (block.type !== 'tool_result') continue;
    builder.addResult(String(block.tool_use_id), {
      output: textOf(block.content),
      at,
      isError: block.is_error === true,
      images: pictureDataOf(block.content),
    });
  }
}

function isInterrupt(text: string): boolean {
  return text.startsWith('[Request interrupted by user');
}

function addWords(text: string, builder: Builder, seen: Seen, at: string | undefined): void {
  seen.queue.meet(text);
  if (isInterrupt(text)) builder.addInterrupt();
  else builder.addUser(text, at);
}

const outcomes: Readonly<Record<string, Outcome>> = {
  success: 'done',
  error_max_turns: 'turn-limit',
  error_max_budget_usd: 'budget',
};

function readResult(line: JsonObject, builder: Builder, seen: Seen): void {
  seen.outcome =
    line.is_error === true && line.subtype === 'success' ? 'error' : (outcomes[String(line.subtype)] ?? 'error');
  const usage = objectOf(line.usage);
  const cached = numberOf(usage.cache_read_input_tokens) ?? 0;
  if (numberOf(usage.output_tokens) === undefined) return;
  seen.hasTotals = true;
  builder.setUsage({
    inputTokens: (numberOf(usage.input_tokens) ?? 0) + cached + (numberOf(usage.cache_creation_input_tokens) ?? 0),
    cachedInputTokens: cached,
    outputTokens: numberOf(usage.output_tokens) ?? 0,
    costUsd: numberOf(line.total_cost_usd) ?? null,
  });
}
