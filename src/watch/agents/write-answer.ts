import type { JsonObject } from '../../core/types.ts';
import type { WatchAnswer } from '../resident/watch-answer.ts';
import type { WatchedAgent } from './read-event.ts';

/**
 * An answer in the form of the agent whose hook asks: Claude Code's JSON, which Codex shares, Gemini's, and our own for our plugins in opencode
 * and pi. The empty text says nothing, which every agent takes as "go on".
 */
export function writeAnswer(agent: WatchedAgent, hookEvent: string, answer: WatchAnswer): string {
  const body = formOf(agent, hookEvent, answer);
  return body === undefined ? '' : JSON.stringify(body);
}

function formOf(agent: WatchedAgent, hookEvent: string, answer: WatchAnswer): JsonObject | undefined {
  if (agent === 'opencode' || agent === 'pi') return pluginAnswer(answer);
  return agent === 'gemini' ? geminiAnswer(hookEvent, answer) : commonAnswer(hookEvent, answer);
}

function pluginAnswer(answer: WatchAnswer): JsonObject | undefined {
  if (answer.kind === 'nothing') return undefined;
  return answer.kind === 'context'
    ? { kind: answer.kind, text: fromObserver(answer.text) }
    : { kind: answer.kind, reason: fromObserver(answer.reason) };
}

function commonAnswer(hookEventName: string, answer: WatchAnswer): JsonObject | undefined {
  switch (answer.kind) {
    case 'nothing':
      return undefined;
    case 'context':
      return { hookSpecificOutput: { hookEventName, additionalContext: fromObserver(answer.text) } };
    case 'deny':
    case 'ask':
      return {
        hookSpecificOutput: {
          hookEventName,
          permissionDecision: answer.kind,
          permissionDecisionReason: fromObserver(answer.reason),
        },
      };
    case 'go-on':
      return { decision: 'block', reason: fromObserver(answer.reason) };
    case 'stop':
      return { continue: false, stopReason: fromObserver(answer.reason) };
    default:
      return answer satisfies never;
  }
}

function geminiAnswer(hookEventName: string, answer: WatchAnswer): JsonObject | undefined {
  switch (answer.kind) {
    case 'nothing':
      return undefined;
    case 'context':
      return { hookSpecificOutput: { hookEventName, additionalContext: fromObserver(answer.text) } };
    case 'deny':
    case 'ask':
    case 'go-on':
      return { decision: 'deny', reason: fromObserver(answer.reason) };
    case 'stop':
      return { continue: false, stopReason: fromObserver(answer.reason) };
    default:
      return answer satisfies never;
  }
}

/** Who speaks is said: words without a sender look like an attack to a careful model. */
function fromObserver(text: string): string {
  return `wink-agent, the observer that your user installed, says: ${text}`;
}
