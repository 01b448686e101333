import { randomBytes } from 'node:crypto';
import { estimateTokens } from '../../core/context-size.ts';
import type { ModelRequest } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { FinishReason, Reply, ToolCall, Trajectory, Usage } from '../../core/types.ts';
import type { Habits } from '../endpoint-habits.ts';
import type { ModelSettings } from '../model-settings.ts';
import { costOf } from '../prices.ts';
import { findPrintedCalls, isFencedCall, type PrintedCalls } from '../text/written-calls.ts';
import type { Collected } from './collector.ts';
import { repairCalls } from './repair-calls.ts';

/** Makes the reply of a collected answer: calls fixed and named, calls printed as text recognised, usage with its cost. */
export function makeReply(
  collected: Collected,
  { tools, trajectory }: ModelRequest,
  settings: ModelSettings,
  requestLength: number,
  habits: Habits,
): Reply {
  const isCutOff = collected.finish === 'length';
  const { printed, hint } = readPrinted(collected, tools, habits);
  const known = callIds(trajectory);
  const options = { isCutOff, newId: freshId, isTaken: (id: string) => known.has(id) };
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
    ...(hint === undefined ? {} : { hint }),
  };
}

/**
 * A printed call runs where the endpoint has shown that it can't make calls: it said that it had made one, it printed one again after
 * being asked to make it, or, having never made one, the whole answer is it. Anywhere else the model is asked what it meant.
 */
function readPrinted(
  { calls, text, finish }: Collected,
  tools: ModelRequest['tools'],
  habits: Habits,
): { printed?: PrintedCalls; hint?: string } {
  const wasAsked = habits.wasAskedToCall;
  habits.wasAskedToCall = false;
  if (calls.length > 0) habits.makesCalls = true;
  if (calls.length > 0 || finish === 'length') return {};
  const printed = findPrintedCalls(text, tools);
  if (printed === undefined && !isFencedCall(text, tools)) return {};
  const isWhole = printed?.text === '';
  if (printed && (habits.printsCalls || wasAsked || finish === 'tool-calls' || (isWhole && !habits.makesCalls))) {
    habits.printsCalls = true;
    return { printed };
  }
  if (wasAsked) return {};
  habits.wasAskedToCall = true;
  return { hint: loadPrompt('model/printed-call', {}).trim() };
}

type KnownIds = { steps: number; readonly ids: Set<string> };

const idsOf = new WeakMap<Trajectory, KnownIds>();

/** The ids of all calls so far: some servers number the calls of each answer from 0 again. Each step is looked at once. */
function callIds(trajectory: Trajectory): ReadonlySet<string> {
  const known = idsOf.get(trajectory) ?? { steps: 0, ids: new Set<string>() };
  for (const step of trajectory.steps.slice(known.steps)) for (const call of step.calls) known.ids.add(call.id);
  known.steps = trajectory.steps.length;
  idsOf.set(trajectory, known);
  return known.ids;
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
 * The usage as the server reported it; without a report, an estimate of about four characters a token, so that budgets still
 * bind. The cost is the server's own (OpenRouter), else by the table of prices, else null.
 */
export function makeUsage(collected: Collected, settings: ModelSettings, requestLength: number): Usage {
  const reported = collected.usage;
  const made =
    collected.text + collected.reasoning + collected.calls.map((call) => call.name + call.arguments).join('');
  const tokens = {
    input: reported?.input || Math.ceil(requestLength / 4),
    cached: Math.min(reported?.cached ?? 0, reported?.input ?? 0),
    written: reported?.written ?? 0,
    output: reported ? reported.output : estimateTokens(made),
  };
  const costUsd = reported?.costUsd ?? costOf(settings.name, tokens, settings.prices);
  return {
    inputTokens: tokens.input,
    cachedInputTokens: tokens.cached,
    ...(tokens.written > 0 ? { cacheWriteTokens: tokens.written } : {}),
    outputTokens: tokens.output,
    costUsd,
  };
}

/** The usage of an answer of which the server could tell nothing: about four characters of it a token, and nothing cached. */
export function estimateUsage(settings: ModelSettings, inputTokens: number, answerLength: number): Usage {
  const tokens = { input: inputTokens, cached: 0, output: Math.ceil(answerLength / 4) };
  const costUsd = costOf(settings.name, tokens, settings.prices);
  return { inputTokens: tokens.input, cachedInputTokens: 0, outputTokens: tokens.output, costUsd };
}
