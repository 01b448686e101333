import { expect, it } from 'vitest';
import { priceShare } from '../../src/core/price-share.ts';
import { noUsage } from '../../src/core/types.ts';

const usage = (inputTokens: number, cachedInputTokens: number, outputTokens: number, costUsd: number | null) => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  costUsd,
});

it('goes by the prices where both are known', () => {
  expect(priceShare(usage(100, 0, 10, 0.25), usage(1000, 900, 100, 0.5))).toEqual({
    tokens: 0.1,
    money: 0.5,
    isByPrice: true,
  });
});

it('counts a cached token for a tenth and one of output for five where a price is unknown', () => {
  const share = priceShare(usage(100, 0, 10, null), usage(1000, 900, 100, 0.1));
  expect(share.isByPrice).toBe(false);
  expect(share.money).toBeCloseTo(150 / (1000 - 810 + 500), 10);
});

it('says nothing where the agent used nothing', () => {
  expect(priceShare(usage(100, 0, 10, 0.01), noUsage)).toEqual({ tokens: null, money: null, isByPrice: false });
});
