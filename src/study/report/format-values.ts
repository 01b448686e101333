import type { Unit } from '../metrics/figures.ts';
import type { Estimate, Interval } from '../metrics/statistics.ts';
import { formatCount } from '../progress-bar.ts';

/** A value in its unit: `5.3 %`, `1,234`, `$0.0123`, `45 ms`. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'share':
      return `${fixed(value * 100, 1)} %`;
    case 'usd':
      return `${value < 0 ? '-' : ''}$${fixed(Math.abs(value), Math.abs(value) < 1 ? 4 : 2)}`;
    case 'ms':
      return `${round(value)} ms`;
    case 'seconds':
      return `${round(value)} s`;
    case 'tokens':
      return formatCount(Math.round(value));
    case 'steps':
    case 'number':
      return round(value);
    default:
      return unit satisfies never;
  }
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? formatCount(Math.round(value)) : fixed(value, Math.abs(value) < 10 ? 2 : 1);
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** `[4.8 %, 5.9 %]`; empty when there is no interval. */
export function formatInterval(interval: Interval | null, unit: Unit): string {
  return interval === null ? '' : `[${formatValue(interval[0], unit)}, ${formatValue(interval[1], unit)}]`;
}

/** The value with its interval and n, in one line. */
export function formatEstimate(estimate: Estimate, unit: Unit): string {
  if (estimate.value === null) return '– (n = 0)';
  return `${formatValue(estimate.value, unit)} ${formatInterval(estimate.interval, unit)} (n = ${formatCount(estimate.n)})`.replace(
    '  ',
    ' ',
  );
}

/** `0.0096`, `< 0.0001`. */
export function formatP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(p < 0.01 ? 4 : 3);
}

/** `+4.2 %`, `-4.2 %`. */
export function formatChange(share: number | null): string {
  if (share === null) return '–';
  return `${share > 0 ? '+' : ''}${fixed(share * 100, 1)} %`;
}

/** The interval of a difference: shares differ by points. */
export function formatDifference(interval: Interval | null, unit: Unit): string {
  if (interval === null || unit !== 'share') return formatInterval(interval, unit);
  return `[${fixed(interval[0] * 100, 1)}, ${fixed(interval[1] * 100, 1)}] points`;
}

/** `1 step`, `1,234 steps`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** How many of what a figure counts: `1 session`, `40 sessions`. `of` is in the plural, its first word the one that bends. */
export function countOf(n: number, of: string): string {
  return `${formatCount(n)} ${n === 1 ? of.replace(/s\b/, '') : of}`;
}
