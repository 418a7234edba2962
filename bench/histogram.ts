import { Histogram } from '../sim/stats/histogram.ts';
import { Tally } from '../sim/stats/tally.ts';
import { delays, type Job } from './job.ts';
import { micro } from './micro.ts';

/** Records of exponential latencies of mean 1 s, many of them above 2^31 ns. */
const recorded =
  (recorder: { record(value: number): void; readonly mean: number }): Job =>
  () => {
    const values = delays().map((delay) => delay * 1000);
    let next = 0;
    const measured = micro(() => {
      for (let i = 0; i < 1000; i++) recorder.record(values[(next + i) & 8191]!);
      next += 1000;
    });
    return { ...measured, notes: { mean: recorder.mean } };
  };

export const jobs: Record<string, Job> = { histogram: recorded(new Histogram()), tally: recorded(new Tally()) };
