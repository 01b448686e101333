import jstat from 'jstat';
import { describe, expect, it } from 'vitest';
import { adjustPValues } from '../../src/study/metrics/corrections.ts';
import { neededForMeans, neededForProportions } from '../../src/study/metrics/sample-size.ts';
import {
  bootstrapRatios,
  clusteredRatioZ,
  mannWhitney,
  mcNemar,
  twoProportionZ,
  welchT,
} from '../../src/study/metrics/significance-tests.ts';
import {
  estimateDifference,
  estimateMean,
  estimateMedian,
  estimateProportion,
  estimateRatio,
} from '../../src/study/metrics/statistics.ts';

describe('estimates', () => {
  it("gives Wilson's interval of Newcombe 1998 (Statistics in Medicine 17:857, table I)", () => {
    expect(estimateProportion(81, 263).interval?.map((bound) => bound.toFixed(4))).toEqual(['0.2553', '0.3662']);
    expect(estimateProportion(15, 148).interval?.map((bound) => bound.toFixed(4))).toEqual(['0.0624', '0.1605']);
    expect(estimateProportion(0, 20).interval?.map((bound) => bound.toFixed(4))).toEqual(['0.0000', '0.1611']);
    expect(estimateProportion(1, 29).interval?.map((bound) => bound.toFixed(4))).toEqual(['0.0061', '0.1718']);
  });

  it("gives Newcombe's interval of a difference: 56 of 70 against 48 of 80 is 0.2, 0.0524 to 0.3339", () => {
    const { value, interval } = estimateDifference({ successes: 56, n: 70 }, { successes: 48, n: 80 });
    expect(value).toBeCloseTo(0.2, 10);
    expect(interval?.map((bound) => bound.toFixed(4))).toEqual(['0.0524', '0.3339']);
    const none = estimateDifference({ successes: 0, n: 10 }, { successes: 0, n: 10 });
    expect(none.interval?.map((bound) => bound.toFixed(4))).toEqual(['-0.2775', '0.2775']);
  });

  it("gives Student's interval of a mean: R's t.test(sleep$extra) is 1.54, 0.5955845 to 2.4844155", () => {
    const sleep = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { value, interval } = estimateMean(sleep);
    expect(value).toBeCloseTo(1.54, 10);
    expect(interval?.[0]).toBeCloseTo(0.5955845, 6);
    expect(interval?.[1]).toBeCloseTo(2.4844155, 6);
  });

  it('says nothing of an empty sample and gives no interval of a single value', () => {
    expect(estimateMean([])).toEqual({ value: null, n: 0, interval: null });
    expect(estimateProportion(0, 0).value).toBeNull();
    expect(estimateMean([3])).toEqual({ value: 3, n: 1, interval: null });
    expect(estimateRatio([{ top: 0, bottom: 0 }]).value).toBeNull();
  });

  it('computes the same bootstrap interval each time, and one that holds the value', () => {
    const pairs = Array.from({ length: 50 }, (_, index) => ({ top: index % 4, bottom: 10 + (index % 7) }));
    const first = estimateRatio(pairs);
    expect(estimateRatio(pairs)).toEqual(first);
    expect(first.interval![0]).toBeLessThan(first.value!);
    expect(first.interval![1]).toBeGreaterThan(first.value!);
    expect(estimateMedian([1, 2, 3, 4, 100]).value).toBe(3);
  });
});

describe('tests of a difference', () => {
  it("gives Agresti's aspirin study (Introduction to Categorical Data Analysis, 2.2): chi-squared 25.01, interval 0.005 to 0.011", () => {
    const result = twoProportionZ({ top: 104, bottom: 11037 }, { top: 189, bottom: 11034 })!;
    expect(result.statistic ** 2).toBeCloseTo(25.01, 2);
    expect(result.difference).toBeCloseTo(0.0077, 4);
    expect(result.interval.map((bound) => bound.toFixed(3))).toEqual(['0.005', '0.011']);
  });

  it("gives Welch's test of R's sleep data: t = -1.8608, df = 17.776, p = 0.07939, interval -3.3654832 to 0.2054832", () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const result = welchT(first, second)!;
    expect(result.statistic).toBeCloseTo(1.8608, 4);
    expect(result.degrees).toBeCloseTo(17.776, 3);
    expect(result.p).toBeCloseTo(0.07939, 5);
    expect(result.interval[0]).toBeCloseTo(-0.2054832, 5);
    expect(result.interval[1]).toBeCloseTo(3.3654832, 5);
  });

  it("gives R's wilcox.test(sleep): W = 25.5, p = 0.06933 with ties and continuity corrected", () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const result = mannWhitney(first, second)!;
    expect(result.u).toBe(100 - 25.5);
    expect(result.p).toBeCloseTo(0.06933, 5);
    expect(result.superiority).toBeCloseTo(0.745, 10);
  });

  it('widens the error of a ratio when calls of one session go together', () => {
    const even = Array.from({ length: 100 }, () => ({ top: 1, bottom: 10 }));
    const lumpy = Array.from({ length: 100 }, (_, index) => ({ top: index % 10 === 0 ? 10 : 0, bottom: 10 }));
    const other = Array.from({ length: 100 }, (_, index) => ({ top: index % 2, bottom: 10 }));
    const width = (result: { interval: readonly [number, number] }) => result.interval[1] - result.interval[0];
    expect(width(clusteredRatioZ(lumpy, other)!)).toBeGreaterThan(width(clusteredRatioZ(even, other)!));
    expect(clusteredRatioZ(even.slice(0, 1), other)).toBeNull();
  });

  it('agrees with the clustered z where clusters are many, and is more careful where they are few', () => {
    const pairs = (count: number, shift: number) =>
      Array.from({ length: count }, (_, index) => ({ top: (index % 5) + shift, bottom: 20 + (index % 7) }));
    const many = [pairs(300, 1), pairs(300, 1.3)] as const;
    const [z, t] = [clusteredRatioZ(...many)!, bootstrapRatios(...many)!];
    expect(t.difference).toBeCloseTo(z.difference, 10);
    expect(t.interval[0]).toBeCloseTo(z.interval[0], 2);
    expect(Math.abs(t.p - z.p)).toBeLessThan(0.01);
    const few = [pairs(6, 1), pairs(6, 3)] as const;
    expect(bootstrapRatios(...few)!.p).toBeGreaterThan(clusteredRatioZ(...few)!.p);
    expect(bootstrapRatios(pairs(1, 1), pairs(5, 1))).toBeNull();
  });

  it("gives McNemar's exact p of R's binom.test(2, 10): 0.1094", () => {
    expect(mcNemar(2, 8)).toBeCloseTo(0.1094, 4);
    expect(mcNemar(0, 0)).toBe(1);
  });
});

describe('corrections', () => {
  it("gives R's p.adjust of 0.01, 0.02, 0.03, 0.04, 0.05", () => {
    const values = [0.01, 0.02, 0.03, 0.04, 0.05];
    expect(adjustPValues(values, 'holm').map((p) => p?.toFixed(3))).toEqual([
      '0.050',
      '0.080',
      '0.090',
      '0.090',
      '0.090',
    ]);
    expect(adjustPValues(values, 'bh').map((p) => p?.toFixed(3))).toEqual([
      '0.050',
      '0.050',
      '0.050',
      '0.050',
      '0.050',
    ]);
  });

  it('gives the rejections of Benjamini and Hochberg 1995: four at 0.05, where Bonferroni and Holm find three', () => {
    const values = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(adjustPValues(values, 'bh').filter((p) => p! <= 0.05)).toHaveLength(4);
    expect(adjustPValues(values, 'holm').filter((p) => p! <= 0.05)).toHaveLength(3);
  });

  it('leaves out metrics that could not be tested', () => {
    expect(adjustPValues([0.04, null, 0.01], 'holm')).toEqual([0.04, null, 0.02]);
  });
});

describe('sample sizes', () => {
  it('needs 385 a side to tell 50 % from 60 % by the unpooled normal approximation', () => {
    expect(neededForProportions(0.5, 0.6)).toBe(385);
  });

  it('needs 63 a side for half a standard deviation (Lehr: 16 / 0.25 = 64)', () => {
    expect(neededForMeans([1, 1], 0.5)).toBe(63);
  });

  it('finds what the published 5.29 % against 5.07 % at p = 0.0096 takes: about 136,000 calls an arm', () => {
    const units = impliedUnits(0.0529, 0.0507, 0.0096);
    expect(Math.round(units / 1000)).toBe(136);
    const each = Math.round(units);
    const result = twoProportionZ({ top: 0.0529 * each, bottom: each }, { top: 0.0507 * each, bottom: each })!;
    expect(result.p).toBeCloseTo(0.0096, 6);
    expect(result.difference / 0.0529).toBeCloseTo(-0.0416, 4);
  });

  it('says that finding such an effect with 80 % power takes 159,000 calls an arm', () => {
    expect(Math.round(neededForProportions(0.0529, 0.0507)! / 1000)).toBe(159);
  });
});

/**
 * The units in each arm at which an observed difference of two proportions would have exactly the two-sided p of the pooled z test:
 * what n a published comparison implies.
 */
function impliedUnits(first: number, second: number, p: number): number {
  const z = jstat.normal.inv(1 - p / 2, 0, 1);
  const pooled = (first + second) / 2;
  return (z ** 2 * 2 * pooled * (1 - pooled)) / (first - second) ** 2;
}
