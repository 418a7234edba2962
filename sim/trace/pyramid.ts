/** A series at one resolution: bucket i covers `width` of the finest buckets, the last one perhaps fewer. */
export interface PyramidLevel {
  readonly width: number;
  readonly sum: Float64Array;
  readonly max: Float64Array;
  readonly min: Float64Array;
}

/**
 * A dense series at every power-of-two resolution, so that a picture of any zoom reads at most twice as many buckets as it is
 * wide in pixels, and no spike is lost: each coarse bucket keeps the maximum and minimum of the fine ones. Holds 4 × the series.
 */
export class Pyramid {
  /** [0] is the series itself; each next one is half as long, down to a single bucket. */
  readonly levels: readonly PyramidLevel[];

  constructor(dense: Float64Array) {
    const levels: PyramidLevel[] = [{ width: 1, sum: dense, max: dense, min: dense }];
    for (let level = levels[0]!; level.sum.length > 1; ) {
      level = coarser(level);
      levels.push(level);
    }
    this.levels = levels;
  }

  /** The finest level that has at most 2 × `pixels` buckets where the series has `buckets`. */
  level(buckets: number, pixels: number): PyramidLevel {
    let at = 0;
    while (at < this.levels.length - 1 && Math.ceil(buckets / this.levels[at]!.width) > 2 * pixels) at++;
    return this.levels[at]!;
  }
}

function coarser(fine: PyramidLevel): PyramidLevel {
  const length = Math.ceil(fine.sum.length / 2);
  const [sum, max, min] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    const left = 2 * i;
    const right = Math.min(left + 1, fine.sum.length - 1); // an odd one out stands for both
    sum[i] = fine.sum[left]! + (right > left ? fine.sum[right]! : 0);
    max[i] = Math.max(fine.max[left]!, fine.max[right]!);
    min[i] = Math.min(fine.min[left]!, fine.min[right]!);
  }
  return { width: fine.width * 2, sum, max, min };
}
