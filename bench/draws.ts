import { keyOf, mix } from '../sim/engine/hash.ts';
import { Streams } from '../sim/engine/random.ts';
import { zipf } from '../sim/engine/samplers/discrete.ts';
import { Exponential } from '../sim/engine/samplers/exponential.ts';
import { Gamma } from '../sim/engine/samplers/gamma.ts';
import { Lognormal } from '../sim/engine/samplers/lognormal.ts';
import type { Sampler } from '../sim/engine/samplers/sampler.ts';
import { type Job, timed } from './job.ts';

/** Random draws. Args: how many. Sums are in arrays: a captured variable would be boxed. */
const sampled =
  (sampler: Sampler): Job =>
  ([count]) => {
    const stream = new Streams(1).stream('bench');
    const sum = new Float64Array(1);
    const seconds = timed(() => {
      for (let i = 0; i < count!; i++) {
        sampler.draw(stream.bits());
        sum[0] = sum[0]! + sampler.out[0]!;
      }
    });
    return { seconds, count: count!, notes: { mean: sum[0]! / count! / sampler.mean } };
  };

const bits: Job = ([count]) => {
  const stream = new Streams(1).stream('bench');
  const sum = new Float64Array(1);
  const seconds = timed(() => {
    for (let i = 0; i < count!; i++) sum[0] = sum[0]! + stream.bits();
  });
  return { seconds, count: count!, notes: { mean: sum[0]! / count! / 2 ** 31 } };
};

const hash: Job = ([count]) => {
  const key = keyOf('bench');
  const sum = new Float64Array(1);
  const seconds = timed(() => {
    for (let i = 0; i < count!; i++) sum[0] = sum[0]! + mix(mix(mix(key, i), 1), 2);
  });
  return { seconds, count: count!, notes: { mean: sum[0]! / count! / 2 ** 31 } };
};

export const jobs: Record<string, Job> = {
  'draws-bits': bits,
  'draws-hash': hash,
  'draws-exponential': sampled(new Exponential(1e6)),
  'draws-lognormal': sampled(Lognormal.byP99(1e6, 5e6)),
  'draws-gamma': sampled(Gamma.erlang(1e6, 3)),
  'draws-zipf': sampled(zipf(1000, 1)),
};
