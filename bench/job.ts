/** What a contender reports about one run. */
export interface Measurement {
  /** Wall seconds of the measured part. */
  readonly seconds: number;
  /** Operations in it. */
  readonly count: number;
  /** Figures that should agree between contenders, or that explain the result. */
  readonly notes?: Readonly<Record<string, number>>;
}

/** A contender written in JavaScript: runs in a process of its own, so that the engines do not spoil each other's type feedback. */
export type Job = (args: readonly number[]) => Measurement;

/** Times `work` in wall seconds. */
export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** 8192 exponential delays of mean 1 ms, in whole ns, from a generator that every language writes alike. */
export function delays(): Float64Array {
  let random = 1;
  return Float64Array.from({ length: 8192 }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) | 0;
    return Math.round(-1e6 * Math.log(((random >>> 0) + 0.5) / 4294967296));
  });
}
