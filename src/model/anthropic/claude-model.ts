import type { JsonObject } from '../../core/types.ts';

/** What a Claude model takes, by its name (platform.claude.com, "Thinking" and "Effort", November 2026). */
export type ClaudeTraits = {
  /** `adaptive`: it decides itself how much it thinks (4.6 and newer); `budget`: it is told how many tokens (3.7 to 4.5). */
  readonly thinking: 'adaptive' | 'budget' | 'none';
  readonly takesEffort: boolean;
};

const otherModel: ClaudeTraits = { thinking: 'none', takesEffort: false };

/** The traits of a model; another maker's at the same API is asked for nothing beyond the plain request. */
export function readTraits(name: string): ClaudeTraits {
  if (!/claude/i.test(name)) return otherModel;
  const version = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/i.exec(name);
  if (!version)
    return /claude-3/i.test(name)
      ? { thinking: /claude-3-7/.test(name) ? 'budget' : 'none', takesEffort: false }
      : { thinking: 'adaptive', takesEffort: true };
  const [, family = '', major = '0', minor = '0'] = version;
  const number = Number(major) + Number(minor) / 10;
  if (number >= 4.6) return { thinking: 'adaptive', takesEffort: true };
  return { thinking: 'budget', takesEffort: number === 4.5 && family.toLowerCase() === 'opus' };
}

/** Tokens that thoughts leave for the answer itself. */
const minAnswer = 2_048;
/** Tokens of thought for models that are told a number. */
const budgets: Readonly<Record<string, number>> = {
  low: 4_000,
  medium: 10_000,
  high: 20_000,
  xhigh: 28_000,
  max: 28_000,
};
const efforts: Readonly<Record<string, string>> = { minimal: 'low', none: 'low', off: 'low' };

/** A budget is below the answer's own limit and is at least 1,024 tokens. */
function fitBudget(budget: number | undefined, maxTokens: number): number | undefined {
  const fitted = Math.min(budget ?? 0, maxTokens - minAnswer);
  return fitted >= 1_024 ? fitted : undefined;
}

/** The fields for thinking and effort; `effort` as configured, undefined for the model's own default. */
export function thinkingFields(
  name: string,
  effort: string | undefined,
  maxTokens: number,
): { thinking?: JsonObject; effort?: string } {
  const traits = readTraits(name);
  const isOff = effort === 'none' || effort === 'off';
  const wanted = effort === undefined ? undefined : (efforts[effort] ?? effort);
  const budget = wanted === undefined || isOff ? undefined : fitBudget(budgets[wanted], maxTokens);
  const thinking: JsonObject | undefined =
    traits.thinking === 'adaptive'
      ? isOff
        ? { type: 'disabled' }
        : { type: 'adaptive', display: 'summarized' }
      : traits.thinking === 'budget' && budget !== undefined
        ? { type: 'enabled', budget_tokens: budget }
        : undefined;
  return {
    ...(thinking ? { thinking } : {}),
    ...(traits.takesEffort && wanted !== undefined ? { effort: wanted } : {}),
  };
}
