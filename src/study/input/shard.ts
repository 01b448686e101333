import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';

/** One part of work that is split over machines: part `index` (from 1) of `count`. */
export type Shard = { readonly index: number; readonly count: number };

/** Parses `--shard i/n`. Throws UserError when it is not of that form or i is not within 1..n. */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (!match || index < 1 || count < 1 || index > count) {
    throw new UserError(`--shard takes i/n with i from 1 to n, for example 3/8, and not "${text}".`);
  }
  return { index, count };
}

/**
 * Whether a trajectory belongs to a shard. The key must be the same on every machine: the trajectory's id and source, never an
 * absolute path. The hash spreads evenly, and each key is in exactly one of the n shards.
 */
export function isInShard(shard: Shard | undefined, key: string): boolean {
  if (shard === undefined || shard.count === 1) return true;
  const hash = createHash('sha1').update(key).digest().readUInt32BE(0);
  return hash % shard.count === shard.index - 1;
}
