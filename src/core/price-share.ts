import type { PriceShare, Usage } from './types.ts';

/** A cached token and a token of output in tokens of input: what providers ask, about. */
const cachedPrice = 0.1;
const outputPrice = 5;

/** Money by the prices of both, with the cache counted; where one is unknown, at equal prices of input. */
export function priceShare(observer: Usage, agent: Usage): PriceShare {
  const tokens = (usage: Usage): number => usage.inputTokens + usage.outputTokens;
  const [own, whole] = [observer.costUsd, agent.costUsd];
  const isByPrice = own !== null && whole !== null && whole > 0;
  return {
    tokens: divide(tokens(observer), tokens(agent)),
    money: isByPrice ? own / whole : equalPriceShare(observer, agent),
    isByPrice,
  };
}

/** The money of one as a share of the other's, with one price for both. null: nothing to divide by. */
export function equalPriceShare(usage: Usage, agent: Usage): number | null {
  return divide(weigh(usage), weigh(agent));
}

function weigh({ inputTokens, cachedInputTokens, outputTokens }: Usage): number {
  return inputTokens - cachedInputTokens * (1 - cachedPrice) + outputTokens * outputPrice;
}

function divide(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
