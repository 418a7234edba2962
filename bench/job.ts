/** What a contender reports about one run. */
export interface Measurement {
  /** CPU seconds of the measured part. */
  readonly seconds: number;
  /** Operations in it. */
  readonly count: number;
  /** Figures that should agree between contenders, or that explain the result. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

/** A contender written in JavaScript: runs in a process of its own, so that the engines do not spoil each other's type feedback. */
export type Job = (args: readonly number[]) => Measurement;

/**
 * Times `work` in CPU seconds of this process, its collector and compiler included: on a machine with other work the wall clock
 * says more about that. The peers take theirs in the same way.
 */
export function timed(work: () => void): number {
  span.from = performance.now();
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  span.to = performance.now();
  return (user + system) / 1e6;
}

/** The measured part of this process, as `performance.now()` has it. */
export const span = { from: Infinity, to: -Infinity };

/** 8192 exponential delays of mean 1 ms, in whole ns, from a generator that every language writes alike. */
export function delays(): Float64Array {
  let random = 1;
  return Float64Array.from({ length: 8192 }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) | 0;
    return Math.round(-1e6 * Math.log(((random >>> 0) + 0.5) / 4294967296));
  });
}
