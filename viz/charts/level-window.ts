/** The buckets of one resolution that a view shows: indices first ≤ i < end, and where each begins. */
export interface LevelWindow {
  readonly first: number;
  readonly end: number;
  /** Start of bucket i, ns. */
  at(i: number): number;
}

/**
 * @param width finest buckets per bucket of the level
 * @param length buckets of the level
 * @param bucket width of the finest buckets, ns
 */
export function levelWindow(width: number, length: number, bucket: number, from: number, to: number): LevelWindow {
  const step = width * bucket;
  return {
    first: Math.max(0, Math.floor(from / step)),
    end: Math.min(length, Math.ceil(to / step)),
    at: (i) => i * step,
  };
}

/** Finest buckets that fit between two instants; at least 1. */
export function bucketsBetween(from: number, to: number, bucket: number): number {
  return Math.max(1, Math.ceil((to - from) / bucket));
}
