import { Histogram } from '../sim/stats/histogram.ts';
import { Tally } from '../sim/stats/tally.ts';
import { delays, type Job, timed } from './job.ts';

/** Records of exponential latencies of mean 1 s, many of them above 2^31 ns. Args: how many. */
const recorded =
  (recorder: { record(value: number): void; readonly mean: number }): Job =>
  ([count]) => {
    const values = delays().map((delay) => delay * 1000);
    const seconds = timed(() => {
      for (let i = 0; i < count!; i++) recorder.record(values[i & 8191]!);
    });
    return { seconds, count: count!, notes: { mean: recorder.mean } };
  };

export const jobs: Record<string, Job> = { histogram: recorded(new Histogram()), tally: recorded(new Tally()) };
