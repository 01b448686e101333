import type { JsonObject } from '../../core/types.ts';
import type { Builder } from './shared/builder.ts';
import { argumentsOf, numberOf, objectOf, objectsOf, stringOf, textOf } from './shared/json-fields.ts';

/** Events that are no act of the agent. */
const housekeeping = new Set([
  'system',
  'recall',
  'condensation',
  'condensation_request',
  'change_agent_state',
  'agent_state_changed',
  'null',
  'start',
  'loop_recovery',
]);
/** Arguments that say how an action runs, not what it does. */
const runArguments = new Set([
  'thought',
  'blocking',
  'hidden',
  'confirmation_state',
  'security_risk',
  'impl_source',
  'translated_ipython_code',
  'is_static',
  'is_input',
  'wait_for_response',
  'keep_prompt',
]);

type Seen = { lastCall?: string };

/** An event of OpenHands before version 1: `action` with `args`, or `observation` with `content` and `extras`. */
export function readAgentEvent(event: JsonObject, builder: Builder, seen: Seen): void {
  const at = stringOf(event.timestamp);
  readMetrics(objectOf(event.llm_metrics), builder);
  if (typeof event.observation === 'string') readObservation(event, builder, seen, at);
  else if (typeof event.action === 'string' && !housekeeping.has(event.action)) {
    readActed(event, event.action, builder, seen, at);
  }
}

function readActed(event: JsonObject, action: string, builder: Builder, seen: Seen, at: string | undefined): void {
  const input = objectOf(event.args);
  if (action === 'message') {
    const words = stringOf(input.content) ?? stringOf(event.message) ?? '';
    if (event.source === 'user') builder.addUser(words, at);
    else builder.addAnswer({ at, text: words });
    return;
  }
  const metadata = objectOf(event.tool_call_metadata);
  const id = stringOf(metadata.tool_call_id) ?? `event ${String(event.id ?? `after ${seen.lastCall}`)}`;
  seen.lastCall = id;
  const isTool = action === 'mcp' || action === 'call_tool_mcp';
  builder.addAnswer({
    at,
    key: stringOf(objectOf(metadata.model_response).id),
    text: stringOf(input.thought) ?? stringOf(input.final_thought) ?? '',
    calls: [
      isTool
        ? { id, name: String(input.name ?? action), input: argumentsOf(input.arguments) }
        : { id, name: action, input: withoutRunArguments(input) },
    ],
  });
}

function withoutRunArguments(input: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => !runArguments.has(name) && value !== null));
}

function readObservation(event: JsonObject, builder: Builder, seen: Seen, at: string | undefined): void {
  if (housekeeping.has(String(event.observation))) return;
  const extras = objectOf(event.extras);
  const exitCode = numberOf(objectOf(extras.metadata).exit_code) ?? numberOf(extras.exit_code);
  const id =
    stringOf(objectOf(event.tool_call_metadata).tool_call_id) ??
    (event.cause === undefined ? seen.lastCall : `event ${String(event.cause)}`);
  const output = stringOf(event.content) ?? '';
  const hasFailed =
    event.observation === 'error' ||
    event.success === false ||
    (exitCode !== undefined && exitCode > 0) ||
    output.startsWith('ERROR:');
  const isDenied = event.observation === 'user_rejected';
  builder.addResult(id ?? '', {
    output,
    at,
    isError: hasFailed || isDenied,
    ...(isDenied && { errorKind: 'denied' as const }),
  });
}

function readMetrics(metrics: JsonObject, builder: Builder): void {
  const tokens = objectOf(metrics.accumulated_token_usage);
  if (numberOf(tokens.completion_tokens) === undefined) return;
  builder.setUsage({
    inputTokens: numberOf(tokens.prompt_tokens) ?? 0,
    cachedInputTokens: numberOf(tokens.cache_read_tokens) ?? 0,
    outputTokens: numberOf(tokens.completion_tokens) ?? 0,
    costUsd: numberOf(metrics.accumulated_cost) || null,
  });
}

/** An event of the OpenHands SDK (version 1): `kind` names its class. */
export function readServerEvent(event: JsonObject, builder: Builder): void {
  const at = stringOf(event.timestamp);
  const callId = String(event.tool_call_id);
  switch (event.kind) {
    case 'MessageEvent': {
      const words = textOf(objectOf(event.llm_message).content);
      if (event.source === 'user') builder.addUser(words, at);
      else if (event.source === 'agent') builder.addAnswer({ at, text: words });
      return;
    }
    case 'ActionEvent':
      readAction(event, builder, callId, at);
      return;
    case 'ObservationEvent': {
      const observation = objectOf(event.observation);
      const exitCode = numberOf(observation.exit_code) ?? numberOf(objectOf(observation.metadata).exit_code);
      const output =
        textOf(objectsOf(observation.content)) || (stringOf(observation.output) ?? stringOf(observation.error) ?? '');
      builder.addResult(callId, {
        output,
        at,
        isError:
          observation.is_error === true ||
          typeof observation.error === 'string' ||
          (exitCode !== undefined && exitCode > 0),
      });
      return;
    }
    case 'AgentErrorEvent':
      builder.addResult(callId, { output: stringOf(event.error) ?? '', at, isError: true });
      return;
    case 'UserRejectObservation':
      builder.addResult(callId, {
        output: stringOf(event.rejection_reason) ?? '',
        at,
        isError: true,
        errorKind: 'denied',
      });
      return;
    case 'PauseEvent':
    case 'InterruptEvent':
      builder.addInterrupt();
  }
}

function readAction(event: JsonObject, builder: Builder, callId: string, at: string | undefined): void {
  const call = objectOf(event.tool_call);
  const { kind: _, ...action } = objectOf(event.action);
  const sent = argumentsOf(call.arguments ?? objectOf(call.function).arguments);
  builder.addAnswer({
    at,
    key: stringOf(event.llm_response_id),
    text: textOf(event.thought),
    reasoning: stringOf(event.reasoning_content),
    calls: [
      {
        id: callId,
        name: String(event.tool_name ?? call.name),
        input: Object.keys(action).length > 0 ? withoutNull(action) : sent,
      },
    ],
  });
}

function withoutNull(input: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}
