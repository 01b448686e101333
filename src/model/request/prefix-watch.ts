import type { ModelRequest, ToolSchema } from '../../core/model.ts';
import type { Step } from '../../core/types.ts';

type Sent = {
  readonly tools: readonly ToolSchema[];
  readonly system: string;
  readonly compactions: number;
  readonly steps: readonly Step[];
  readonly count: number;
  readonly last: Step | undefined;
};

/**
 * Watches that each request begins as the one before, so that the provider's prompt cache holds. Gives what changed, in words, when one does
 * not; a compaction, which makes room and is reported by itself, is not such a change. Each conversation is watched by itself: a subagent's requests
 * come between those of its session.
 */
export function createPrefixWatch(): (request: ModelRequest) => string | undefined {
  const sent = new Map<string, Sent>();
  return ({ trajectory, tools }) => {
    const { system, compactions, steps } = trajectory;
    const now = { tools, system, compactions: compactions.length, steps, count: steps.length, last: steps.at(-1) };
    const before = sent.get(trajectory.session);
    const change = before && findChange(before, now);
    sent.set(trajectory.session, now);
    return change;
  };
}

function findChange(before: Sent, now: Sent): string | undefined {
  const tools = toolChange(before.tools, now.tools);
  if (tools !== undefined) return `the tools changed${tools}`;
  if (before.system !== now.system) return 'the system prompt changed';
  if (before.compactions !== now.compactions) return undefined;
  const isSame = before.count === 0 || now.steps[before.count - 1] === before.last;
  return isSame ? undefined : 'earlier steps changed';
}

/** What differs between two lists of tools; '' when only their descriptions or their order do, undefined when nothing does. */
function toolChange(before: readonly ToolSchema[], now: readonly ToolSchema[]): string | undefined {
  if (before === now || JSON.stringify(before) === JSON.stringify(now)) return undefined;
  const missing = (from: readonly ToolSchema[], to: readonly ToolSchema[]) =>
    from.map(({ name }) => name).filter((name) => !to.some((other) => other.name === name));
  const added = missing(now, before);
  const removed = missing(before, now);
  const parts = [
    ...(added.length > 0 ? [`added: ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removed: ${removed.join(', ')}`] : []),
  ];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}
