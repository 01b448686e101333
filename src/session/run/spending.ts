import type { Event } from '../../core/event.ts';
import { addUsage, noUsage, type Usage } from '../../core/types.ts';

export type Spending = {
  readonly spend: (usage: Usage) => void;
  /** By the agent, its compactions and its subagents. */
  readonly used: () => Usage;
  /** Of the whole session, observers and what was paid before a rewind included. */
  readonly spent: () => Usage;
};

/** What a session has used so far; each step of its own counts by itself. `paid` is what it had cost when it was opened. */
export function trackSpending(
  subscribe: (listener: (event: Event) => void) => unknown,
  usedByObservers: () => Usage,
  paid: Usage = noUsage,
): Spending {
  let usage = noUsage;
  const spend = (more: Usage) => {
    usage = addUsage(usage, more);
  };
  subscribe((event) => {
    if (event.type === 'step') spend(event.step.usage);
  });
  return { spend, used: () => usage, spent: () => addUsage(paid, addUsage(usage, usedByObservers())) };
}
