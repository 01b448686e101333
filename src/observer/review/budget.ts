import type { Usage } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import type { Spent } from '../worker/protocol.ts';

/** Failures in a row after which the judge is not asked any more in this run. */
const maxFailures = 3;

/** What judge and adviser may still cost. No severity escapes it. */
export type Budget = {
  /** Why no call may be made; undefined when one may. */
  readonly whyExhausted: () => string | undefined;
  readonly spend: (usage: Usage) => void;
  /** A call that brought no answer counts as a call, too, with what it may have cost. */
  readonly fail: (usage: Usage) => void;
};

/** `spent`: what earlier workers of this run have used. An unknown price leaves the caps on calls and tokens. */
export function createBudget(limits: ObserverConfig['judge'], spent: Spent): Budget {
  let { calls, costUsd } = spent;
  let tokens = spent.inputTokens + spent.outputTokens;
  let failures = 0;

  function add(usage: Usage): void {
    calls += 1;
    tokens += usage.inputTokens + usage.outputTokens;
    costUsd = costUsd === null || usage.costUsd === null ? null : costUsd + usage.costUsd;
  }

  return {
    whyExhausted: () => {
      if (calls >= limits.maxCalls) return `the cap of ${limits.maxCalls} calls of the judge is reached`;
      if (tokens >= limits.maxTokens) return `the cap of ${limits.maxTokens} tokens of the judge is reached`;
      if (costUsd !== null && costUsd >= limits.maxCostUsd)
        return `the cap of $${limits.maxCostUsd} of the judge is reached`;
      return failures >= maxFailures
        ? `the judge failed ${failures} times in a row and is not asked any more`
        : undefined;
    },
    spend: (usage) => {
      add(usage);
      failures = 0;
    },
    fail: (usage) => {
      add(usage);
      failures += 1;
    },
  };
}
