import type { NormalizedCall } from '../../step/normalized-step.ts';
import { isCheck } from './check-result.ts';

/** Calls of one tool, and the names of arguments with which they worked and failed. */
export type ToolFact = {
  readonly name: string;
  readonly isKnown: boolean;
  calls: number;
  failed: number;
  worked: string;
  failedWith: string;
};

const maxTools = 40;

/** How the agent's tools are called, 40 of them at most. */
export function followToolUse() {
  const tools = new Map<string, ToolFact>();
  return {
    add: (call: NormalizedCall): void => {
      const { name, input, isError } = call;
      const known = tools.get(name);
      if (known === undefined && tools.size >= maxTools) return;
      const isKnown = call.act !== 'other' || isCheck(call);
      const fact = known ?? { name, isKnown, calls: 0, failed: 0, worked: '', failedWith: '' };
      fact.calls += 1;
      if (isError) fact.failed += 1;
      fact[isError ? 'failedWith' : 'worked'] = Object.keys(input).slice(0, 8).join(', ');
      tools.set(name, fact);
    },
    tools: (): readonly ToolFact[] => [...tools.values()],
  };
}
