import { equalPriceShare, priceShare } from '../../core/price-share.ts';
import { count } from '../../core/text/count.ts';
import { addUsage, noUsage, type Usage } from '../../core/types.ts';
import type { OfflineJudge } from '../../observer/review/offline-judge.ts';
import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';

/** What the judge of one run cost, next to what the agent's own run did. */
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

/** System prompt and tools of a coding agent, in tokens. */
const promptTokens = 8000;

export function judgeCostOf(judge: Pick<OfflineJudge, 'spent' | 'unanswered'>, trajectory: StudyTrajectory): JudgeCost {
  const spent = judge.spent();
  const usage = spent.reduce<Usage>(addUsage, noUsage);
  const known = trajectory.record?.usage;
  const agent = known ?? estimateAgent(trajectory);
  return {
    calls: spent.reduce((sum, { calls }) => sum + calls, 0),
    usage,
    agent,
    isAgentEstimated: known === undefined,
    share: equalPriceShare(usage, agent),
    unanswered: judge.unanswered(),
  };
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

/** What the judge cost over many runs. */
export type JudgeTotal = {
  readonly runs: number;
  readonly calls: number;
  readonly usage: Usage;
  readonly agent: Usage;
  /** Of the agents' tokens, and of their money at the same price for a token of both. */
  readonly tokenShare: number | null;
  readonly share: number | null;
  readonly unanswered: number;
  /** Calls of these that a cache answered, where there is one: their tokens and money were spent when they were first asked. */
  readonly fromCache?: number;
};

/** The total with one run more. */
export function addJudgeCost(total: JudgeTotal | undefined, cost: JudgeCost): JudgeTotal {
  const usage = addUsage(total?.usage ?? noUsage, cost.usage);
  const agent = addUsage(total?.agent ?? noUsage, cost.agent);
  return {
    runs: (total?.runs ?? 0) + 1,
    calls: (total?.calls ?? 0) + cost.calls,
    usage,
    agent,
    tokenShare: priceShare(usage, agent).tokens,
    share: equalPriceShare(usage, agent),
    unanswered: (total?.unanswered ?? 0) + cost.unanswered.length,
  };
}

/** The total with how many of its calls the judge's cache answered, where it has one. */
export function withFromCache(
  total: JudgeTotal | undefined,
  judge: { readonly fromCache?: () => number } | undefined,
): { readonly judge?: JudgeTotal } {
  if (total === undefined) return {};
  return { judge: judge?.fromCache === undefined ? total : { ...total, fromCache: judge.fromCache() } };
}

/** One line for a person. */
export function describeJudgeTotal({
  runs,
  calls,
  usage,
  tokenShare,
  share,
  unanswered,
  fromCache = 0,
}: JudgeTotal): string {
  const percent = (value: number | null): string => (value === null ? 'unknown' : `${(value * 100).toFixed(1)} %`);
  const tokens = usage.inputTokens + usage.outputTokens;
  const money = usage.costUsd === null ? '' : `, $${usage.costUsd.toFixed(4)}`;
  const failed = unanswered === 0 ? '' : ` ${count(unanswered, 'question')} got no answer.`;
  return (
    `Judge: ${count(calls, 'call')} in ${count(runs, 'run')}${describeFromCache(calls, fromCache)}, ${tokens.toLocaleString('en-US')} tokens${money}: ` +
    `${percent(tokenShare)} of the agent's tokens, ${percent(share)} of its money at one price for both.${failed}`
  );
}

function describeFromCache(calls: number, fromCache: number): string {
  if (fromCache === 0) return '';
  const which = fromCache >= calls ? 'all' : String(fromCache);
  return ` (${which} from the cache, not paid again)`;
}
