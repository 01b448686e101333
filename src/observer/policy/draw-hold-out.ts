import { createHash } from 'node:crypto';
import type { Rung, Verdict } from '../../core/types.ts';

/** Findings that keep something from being lost or broken: their words are never withheld. */
const guards: ReadonlySet<string> = new Set(['constraint', 'user-work']);
/** Only words are withheld: a ladder that has come further refuses, asks and stops as ever. */
const words: ReadonlySet<Rung> = new Set(['redirect', 'check']);

/** `share` of the episodes of a session, 0 to 1, by a hash of `seed` and the episode's id: nobody chooses, and it can be drawn again. */
export type HoldOut = { readonly share: number; readonly seed: string };

export function isGuard(detector: string | undefined): boolean {
  return detector !== undefined && guards.has(detector);
}

/** Whether this episode is one of those whose words are withheld, so that it can be seen what becomes of it without them. */
export function drawHoldOut({ share, seed }: HoldOut, episodeId: string, { detector }: Verdict): boolean {
  if (share === 0 || isGuard(detector)) return false;
  const hash = createHash('sha256').update(`hold-out\n${seed}\n${episodeId}`).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48 < share;
}

export function isWithheldRung(rung: Rung): boolean {
  return words.has(rung);
}
