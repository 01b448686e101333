import { isObject, parseJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder, type ResultParts } from './builder.ts';
import {
  argumentsOf,
  numberOf,
  type OnBrokenLine,
  objectOf,
  objectsOf,
  parseLines,
  peekLines,
  stringOf,
  textOf,
} from './json.ts';

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
  /** The person's words stand in `user_message` events; without any they are taken from the items. */
  hasUserEvents: boolean;
};

function readRollout(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const builder = createBuilder();
  const seen: Seen = { turn: 0, hasUserEvents: /"type"\s*:\s*"user_message"/.test(text) };
  for (const line of parseLines(text, onBroken)) {
    const at = stringOf(line.timestamp);
    const payload = isObject(line.payload) ? line.payload : line;
    if (line.type === 'session_meta' || 'instructions' in line) readMeta(payload, seen);
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

function readMeta(meta: JsonObject, seen: Seen): void {
  const id = stringOf(meta.id) ?? stringOf(meta.session_id);
  seen.model ??= stringOf(meta.model) ?? '';
  const cwd = stringOf(meta.cwd);
  const repository = stringOf(objectOf(meta.git).repository_url);
  if (id !== undefined) seen.id ??= id;
  if (cwd !== undefined) seen.cwd ??= cwd;
  if (repository !== undefined) seen.repository ??= repository;
}

function readEvent(event: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (event.type === 'turn_aborted' && event.reason === 'interrupted') builder.addInterrupt();
  if (event.type === 'user_message') builder.addUser(stringOf(event.message) ?? '', at);
  if (event.type !== 'token_count') return;
  seen.turn += 1;
  const total = objectOf(objectOf(event.info).total_token_usage);
  if (numberOf(total.output_tokens) === undefined) return;
  builder.setUsage({
    inputTokens: numberOf(total.input_tokens) ?? 0,
    cachedInputTokens: numberOf(total.cached_input_tokens) ?? 0,
    outputTokens: numberOf(total.output_tokens) ?? 0,
    costUsd: null,
  });
}

/** Items between two outputs or `token_count` events belong to one answer. */
function readItem(item: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  const key = `turn ${seen.turn}`;
  const callId = String(item.call_id ?? item.id);
  switch (item.type) {
    case 'message':
      if (item.role === 'assistant') builder.addAnswer({ key, at, text: textOf(item.content) });
      else if (item.role === 'user' && !seen.hasUserEvents) addItemWords(textOf(item.content), builder, at);
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

/** In items the person's words stand among texts of the program itself: its surroundings, its instructions, aborted turns. */
function addItemWords(text: string, builder: Builder, at: string | undefined): void {
  const isProgram = /^\s*(?:<(?:environment_context|user_instructions|turn_aborted|permissions|skill)\b|# AGENTS\.md)/;
  if (!isProgram.test(text)) builder.addUser(text, at);
}

/** Outputs come as text, as JSON text with `output` and `metadata.exit_code`, or as `{ content, success }`. */
function readOutput(output: unknown): ResultParts {
  if (isObject(output)) return { output: textOf(output.content ?? output), isError: output.success === false };
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
      : /^(?:execution error|failed to parse|unsupported call|apply_patch verification failed)/i.test(text);
  return { output: text, isError: hasFailed };
}
