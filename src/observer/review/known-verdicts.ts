import type { Verdict } from '../../core/types.ts';

/** Verdicts that are remembered at most. */
const maxKnown = 40;

/** What earlier reviews found: two of them may see the same steps. */
export type KnownVerdicts = {
  /** Whether an earlier one said the same by one of its quotes, and nothing has come since that shows it anew. Remembers it where not. */
  readonly isKnown: (verdict: Verdict) => boolean;
};

export function createKnownVerdicts(): KnownVerdicts {
  const known: Verdict[] = [];
  return {
    isKnown: (verdict) => {
      if (known.some((earlier) => isSame(earlier, verdict))) return true;
      known.push(verdict);
      if (known.length > maxKnown) known.shift();
      return false;
    },
  };
}

function isSame(earlier: Verdict, verdict: Verdict): boolean {
  if (earlier.class !== verdict.class || earlier.atStep >= verdict.atStep) return false;
  if (Math.max(...verdict.evidenceSteps) > earlier.atStep) return false;
  return earlier.quote === verdict.quote || (verdict.against !== undefined && earlier.against === verdict.against);
}
