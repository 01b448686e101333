/** Counts values in buckets that grow by 2 %: quantiles of any number of values in constant memory. */
export type Histogram = {
  readonly add: (value: number) => void;
  /** The value below which this share of all lies, within 2 %; null when there isn't one. */
  readonly quantile: (share: number) => number | null;
};

const growth = Math.log(1.02);
const buckets = 2000;

/** An empty histogram for values from 0.001 up. */
export function createHistogram(): Histogram {
  const counts = new Uint32Array(buckets);
  let total = 0;
  return {
    add: (value) => {
      const bucket = Math.floor(Math.log(Math.max(value, 0.001) / 0.001) / growth);
      counts[Math.min(bucket, buckets - 1)]! += 1;
      total += 1;
    },
    quantile: (share) => {
      if (total === 0) return null;
      let left = Math.max(1, Math.ceil(share * total));
      let bucket = 0;
      while (bucket < buckets - 1 && left > counts[bucket]!) left -= counts[bucket++]!;
      return 0.001 * Math.exp((bucket + 0.5) * growth);
    },
  };
}
