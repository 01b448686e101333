import type { JsonObject, Outcome } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import { numberOf, objectOf, objectsOf, stringOf, textOf } from './shared/json-fields.ts';

/**
 * mini-swe-agent's `.traj.json`: `info` and `messages`. Version 1 acts by one fenced bash block an answer and gets the result as a
 * user message; version 2 by tool calls, with parsed `actions` and the `returncode` under `extra`.
 */
export const miniSweAgentFormat: TrajectoryFormat = {
  name: 'mini-swe-agent',
  unit: 'file',
  recognises: (head, file) =>
    /^\s*\{/.test(head) &&
    !/"trajectory"\s*:\s*\[/.test(head) &&
    (/"(?:mini_version|trajectory_format)"\s*:/.test(head) ||
      (/\.traj\.json/.test(file) && /"messages"\s*:\s*\[/.test(head))),
  parse: readTraj,
};

function readTraj(text: string, place: Place): readonly StudyTrajectory[] {
  const whole = objectOf(JSON.parse(text));
  const builder = createBuilder();
  const state: State = { waiting: [], answers: 0 };
  for (const message of objectsOf(whole.messages)) readMessage(message, builder, state);
  const info = objectOf(whole.info);
  const config = objectOf(info.config);
  const model = stringOf(objectOf(config.model).model_name);
  const cost = numberOf(objectOf(info.model_stats).instance_cost);
  if (state.tokens) builder.setUsage({ ...state.tokens, costUsd: cost || null });
  const cwd = stringOf(objectOf(config.environment).cwd);
  const outcome = outcomeOf(stringOf(info.exit_status));
  return [builder.build(place, { agent: 'mini-swe-agent', id: stringOf(whole.instance_id), model, cwd, outcome })];
}

type State = {
  /** Calls that have no result yet, in their order. */
  waiting: string[];
  answers: number;
  tokens?: { inputTokens: number; cachedInputTokens: number; outputTokens: number };
};

function readMessage(message: JsonObject, builder: Builder, state: State): void {
  const extra = objectOf(message.extra);
  if (message.role === 'assistant') {
    readAnswer(message, extra, builder, state);
    return;
  }
  const call = stringOf(message.tool_call_id) ?? (message.role === 'user' ? state.waiting[0] : undefined);
  if (call !== undefined) {
    state.waiting = state.waiting.filter((id) => id !== call);
    builder.addResult(call, readOutput(message, extra));
  } else if (message.role === 'user') builder.addUser(textOf(message.content));
}

function readAnswer(message: JsonObject, extra: JsonObject, builder: Builder, state: State): void {
  const text = textOf(message.content);
  state.answers += 1;
  const calls = readCalls(message, extra, text, state.answers);
  state.waiting = calls.map((call) => call.id);
  builder.addAnswer({ text, reasoning: stringOf(message.reasoning_content), calls });
  addTokens(objectOf(objectOf(extra.response).usage), state);
}

function readCalls(message: JsonObject, extra: JsonObject, text: string, answer: number) {
  const actions = objectsOf(extra.actions);
  if (actions.length > 0) {
    return actions.map((action, position) => ({
      id: stringOf(action.tool_call_id) ?? `${answer}.${position}`,
      name: 'bash',
      input: { command: stringOf(action.command) ?? stringOf(action.action) ?? '' },
    }));
  }
  const blocks = [...text.matchAll(/```(?:bash|mswea_bash_command)\s*\n([\s\S]*?)\n```/g)];
  const command = blocks.length === 1 ? blocks[0]?.[1] : undefined;
  const sent = objectsOf(message.tool_calls)[0];
  // An answer without exactly one action is answered with a format error: a malformed call.
  const input =
    command !== undefined
      ? { command: command.trim() }
      : { raw: JSON.stringify(objectOf(sent?.function).arguments ?? '') };
  return [{ id: `${answer}.0`, name: 'bash', input }];
}

function readOutput(message: JsonObject, extra: JsonObject) {
  const text = textOf(message.content);
  const inText = /<returncode>\s*(-?\d+)/.exec(text.slice(0, 2000))?.[1];
  const code = numberOf(extra.returncode) ?? (inText === undefined ? undefined : Number(inText));
  const output = stringOf(extra.raw_output) ?? /<output>\n?([\s\S]*?)\n?<\/output>/.exec(text)?.[1] ?? text;
  if (/timed out and has been killed/.test(text)) return { output, isError: true, errorKind: 'timeout' as const };
  const isFormatError =
    extra.interrupt_type === 'FormatError' ||
    (code === undefined && /EXACTLY ONE action|format error|No tool calls found/i.test(text));
  if (isFormatError) return { output: text, isError: true, errorKind: 'bad-arguments' as const };
  return { output, isError: code !== undefined && code !== 0 };
}

function addTokens(usage: JsonObject, state: State): void {
  const output = numberOf(usage.completion_tokens);
  if (output === undefined) return;
  state.tokens ??= { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
  state.tokens.inputTokens += numberOf(usage.prompt_tokens) ?? 0;
  state.tokens.cachedInputTokens += numberOf(objectOf(usage.prompt_tokens_details).cached_tokens) ?? 0;
  state.tokens.outputTokens += output;
}

function outcomeOf(status: string | undefined): Outcome | undefined {
  if (status === undefined || status === '') return undefined;
  if (status === 'Submitted') return 'done';
  return status === 'LimitsExceeded' ? 'budget' : 'error';
}
