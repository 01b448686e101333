import type { JsonObject } from '../../core/types.ts';
import { type RawUsage, readCount } from '../answer/collector.ts';

/** The tokens of an answer as the Messages API counts them. */
export type Counts = {
  readonly input?: number;
  readonly read?: number;
  readonly written?: number;
  readonly output?: number;
};

const countFields = {
  input: 'input_tokens',
  read: 'cache_read_input_tokens',
  written: 'cache_creation_input_tokens',
  output: 'output_tokens',
} as const;

/** The counts that are given; later ones replace earlier ones, since all are cumulative. */
export function readCounts(usage: JsonObject): Counts {
  const given = Object.entries(countFields).filter(([, field]) => typeof usage[field] === 'number');
  return Object.fromEntries(given.map(([name, field]) => [name, readCount(usage[field])]));
}

export function addCounts(left: Counts, right: Counts): Counts {
  const sum = (name: keyof Counts) => (left[name] ?? 0) + (right[name] ?? 0);
  if (left.input === undefined && right.input === undefined) return {};
  return { input: sum('input'), read: sum('read'), written: sum('written'), output: sum('output') };
}

/** `input_tokens` counts only what was neither read from the cache nor written to it. */
export function usageOf({ input = 0, read = 0, written = 0, output = 0 }: Counts): RawUsage {
  return { input: input + read + written, cached: read, written, output };
}
