import type { JsonObject } from '../../core/types.ts';
import type { TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import { argumentsOf, numberOf, objectOf, objectsOf, stringOf, textOf } from './shared/json-fields.ts';

/** The Agent Trajectory Interchange Format of harbor, versions 1.x: `schema_version: "ATIF-v1.x"`, steps with a `source`. */
export const atifFormat: TrajectoryFormat = {
  name: 'atif',
  unit: 'file',
  recognises: (head) => /"schema_version"\s*:\s*"ATIF-v\d/.test(head),
  parse: (text, place) => {
    const whole = objectOf(JSON.parse(text));
    const agent = objectOf(whole.agent);
    const builder = createBuilder();
    for (const step of objectsOf(whole.steps)) readStep(step, builder);
    addTotals(objectOf(whole.final_metrics), builder);
    return [
      builder.build(place, {
        agent: stringOf(agent.name) ?? 'unknown',
        id: stringOf(whole.session_id) ?? stringOf(whole.trajectory_id),
        model: stringOf(agent.model_name) ?? undefined,
      }),
    ];
  },
};

function readStep(step: JsonObject, builder: Builder): void {
  const at = stringOf(step.timestamp);
  if (step.source === 'user') builder.addUser(textOf(step.message), at);
  // A continuation repeats the steps of the trajectory before it; they are counted there.
  if (step.source !== 'agent' || step.is_copied_context === true) return;
  const calls = objectsOf(step.tool_calls).map((call) => ({
    id: `${String(step.step_id)} ${String(call.tool_call_id)}`,
    name: String(call.function_name),
    input: argumentsOf(call.arguments),
  }));
  builder.addAnswer({ at, text: textOf(step.message), reasoning: stringOf(step.reasoning_content), calls });
  objectsOf(objectOf(step.observation).results).forEach((result, position) => {
    const id =
      result.source_call_id == null ? calls[position]?.id : `${String(step.step_id)} ${String(result.source_call_id)}`;
    if (id !== undefined)
      builder.addResult(id, { output: textOf(result.content), isError: saysFailed(objectOf(result.extra)), at });
  });
  addMetrics(objectOf(step.metrics), builder);
}

/** The format has no failure flag of its own; converters put one under `extra`. */
function saysFailed(extra: JsonObject): boolean {
  const exitCode = numberOf(extra.exit_code) ?? numberOf(extra.returncode);
  return extra.is_error === true || extra.success === false || (exitCode !== undefined && exitCode !== 0);
}

function addMetrics(metrics: JsonObject, builder: Builder): void {
  const output = numberOf(metrics.completion_tokens);
  if (output === undefined) return;
  builder.addUsage({
    inputTokens: numberOf(metrics.prompt_tokens) ?? 0,
    cachedInputTokens: numberOf(metrics.cached_tokens) ?? 0,
    outputTokens: output,
    costUsd: numberOf(metrics.cost_usd) ?? null,
  });
}

function addTotals(metrics: JsonObject, builder: Builder): void {
  const output = numberOf(metrics.total_completion_tokens);
  if (output === undefined) return;
  builder.setUsage({
    inputTokens: numberOf(metrics.total_prompt_tokens) ?? 0,
    cachedInputTokens: numberOf(metrics.total_cached_tokens) ?? 0,
    outputTokens: output,
    costUsd: numberOf(metrics.total_cost_usd) ?? null,
  });
}
