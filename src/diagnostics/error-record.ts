import type { FoundError } from './found-error.ts';

type Counts = ReadonlyMap<string, number>;

/** Which errors of a file are known, so that only new ones are reported. */
export type ErrorRecord = {
  /** Whether it is known what stood there before the first edit. */
  readonly hasBaseline: () => boolean;
  /** Those of these errors that are new: more of their kind than were known last, and than stood there before the first edit. */
  readonly findNew: (errors: readonly FoundError[]) => readonly FoundError[];
  /** Takes these for known. */
  readonly accept: (errors: readonly FoundError[]) => void;
  /** What was accepted last was reported to nobody: it is new again when it is still there. */
  readonly takeBack: () => void;
};

/** Errors are told apart by what they say, since an edit moves the lines of all that follow. */
export function createErrorRecord(): ErrorRecord {
  let first: Counts | undefined;
  let known: Counts | undefined;
  let before: Counts | undefined;
  return {
    hasBaseline: () => first !== undefined,
    findNew: (errors) => {
      if (first === undefined || known === undefined) return [];
      const left = new Map<string, number>();
      return errors.filter((error) => {
        const key = keyOf(error);
        const had = left.get(key) ?? Math.max(first?.get(key) ?? 0, known?.get(key) ?? 0);
        left.set(key, had - 1);
        return had <= 0;
      });
    },
    accept: (errors) => {
      before = known;
      known = countErrors(errors);
      first ??= known;
    },
    takeBack: () => {
      known = before ?? known;
    },
  };
}

function countErrors(errors: readonly FoundError[]): Counts {
  const counts = new Map<string, number>();
  for (const error of errors) counts.set(keyOf(error), (counts.get(keyOf(error)) ?? 0) + 1);
  return counts;
}

function keyOf({ code, message }: FoundError): string {
  return `${code}\u0000${message}`;
}
