import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { whyNotRun } from '../../observer/step/results/did-not-run.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder, type ResultParts } from './shared/builder.ts';
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

/**
 * Codex CLI's rollouts (`~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl`): `session_meta`, `turn_context`, `response_item` and
 * `event_msg` lines with a `payload`; the first versions wrote the response items bare.
 */
export const codexFormat: TrajectoryFormat = {
  name: 'codex',
  unit: 'file',
  recognises: (head) => {
    const lines = peekLines(head);
    return (
      lines.some(
        (line) => ['session_meta', 'response_item', 'event_msg'].includes(String(line.type)) && isObject(line.payload),
      ) ||
      (lines[0] !== undefined &&
        'instructions' in lines[0] &&
        lines.some((line) => line.type === 'function_call' && 'call_id' in line))
    );
  },
  parse: readRollout,
};

type Seen = {
  id?: string;
  model?: string;
  cwd?: string;
  repository?: string;
  turn: number;
  /** Totals of the last `token_count`, from which the next one counts on. */
  counted: Tokens;
  /** The person's words are in `user_message` events; without any they are taken from the items. */
  hasUserEvents: boolean;
};

type Tokens = { readonly input: number; readonly cached: number; readonly output: number };

function readRollout(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const builder = createBuilder();
  const seen: Seen = {
    turn: 0,
    counted: { input: 0, cached: 0, output: 0 },
    hasUserEvents: /"type"\s*:\s*"user_message"/.test(text),
  };
  for (const line of parseLines(text, onBroken)) {
    const at = stringOf(line.timestamp);
    const payload = isObject(line.payload) ? line.payload : line;
    if (line.type === 'session_meta' || 'instructions' in line) readMeta(payload, builder, seen);
    else if (line.type === 'turn_context') seen.model ||= stringOf(payload.model) ?? '';
    else if (line.type === 'event_msg') readEvent(payload, builder, seen, at);
    else readItem(payload, builder, seen, at);
  }
  return [
    builder.build(place, {
      agent: 'Codex CLI',
      id: seen.id,
      model: seen.model || undefined,
      cwd: seen.cwd,
      repository: seen.repository,
    }),
  ];
}

function readMeta(meta: JsonObject, builder: Builder, seen: Seen): void {
  const id = idOf(meta.id) ?? idOf(meta.session_id);
  builder.addInstructions('AGENTS.md', stringOf(meta.instructions) ?? '');
  seen.model ??= stringOf(meta.model) ?? '';
  const cwd = stringOf(meta.cwd);
  const repository = stringOf(objectOf(meta.git).repository_url);
  if (id !== undefined) seen.id ??= id;
  if (cwd !== undefined) seen.cwd ??= cwd;
  if (repository !== undefined) seen.repository ??= repository;
}

function readEvent(event: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (event.type === 'turn_aborted' && event.reason === 'interrupted') builder.addInterrupt();
  if (event.type === 'user_message') builder.addUser([stringOf(event.message) ?? '', ...imagesSaid(event)], at);
  if (event.type === 'token_count') countTokens(objectOf(objectOf(event.info).total_token_usage), builder, seen);
}

function imagesSaid(event: JsonObject): string[] {
  const images = [event.images, event.local_images].flatMap((list) => (Array.isArray(list) ? list : []));
  return images.map(() => '[image]');
}

/** Events state the totals of the session; the same totals may come again. What a turn added is what it cost. */
function countTokens(total: JsonObject, builder: Builder, seen: Seen): void {
  seen.turn += 1;
  const output = numberOf(total.output_tokens);
  if (output === undefined) return;
  const now = { input: numberOf(total.input_tokens) ?? 0, cached: numberOf(total.cached_input_tokens) ?? 0, output };
  const isNew = now.output < seen.counted.output || now.input < seen.counted.input;
  const before = isNew ? { input: 0, cached: 0, output: 0 } : seen.counted;
  seen.counted = now;
  builder.addUsage({
    inputTokens: now.input - before.input,
    cachedInputTokens: now.cached - before.cached,
    outputTokens: now.output - before.output,
    costUsd: null,
    model: seen.model || undefined,
  });
}

/** Items between two outputs or `token_count` events belong to one answer. */
function readItem(item: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  const key = `turn ${seen.turn}`;
  const callId = String(item.call_id ?? item.id);
  switch (item.type) {
    case 'message':
      if (item.role === 'assistant') builder.addAnswer({ key, at, text: textOf(item.content) });
      else if (item.role === 'user') readUserItem(item, builder, seen, at);
      return;
    case 'reasoning':
      builder.addAnswer({ key, at, reasoning: textOf(item.summary) || textOf(item.content) });
      return;
    case 'function_call':
      builder.addAnswer({
        key,
        at,
        calls: [{ id: callId, name: String(item.name), input: argumentsOf(item.arguments) }],
      });
      return;
    case 'custom_tool_call':
      builder.addAnswer({ key, at, calls: [{ id: callId, name: String(item.name), input: { input: item.input } }] });
      return;
    case 'web_search_call':
      // The provider searches by itself: the call is known, what it found is not.
      builder.addAnswer({ key, at, calls: [{ id: callId, name: 'web_search', input: objectOf(item.action) }] });
      builder.addResult(callId, { output: '', isError: item.status === 'failed', at });
      return;
    case 'tool_search_call':
      builder.addAnswer({ key, at, calls: [{ id: callId, name: 'tool_search', input: argumentsOf(item.arguments) }] });
      return;
    case 'tool_search_output':
      seen.turn += 1;
      builder.addResult(callId, { output: namesOf(item.tools).join('\n'), isError: item.status === 'failed', at });
      return;
    case 'local_shell_call':
      builder.addAnswer({ key, at, calls: [{ id: callId, name: 'local_shell', input: objectOf(item.action) }] });
      return;
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      seen.turn += 1;
      builder.addResult(callId, { ...readOutput(item.output), at });
  }
}

/** The names of the tools that a search found, groups before what is in them. */
function namesOf(tools: unknown): string[] {
  return objectsOf(tools)
    .flatMap((tool) => [stringOf(tool.name) ?? '', ...namesOf(tool.tools)])
    .filter(Boolean);
}

const instructionFile =
  /^# (\S+\.md) instructions(?: for ([^\n]+))?\s*\n+<INSTRUCTIONS>\s*([\s\S]*?)\s*<\/INSTRUCTIONS>/i;
const oldInstructions = /^\s*<user_instructions>\s*([\s\S]*?)\s*<\/user_instructions>/;

/** In items the person's words are among texts of the program itself: its surroundings, instruction files, aborted turns. */
function readUserItem(item: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  const pieces = (Array.isArray(item.content) ? item.content : [item.content]).map(textOf);
  for (const piece of pieces) {
    const file = instructionFile.exec(piece);
    const text = file?.[3] ?? oldInstructions.exec(piece)?.[1];
    if (text !== undefined) builder.addInstructions(file?.[1] ?? 'AGENTS.md', text);
  }
  if (!seen.hasUserEvents) builder.addUser(pieces, at);
}

/** Outputs come as text, as JSON text with `output` and `metadata.exit_code`, or as `{ content, success }`. */
function readOutput(output: unknown): ResultParts {
  if (isObject(output)) return { output: textOf(output.content ?? output), isError: output.success === false };
  const images = pictureDataOf(output);
  const text = Array.isArray(output) ? textOf(objectsOf(output)) : (stringOf(output) ?? '');
  const parsed = text.startsWith('{') ? parseJson(text) : undefined;
  if (isObject(parsed) && typeof parsed.output === 'string') {
    const exitCode = numberOf(objectOf(parsed.metadata).exit_code);
    return { output: parsed.output, isError: exitCode !== undefined && exitCode !== 0 };
  }
  const exit = /^(?:Exit code: |Process exited with code |exited with code )(-?\d+)/m.exec(text.slice(0, 400));
  if (/^aborted by user/i.test(text)) return { output: text, isError: true, errorKind: 'aborted' };
  const hasFailed =
    exit !== null
      ? exit[1] !== '0'
      : whyNotRun(text) !== undefined ||
        /^(?:execution error|failed to parse|unsupported call|apply_patch verification failed)/i.test(text);
  return { output: text, isError: hasFailed, images };
}
