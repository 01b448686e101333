import { bootstrapInterval, type Interval } from './statistics.ts';

export type Agreement = { readonly value: number | null; readonly n: number; readonly interval: Interval | null };

/**
 * Cohen's kappa (1960) of two coders over the same units: agreement beyond what their own frequencies would give by chance. Null
 * when chance alone already gives full agreement (both used one value only).
 */
export function cohenKappa(pairs: readonly (readonly [unknown, unknown])[]): number | null {
  const n = pairs.length;
  if (n === 0) return null;
  const observed = pairs.filter(([left, right]) => left === right).length / n;
  const [first, second] = [frequencies(pairs.map(([left]) => left)), frequencies(pairs.map(([, right]) => right))];
  let chance = 0;
  for (const [value, count] of first) chance += (count / n) * ((second.get(value) ?? 0) / n);
  return chance === 1 ? null : (observed - chance) / (1 - chance);
}

function frequencies(values: readonly unknown[]): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/**
 * Krippendorff's alpha for nominal data (2011): any number of coders, units that not all of them read (`undefined`). Null when there
 * is not a unit with two readings, or nothing varies.
 */
export function krippendorffAlpha(units: readonly (readonly unknown[])[]): number | null {
  const read = units.map((unit) => unit.filter((value) => value !== undefined)).filter((unit) => unit.length >= 2);
  const total = read.reduce((sum, unit) => sum + unit.length, 0);
  if (total === 0) return null;
  const overall = frequencies(read.flat());
  let observed = 0;
  for (const unit of read) {
    let pairs = unit.length ** 2;
    for (const count of frequencies(unit).values()) pairs -= count ** 2;
    observed += pairs / (unit.length - 1);
  }
  let expected = total ** 2;
  for (const count of overall.values()) expected -= count ** 2;
  if (expected === 0) return null;
  return 1 - ((total - 1) * observed) / expected;
}

/** Kappa with a bootstrap interval over the units. */
export function estimateKappa(pairs: readonly (readonly [unknown, unknown])[]): Agreement {
  return {
    value: cohenKappa(pairs),
    n: pairs.length,
    interval: bootstrapInterval(pairs, cohenKappa),
  };
}

/** Alpha with a bootstrap interval over the units that two or more coders read. */
export function estimateAlpha(units: readonly (readonly unknown[])[]): Agreement {
  const read = units.filter((unit) => unit.filter((value) => value !== undefined).length >= 2);
  return {
    value: krippendorffAlpha(read),
    n: read.length,
    interval: bootstrapInterval(read, krippendorffAlpha),
  };
}
