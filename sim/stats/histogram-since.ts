import type { SparseHistogram } from './histogram.ts';

const LIMB = 2 ** 52;

/**
 * What a histogram has counted since an earlier look at it: counts and sum are exact; of minimum and maximum no more is
 * known than the bucket, unless they are those of the whole.
 * @param earlier of the same histogram, with the same precision
 */
export function histogramSince(later: SparseHistogram, earlier: SparseHistogram): SparseHistogram {
  const before = new Map(earlier.buckets.map((bucket, i) => [bucket, earlier.counts[i]!]));
  const buckets: number[] = [];
  const counts: number[] = [];
  later.buckets.forEach((bucket, i) => {
    const count = later.counts[i]! - (before.get(bucket) ?? 0);
    if (count === 0) return;
    buckets.push(bucket);
    counts.push(count);
  });
  const sum = later.sum.map((limb, i) => limb - earlier.sum[i]!);
  for (let i = 0; i < 2; i++) {
    if (sum[i]! >= 0) continue;
    sum[i]! += LIMB;
    sum[i + 1]!--;
  }
  const { subBucketBits } = later;
  const edge = (bucket: number) => lowerEdge(bucket, subBucketBits);
  const min = buckets.length === 0 ? 0 : Math.max(later.min, Math.ceil(edge(buckets[0]!)));
  const max = buckets.length === 0 ? 0 : Math.min(later.max, Math.ceil(edge(buckets.at(-1)! + 1)) - 1);
  return { subBucketBits, min, max, sum, buckets, counts };
}

function lowerEdge(bucket: number, subBucketBits: number): number {
  if (bucket === 0) return 0;
  const sub = 1 << subBucketBits;
  return 2 ** Math.floor((bucket - 1) / sub) * (1 + ((bucket - 1) % sub) / sub);
}
