/** How p-values of several metrics are corrected: Holm bounds any false alarm, Benjamini-Hochberg the share of false ones. */
export type Correction = 'holm' | 'bh' | 'none';

/** The adjusted p-values, in the order given; null ones stay null and do not count. */
export function adjustPValues(values: readonly (number | null)[], correction: Correction): (number | null)[] {
  const known = values
    .flatMap((p, index) => (p === null ? [] : [{ p, index }]))
    .sort((left, right) => left.p - right.p);
  const adjusted: (number | null)[] = values.map(() => null);
  if (correction === 'bh') {
    let smallest = 1;
    for (let rank = known.length; rank >= 1; rank--) {
      const { p, index } = known[rank - 1]!;
      smallest = Math.min(smallest, (p * known.length) / rank);
      adjusted[index] = smallest;
    }
    return adjusted;
  }
  let largest = 0;
  known.forEach(({ p, index }, position) => {
    largest = correction === 'none' ? p : Math.max(largest, Math.min(1, p * (known.length - position)));
    adjusted[index] = largest;
  });
  return adjusted;
}
