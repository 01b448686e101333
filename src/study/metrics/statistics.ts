import jstat from 'jstat';
import { mean, quantileSorted, sampleVariance } from 'simple-statistics';
import { createRandom } from './random.ts';

/** A 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** A figure with the size of what it was computed from; `value` is null when there is nothing to compute it from. */
export type Estimate = { readonly value: number | null; readonly n: number; readonly interval: Interval | null };

/** What a ratio is summed from: one pair a session (failed calls and calls), or a repository. */
export type Pair = { readonly top: number; readonly bottom: number };

export const nothing: Estimate = { value: null, n: 0, interval: null };

/** The z of a two-sided 95 % interval, 1.95996. */
export const z95 = jstat.normal.inv(0.975, 0, 1);

/** The z of intervals of which, `comparisons` together, 95 % hold all at once (Bonferroni). */
export function zOfMany(comparisons: number): number {
  return jstat.normal.inv(1 - 0.025 / Math.max(1, comparisons), 0, 1);
}

/** A proportion with Wilson's score interval (Wilson 1927), which holds for small n and for 0 and n successes too. */
export function estimateProportion(successes: number, n: number, z: number = z95): Estimate {
  if (n === 0) return nothing;
  const share = successes / n;
  const spread = z ** 2 / n;
  const center = (share + spread / 2) / (1 + spread);
  const half = (z / (1 + spread)) * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  return { value: share, n, interval: [Math.max(0, center - half), Math.min(1, center + half)] };
}

/** A share with its count. */
export type Sample = { readonly successes: number; readonly n: number };

/**
 * The difference of two proportions (first minus second) with Newcombe's hybrid score interval (Statistics in Medicine 17:873, 1998,
 * method 10), which does not collapse when nothing or everything succeeded. `n` is of both together.
 */
export function estimateDifference(first: Sample, second: Sample, z: number = z95): Estimate {
  const left = estimateProportion(first.successes, first.n, z);
  const right = estimateProportion(second.successes, second.n, z);
  if (left.value === null || right.value === null || !left.interval || !right.interval) return nothing;
  const difference = left.value - right.value;
  const down = Math.hypot(left.value - left.interval[0], right.interval[1] - right.value);
  const up = Math.hypot(left.interval[1] - left.value, right.value - right.interval[0]);
  return { value: difference, n: first.n + second.n, interval: [difference - down, difference + up] };
}

/** A mean with the interval of Student's t, cut at 0 where no value is below; without one for a single value. */
export function estimateMean(values: readonly number[]): Estimate {
  const n = values.length;
  if (n === 0) return nothing;
  const center = mean([...values]);
  if (n === 1) return { value: center, n, interval: null };
  const half = jstat.studentt.inv(0.975, n - 1) * Math.sqrt(sampleVariance([...values]) / n);
  const low = center - half;
  return { value: center, n, interval: [values.every((value) => value >= 0) ? Math.max(0, low) : low, center + half] };
}

/** A median with a percentile bootstrap interval. */
export function estimateMedian(values: readonly number[]): Estimate {
  if (values.length === 0) return nothing;
  const medianOf = (sample: readonly number[]) =>
    quantileSorted(
      [...sample].sort((left, right) => left - right),
      0.5,
    );
  return { value: medianOf(values), n: values.length, interval: bootstrapInterval(values, medianOf) };
}

/** A ratio of sums, such as failed calls to calls; resampled by whole sessions, because calls of one session go together. */
export function estimateRatio(pairs: readonly Pair[]): Estimate {
  const used = pairs.filter((pair) => pair.bottom > 0);
  if (used.length === 0) return nothing;
  return { value: ratioOf(used), n: used.length, interval: bootstrapInterval(used, ratioOf) };
}

/** Sum over sum. */
export function ratioOf(pairs: readonly Pair[]): number {
  let top = 0;
  let bottom = 0;
  for (const pair of pairs) {
    top += pair.top;
    bottom += pair.bottom;
  }
  return bottom === 0 ? 0 : top / bottom;
}

/** How often is resampled: 2,000 times, fewer for very large samples (whose intervals need fewer), never fewer than 200. */
export function resamples(n: number): number {
  return Math.max(200, Math.min(2000, Math.floor(40_000_000 / Math.max(1, n))));
}

/**
 * The percentile bootstrap interval (Efron 1979); null for fewer than two items. Resamples for which the statistic is not defined
 * (null) are left out, and with more than half of them there is no interval.
 */
export function bootstrapInterval<Item>(
  items: readonly Item[],
  statistic: (sample: readonly Item[]) => number | null,
): Interval | null {
  if (items.length < 2) return null;
  const random = createRandom(items.length);
  const times = resamples(items.length);
  const drawn = Array.from({ length: times }, () => statistic(resample(items, random))).filter(
    (value) => value !== null,
  );
  return drawn.length < times / 2 ? null : percentiles(drawn);
}

/** As many items, drawn with replacement. */
export function resample<Item>(items: readonly Item[], random: () => number): Item[] {
  const sample = new Array<Item>(items.length);
  for (let at = 0; at < items.length; at++) sample[at] = items[Math.floor(random() * items.length)]!;
  return sample;
}

/** The middle 95 % of the values. */
export function percentiles(values: number[]): Interval {
  const sorted = values.sort((left, right) => left - right);
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}
