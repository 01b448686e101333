import { addUsage, noUsage, type Usage } from '../../core/types.ts';
import type { OfflineJudge } from '../../observer/review/offline-judge.ts';
import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';

/** What the judge of one run cost, beside what the agent's own run did. */
export type JudgeCost = {
  readonly calls: number;
  readonly usage: Usage;
  /** The agent's tokens: as the run's file says, else estimated from its texts at four characters a token. */
  readonly agent: Usage;
  readonly isAgentEstimated: boolean;
  /** The judge's money as a share of the agent's, at the same price for a token of both; null for a run without tokens. */
  readonly share: number | null;
  /** Why questions got no answer; empty when all did. */
  readonly unanswered: readonly string[];
};

/** A cached token and a token of output in tokens of input: what providers ask, about. */
const cachedPrice = 0.1;
const outputPrice = 5;
/** System prompt and tools of a coding agent, in tokens. */
const promptTokens = 8000;

export function costOf(judge: Pick<OfflineJudge, 'spent' | 'unanswered'>, trajectory: StudyTrajectory): JudgeCost {
  const spent = judge.spent();
  const usage = spent.reduce<Usage>(addUsage, noUsage);
  const known = trajectory.record?.usage;
  const agent = known ?? estimateAgent(trajectory);
  return {
    calls: spent.reduce((sum, { calls }) => sum + calls, 0),
    usage,
    agent,
    isAgentEstimated: known === undefined,
    share: shareOf(usage, agent),
    unanswered: judge.unanswered(),
  };
}

/** The money of one as a share of the other's, with one price for both. null: nothing to divide by. */
export function shareOf(usage: Usage, agent: Usage): number | null {
  const whole = weigh(agent);
  return whole === 0 ? null : weigh(usage) / whole;
}

function weigh({ inputTokens, cachedInputTokens, outputTokens }: Usage): number {
  return inputTokens - cachedInputTokens * (1 - cachedPrice) + outputTokens * outputPrice;
}

/** Each step sends all before it, which the provider has cached, and what is new since the last one. */
function estimateAgent({ task, instructions = [], steps }: StudyTrajectory): Usage {
  const given = [task, ...instructions.map(({ text }) => text)];
  let context = promptTokens + tokensOf(given);
  let fresh = context;
  let usage = noUsage;
  for (const step of steps) {
    const said = tokensOf([step.text, step.reasoning, ...step.calls.map(({ input }) => JSON.stringify(input))]);
    const seen = tokensOf([...step.userTexts, ...step.calls.map(({ output }) => output)]);
    usage = addUsage(usage, {
      inputTokens: context,
      cachedInputTokens: context - fresh,
      outputTokens: said,
      costUsd: null,
    });
    fresh = said + seen;
    context += fresh;
  }
  return usage;
}

function tokensOf(texts: readonly NormalizedStep['text'][]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4);
}
