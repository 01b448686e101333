import type { SessionFacts } from './session-facts.ts';
import type { Pair } from './statistics.ts';
import type { Measure } from './tally.ts';

/** The mean of one value a session; of those in which it is known. */
export function mean(value: (one: SessionFacts) => number | null): Measure {
  return {
    kind: 'mean',
    values: (one) => {
      const known = value(one);
      return known === null ? [] : [known];
    },
  };
}

/** The share of cases that are so. */
export function share(cases: (one: SessionFacts) => readonly boolean[]): Measure {
  return { kind: 'share', cases };
}

/** A ratio of two sums over sessions. */
export function ratio(pair: (one: SessionFacts) => Pair | undefined): Measure {
  return {
    kind: 'ratio',
    pairs: (one) => {
      const known = pair(one);
      return known === undefined ? [] : [known];
    },
  };
}

/** The median of the values of all sessions; of those that are known. */
export function median(values: (one: SessionFacts) => readonly (number | null)[]): Measure {
  return { kind: 'median', values: (one) => values(one).filter((value) => value !== null) };
}
