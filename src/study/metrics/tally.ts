import jstat from 'jstat';
import { createRandom } from './random.ts';
import { type SessionFacts, sessionKey } from './session-facts.ts';
import {
  type Estimate,
  estimateMean,
  estimateMedian,
  estimateProportion,
  estimateRatio,
  type Interval,
  nothing,
  type Pair,
  percentiles,
  z95,
} from './statistics.ts';

/** What a figure is computed from, session by session. */
export type Measure =
  | { readonly kind: 'mean' | 'median'; readonly values: (one: SessionFacts) => readonly number[] }
  /** The share of cases that are so. */
  | { readonly kind: 'share'; readonly cases: (one: SessionFacts) => readonly boolean[] }
  | { readonly kind: 'ratio'; readonly pairs: (one: SessionFacts) => readonly Pair[] };

/** A figure while sessions come in. */
export type Tally = { readonly add: (one: SessionFacts) => void; readonly estimate: () => Estimate };

/** From so many sessions on they are not kept: what is computed from all values at once becomes an approximation (docs/report.md). */
export const keptSessions = 10_000;

/**
 * Counts a figure. `isKept`: the values are kept and computed with as they are; without it memory does not grow, whatever the number of
 * sessions.
 */
export function createTally(measure: Measure, isKept: boolean): Tally {
  switch (measure.kind) {
    case 'share':
      return tallyShare(measure.cases);
    case 'mean':
      return tallyMean(measure.values, isKept);
    case 'median':
      return isKept ? keep(measure.values, estimateMedian) : tallyMedian(measure.values);
    case 'ratio':
      return isKept ? keep(measure.pairs, estimateRatio) : tallyRatio(measure.pairs);
    default:
      return measure satisfies never;
  }
}

function keep<Item>(
  itemsOf: (one: SessionFacts) => readonly Item[],
  estimate: (items: readonly Item[]) => Estimate,
): Tally {
  const items: Item[] = [];
  return { add: (one) => void items.push(...itemsOf(one)), estimate: () => estimate(items) };
}

function tallyShare(casesOf: (one: SessionFacts) => readonly boolean[]): Tally {
  let [successes, n] = [0, 0];
  return {
    add: (one) => {
      for (const isSo of casesOf(one)) {
        n += 1;
        if (isSo) successes += 1;
      }
    },
    estimate: () => estimateProportion(successes, n),
  };
}

function tallyMean(valuesOf: (one: SessionFacts) => readonly number[], isKept: boolean): Tally {
  const { add, estimate } = createMean(isKept);
  return { add: (one) => valuesOf(one).forEach(add), estimate };
}

/** A mean while values come in; not kept, it is worked out in one pass (Welford 1962), as exact as in two but for rounding. */
export function createMean(isKept: boolean) {
  const values: number[] = [];
  let [n, center, squares, least] = [0, 0, 0, 0];
  return {
    add: (value: number) => {
      if (isKept) return void values.push(value);
      n += 1;
      const difference = value - center;
      center += difference / n;
      squares += difference * (value - center);
      least = Math.min(least, value);
    },
    estimate: (): Estimate => {
      if (isKept) return estimateMean(values);
      if (n < 2) return n === 0 ? nothing : { value: center, n, interval: null };
      const half = jstat.studentt.inv(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
      const low = center - half;
      return { value: center, n, interval: [least >= 0 ? Math.max(0, low) : low, center + half] };
    },
  };
}

/** Whole numbers below this are counted as they are; of others, those that differ by less than a hundredth are one. */
const countedExactly = 128;
const growth = Math.log(1.01);

/**
 * A median from counts of values, each within 0.5 % (as in DDSketch, Masson et al., VLDB 2019), with the interval that ranks give (the
 * binomial distribution's, by its normal approximation).
 */
function tallyMedian(valuesOf: (one: SessionFacts) => readonly number[]): Tally {
  const counts = new Map<number, number>();
  let n = 0;
  const round = (value: number) =>
    value <= 0 || (Number.isInteger(value) && value < countedExactly)
      ? value
      : Math.exp((Math.floor(Math.log(value) / growth) + 0.5) * growth);
  return {
    add: (one) => {
      for (const value of valuesOf(one)) {
        n += 1;
        const rounded = round(value);
        counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
      }
    },
    estimate: () => {
      if (n === 0) return nothing;
      const sorted = [...counts].sort(([left], [right]) => left - right);
      const at = (rank: number) => valueAt(sorted, Math.max(0, Math.min(n - 1, rank)));
      const value = (at(Math.floor((n - 1) / 2)) + at(Math.ceil((n - 1) / 2))) / 2;
      const half = (z95 * Math.sqrt(n)) / 2;
      const interval: Interval = [at(Math.floor(n / 2 - half)), at(Math.ceil(n / 2 + half))];
      return { value, n, interval: n < 2 ? null : interval };
    },
  };
}

/** The value with so many before it. */
function valueAt(sorted: readonly (readonly [value: number, count: number])[], rank: number): number {
  let before = 0;
  for (const [value, count] of sorted) {
    before += count;
    if (before > rank) return value;
  }
  return sorted.at(-1)?.[0] ?? 0;
}

const replicates = 200;

/**
 * A ratio of sums with a bootstrap interval in one pass: in each replicate a session counts as often as a Poisson distribution of mean 1
 * says (Hanley and MacGibbon 2006). The numbers are drawn from the session's own name, so that its place in the order does not matter.
 */
function tallyRatio(pairsOf: (one: SessionFacts) => readonly Pair[]): Tally {
  const [tops, bottoms] = [new Float64Array(replicates), new Float64Array(replicates)];
  let [top, bottom, n] = [0, 0, 0];
  return {
    add: (one) => {
      const used = pairsOf(one).filter((pair) => pair.bottom > 0);
      if (used.length === 0) return;
      const weights = drawWeights(one);
      for (const pair of used) {
        n += 1;
        top += pair.top;
        bottom += pair.bottom;
        for (let at = 0; at < replicates; at += 1) {
          tops[at]! += pair.top * weights[at]!;
          bottoms[at]! += pair.bottom * weights[at]!;
        }
      }
    },
    estimate: () => {
      if (n === 0) return nothing;
      const drawn = [...tops].map((each, at) => (bottoms[at] === 0 ? 0 : each / bottoms[at]!));
      return { value: top / bottom, n, interval: n < 2 ? null : percentiles(drawn) };
    },
  };
}

/** The cumulative probabilities of 0, 1, 2, ... in a Poisson distribution of mean 1. */
const cumulative = [1, 1, 2, 6, 24, 120, 720].map((_, k, all) =>
  all.slice(0, k + 1).reduce((sum, factorial) => sum + Math.exp(-1) / factorial, 0),
);

const weightsOf = new WeakMap<SessionFacts, Uint8Array>();

/** How often a session counts in each replicate, the same for all ratios. */
function drawWeights(one: SessionFacts): Uint8Array {
  const known = weightsOf.get(one);
  if (known !== undefined) return known;
  const random = createRandom(hash(sessionKey(one)));
  const weights = Uint8Array.from({ length: replicates }, () => {
    const drawn = random();
    const times = cumulative.findIndex((share) => drawn < share);
    return times === -1 ? cumulative.length : times;
  });
  weightsOf.set(one, weights);
  return weights;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
