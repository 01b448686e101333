import jstat from 'jstat';
import { mean, sampleVariance } from 'simple-statistics';
import { createRandom } from './random.ts';
import { type Interval, type Pair, percentiles, ratioOf, resample, resamples, z95 } from './statistics.ts';

/** A two-sided test of a difference (second minus first); `statistic` is z, t or U by the test. */
export type TestResult = {
  readonly difference: number;
  readonly interval: Interval;
  readonly statistic: number;
  readonly p: number;
};

/** P(|Z| >= |z|) for a standard normal. */
export function twoSidedNormal(z: number): number {
  return 2 * jstat.normal.cdf(-Math.abs(z), 0, 1);
}

/** The pooled two-proportion z test; the interval is unpooled (Wald). Null when a sample is empty or nothing varies. */
export function twoProportionZ(first: Pair, second: Pair): TestResult | null {
  if (first.bottom === 0 || second.bottom === 0) return null;
  const [left, right] = [first.top / first.bottom, second.top / second.bottom];
  const pooled = (first.top + second.top) / (first.bottom + second.bottom);
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / first.bottom + 1 / second.bottom));
  if (pooledError === 0) return null;
  const error = Math.sqrt((left * (1 - left)) / first.bottom + (right * (1 - right)) / second.bottom);
  return fromZ(right - left, (right - left) / pooledError, error);
}

function fromZ(difference: number, z: number, error: number): TestResult {
  return {
    difference,
    interval: [difference - z95 * error, difference + z95 * error],
    statistic: z,
    p: twoSidedNormal(z),
  };
}

/**
 * The z test of two ratios whose parts come in clusters (calls in sessions, sessions in repositories), with the linearised variance
 * of a ratio estimator (Cochran, Sampling Techniques, 1977, ch. 6). Null with fewer than two clusters a side, or without variance.
 */
export function clusteredRatioZ(first: readonly Pair[], second: readonly Pair[]): TestResult | null {
  if (first.length < 2 || second.length < 2) return null;
  const difference = ratioOf(second) - ratioOf(first);
  const error = Math.sqrt(ratioVariance(first) + ratioVariance(second));
  return error === 0 || !Number.isFinite(error) ? null : fromZ(difference, difference / error, error);
}

/** The linearised variance of a ratio of sums over clusters. */
export function ratioVariance(pairs: readonly Pair[]): number {
  const ratio = ratioOf(pairs);
  const bottom = pairs.reduce((sum, pair) => sum + pair.bottom, 0);
  const residuals = pairs.reduce((sum, pair) => sum + (pair.top - ratio * pair.bottom) ** 2, 0);
  return (residuals * pairs.length) / ((pairs.length - 1) * bottom ** 2);
}

/** Welch's t test (1947), for means of unequal variances. Null with fewer than two values a side, or without variance. */
export function welchT(
  first: readonly number[],
  second: readonly number[],
): (TestResult & { readonly degrees: number }) | null {
  if (first.length < 2 || second.length < 2) return null;
  const [left, right] = [sampleVariance([...first]) / first.length, sampleVariance([...second]) / second.length];
  const error = Math.sqrt(left + right);
  if (error === 0) return null;
  const degrees = (left + right) ** 2 / (left ** 2 / (first.length - 1) + right ** 2 / (second.length - 1));
  const difference = mean([...second]) - mean([...first]);
  const half = jstat.studentt.inv(0.975, degrees) * error;
  const t = difference / error;
  return {
    difference,
    interval: [difference - half, difference + half],
    statistic: t,
    p: 2 * jstat.studentt.cdf(-Math.abs(t), degrees),
    degrees,
  };
}

/**
 * The Mann-Whitney U test (1947) by its normal approximation, with the correction for ties and for continuity. `u` counts the
 * pairs in which the second sample is larger; `superiority` is u / (n1 n2). Null for an empty sample or without variance.
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
): { readonly u: number; readonly superiority: number; readonly z: number; readonly p: number } | null {
  const [n1, n2] = [first.length, second.length];
  if (n1 === 0 || n2 === 0) return null;
  const { rankSum, tieTerm } = rankTogether(first, second);
  const u = rankSum - (n2 * (n2 + 1)) / 2;
  const n = n1 + n2;
  const variance = ((n1 * n2) / 12) * (n + 1 - tieTerm / (n * (n - 1)));
  if (!(variance > 0)) return null;
  const distance = u - (n1 * n2) / 2;
  const z = (Math.sign(distance) * Math.max(0, Math.abs(distance) - 0.5)) / Math.sqrt(variance);
  return { u, superiority: u / (n1 * n2), z, p: twoSidedNormal(z) };
}

/** The sum of the second sample's mid-ranks, and the sum of t^3 - t over ties. */
function rankTogether(first: readonly number[], second: readonly number[]): { rankSum: number; tieTerm: number } {
  const all = [...first.map((value) => ({ value, second: 0 })), ...second.map((value) => ({ value, second: 1 }))];
  all.sort((left, right) => left.value - right.value);
  let rankSum = 0;
  let tieTerm = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    let ofSecond = 0;
    while (end < all.length && all[end]!.value === all[start]!.value) ofSecond += all[end++]!.second;
    const ties = end - start;
    rankSum += ofSecond * ((start + 1 + end) / 2);
    tieTerm += ties ** 3 - ties;
    start = end;
  }
  return { rankSum, tieTerm };
}

/**
 * The bootstrap-t of a difference of two ratios, resampled by cluster (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
 * ch. 12): each resample's difference is divided by its own error, which keeps the level where clusters are few. Null with fewer than
 * two clusters a side, or without variance.
 */
export function bootstrapRatios(first: readonly Pair[], second: readonly Pair[]): TestResult | null {
  const observed = clusteredRatioZ(first, second);
  if (observed === null) return null;
  const { difference, statistic } = observed;
  const error = Math.abs(difference / statistic) || Math.sqrt(ratioVariance(first) + ratioVariance(second));
  const random = createRandom(first.length * 31 + second.length);
  const times = resamples(first.length + second.length);
  const drawn: number[] = [];
  for (let time = 0; time < times; time++) {
    const [left, right] = [resample(first, random), resample(second, random)];
    const ownError = Math.sqrt(ratioVariance(left) + ratioVariance(right));
    if (ownError > 0) drawn.push((ratioOf(right) - ratioOf(left) - difference) / ownError);
  }
  if (drawn.length < times / 2) return null;
  const beyond = drawn.filter((value) => Math.abs(value) >= Math.abs(statistic)).length;
  const [low, high] = percentiles(drawn);
  return {
    difference,
    interval: [difference - high * error, difference - low * error],
    statistic,
    p: (beyond + 1) / (drawn.length + 1),
  };
}

/**
 * McNemar's exact test on the pairs that disagree (a binomial sign test): `onlyFirst` pairs where only the first succeeded,
 * `onlySecond` where only the second did.
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  if (n === 0) return 1;
  return Math.min(1, 2 * jstat.binomial.cdf(Math.min(onlyFirst, onlySecond), n, 0.5));
}
