import { count } from '../core/text/count.ts';
import type { Outcome, Usage } from '../core/types.ts';

export type RunLimits = {
  readonly maxTurns?: number | undefined;
  readonly maxCostUsd?: number | undefined;
  /** Input and output tokens together. */
  readonly maxTokens?: number | undefined;
};

/** The outcome and a sentence for it when a limit has been reached, checked before each request. `usage` counts the observer too. */
export function overLimit(
  limits: RunLimits,
  turns: number,
  usage: Usage,
): { outcome: Outcome; error: string } | undefined {
  if (limits.maxTurns !== undefined && turns >= limits.maxTurns) {
    return {
      outcome: 'turn-limit',
      error: `The run reached its limit of ${count(limits.maxTurns, 'turn')} (--max-turns).`,
    };
  }
  if (limits.maxTokens !== undefined && usage.inputTokens + usage.outputTokens >= limits.maxTokens) {
    return { outcome: 'budget', error: `The run reached its limit of ${limits.maxTokens} tokens (--max-tokens).` };
  }
  if (limits.maxCostUsd !== undefined && usage.costUsd !== null && usage.costUsd >= limits.maxCostUsd) {
    return { outcome: 'budget', error: `The run reached its limit of $${limits.maxCostUsd} (--max-cost).` };
  }
  return undefined;
}
