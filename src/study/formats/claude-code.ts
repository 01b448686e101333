import type { JsonObject, Outcome } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './builder.ts';
import { numberOf, type OnBrokenLine, objectOf, objectsOf, parseLines, peekLines, stringOf, textOf } from './json.ts';

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
  usages: Map<string, JsonObject>;
  hasTotals: boolean;
};

function readClaudeLines(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const builder = createBuilder();
  const seen: Seen = { uuids: new Set(), usages: new Map(), hasTotals: false };
  for (const line of parseLines(text, onBroken)) if (!isRepeated(line, seen)) readLine(line, builder, seen);
  if (!seen.hasTotals) for (const usage of seen.usages.values()) addUsage(usage, builder);
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
  const uuid = stringOf(line.uuid);
  if (uuid === undefined) return false;
  const isKnown = seen.uuids.has(uuid);
  seen.uuids.add(uuid);
  return isKnown;
}

function readLine(line: JsonObject, builder: Builder, seen: Seen): void {
  const cwd = stringOf(line.cwd);
  if (cwd !== undefined) seen.cwd ??= cwd;
  if (line.type === 'result') readResult(line, builder, seen);
  if (!isMessage(line) || belongsToSubagent(line, seen)) return;
  const id = stringOf(line.sessionId) ?? stringOf(line.session_id);
  if (id !== undefined) seen.id ??= id;
  const at = stringOf(line.timestamp);
  const message = objectOf(line.message);
  if (line.type === 'assistant') readAnswer(line, message, builder, seen, at);
  else if (line.isMeta !== true && line.isCompactSummary !== true) readUser(message, builder, at);
}

/** A file whose first message is a subagent's is that subagent's own; elsewhere subagents' lines are left out. */
function belongsToSubagent(line: JsonObject, seen: Seen): boolean {
  const isSidechain = line.isSidechain === true || typeof line.parent_tool_use_id === 'string';
  seen.sidechain ??= isSidechain;
  return isSidechain !== seen.sidechain;
}

function readAnswer(line: JsonObject, message: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (line.isApiErrorMessage === true) return;
  const model = stringOf(message.model);
  if (model !== undefined && model !== '<synthetic>') seen.model ??= model;
  const blocks = objectsOf(message.content);
  const key = stringOf(message.id);
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
  seen.usages.set(key ?? `answer ${seen.usages.size}`, objectOf(message.usage));
}

function addUsage(usage: JsonObject, builder: Builder): void {
  const output = numberOf(usage.output_tokens);
  if (output === undefined) return;
  const cached = numberOf(usage.cache_read_input_tokens) ?? 0;
  const input = (numberOf(usage.input_tokens) ?? 0) + cached + (numberOf(usage.cache_creation_input_tokens) ?? 0);
  builder.addUsage({ inputTokens: input, cachedInputTokens: cached, outputTokens: output, costUsd: null });
}

function readUser(message: JsonObject, builder: Builder, at: string | undefined): void {
  if (typeof message.content === 'string') addWords(message.content, builder, at);
  for (const block of objectsOf(message.content)) {
    if (block.type === 'tool_result') {
      const output = textOf(block.content);
      const isDenied = output.startsWith("The user doesn't want to");
      builder.addResult(String(block.tool_use_id), {
        output,
        at,
        isError: block.is_error === true,
        ...(isDenied && { errorKind: 'denied' as const }),
      });
    } else if (block.type === 'text') addWords(textOf(block), builder, at);
  }
}

const programText = /^\s*<(?:command-name|command-message|local-command-|bash-input|bash-std|system-reminder)/;

/** Lines of the program itself (slash commands, their output, reminders) stand in user messages too and are nobody's words. */
function addWords(text: string, builder: Builder, at: string | undefined): void {
  if (text.startsWith('[Request interrupted by user')) builder.addInterrupt();
  else if (!programText.test(text)) builder.addUser(text, at);
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
