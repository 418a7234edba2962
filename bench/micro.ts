import Benchmark from 'benchmark';
import { type Measurement, span } from './job.ts';

/**
 * A small operation, by the `benchmark` package: as many rounds as it takes for a steady figure.
 * @param thousand does the operation 1,000 times, so that the call of it does not count
 */
export function micro(thousand: () => void): Omit<Measurement, 'notes'> {
  const benchmark = new Benchmark(thousand, { minSamples: 20, maxTime: 2 });
  span.from = performance.now();
  benchmark.run({ async: false });
  span.to = performance.now();
  return { seconds: benchmark.stats.mean, count: 1000 };
}
