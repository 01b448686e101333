import { randomBytes } from 'node:crypto';
import type { ToolSchema } from '../core/model.ts';
import { estimateTokens } from '../core/text.ts';
import type { FinishReason, Reply, ToolCall, Usage } from '../core/types.ts';
import type { Collected } from './collect.ts';
import { costOf } from './prices.ts';
import { repairCalls } from './repair.ts';
import type { ModelSettings } from './settings.ts';
import { findTextCalls } from './text-calls.ts';

/** Makes the reply of a collected answer: calls mended and named, calls printed as text recognised, usage with its cost. */
export function makeReply(
  collected: Collected,
  tools: readonly ToolSchema[],
  settings: ModelSettings,
  requestLength: number,
): Reply {
  const isCutOff = collected.finish === 'length';
  const printed = collected.calls.length === 0 ? findTextCalls(collected.text, tools) : undefined;
  const options = { isCutOff, newId: freshId };
  const calls = printed
    ? repairCalls(printed.calls, tools, options).map(tellPrinted)
    : repairCalls(collected.calls, tools, options);
  return {
    text: printed ? printed.text : collected.text,
    ...(collected.reasoning === '' ? {} : { reasoning: collected.reasoning }),
    calls,
    usage: makeUsage(collected, settings, requestLength),
    finish: finishOf(collected.finish ?? 'stop', calls),
    ...(collected.carry.length > 0 ? { carry: collected.carry } : {}),
  };
}

/** An id for a call that came without one, or with one that another call has. */
function freshId(): string {
  return `call_${randomBytes(12).toString('hex')}`;
}

function tellPrinted(call: ToolCall): ToolCall {
  if (call.problem) return call;
  const how = 'the call was printed as text instead of made as a tool call; use the tool call format';
  return { ...call, repaired: call.repaired ? `${how}; ${call.repaired}` : how };
}

function finishOf(finish: FinishReason, calls: readonly ToolCall[]): FinishReason {
  if (calls.length > 0) return finish === 'stop' ? 'tool-calls' : finish;
  return finish === 'tool-calls' ? 'stop' : finish;
}

/**
 * The usage as the server told it; where it told none, an estimate of about four characters a token, so that budgets still
 * bind. The cost is the server's own (OpenRouter), else by the table of prices, else null.
 */
export function makeUsage(collected: Collected, settings: ModelSettings, requestLength: number): Usage {
  const told = collected.usage;
  const made =
    collected.text + collected.reasoning + collected.calls.map((call) => call.name + call.arguments).join('');
  const tokens = {
    input: told?.input || Math.ceil(requestLength / 4),
    cached: Math.min(told?.cached ?? 0, told?.input ?? 0),
    output: told ? told.output : estimateTokens(made),
  };
  const costUsd = told?.costUsd ?? costOf(settings.name, tokens, settings.prices);
  return { inputTokens: tokens.input, cachedInputTokens: tokens.cached, outputTokens: tokens.output, costUsd };
}
