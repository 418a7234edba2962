import { keyOf, mix } from '../sim/engine/hash.ts';
import { Streams } from '../sim/engine/random.ts';
import { zipf } from '../sim/engine/samplers/discrete.ts';
import { Exponential } from '../sim/engine/samplers/exponential.ts';
import { Gamma } from '../sim/engine/samplers/gamma.ts';
import { Lognormal } from '../sim/engine/samplers/lognormal.ts';
import type { Sampler } from '../sim/engine/samplers/sampler.ts';
import type { Job } from './job.ts';
import { micro } from './micro.ts';

/** Random draws. The mean is in parts of what it should be. Sums are in arrays: a captured variable would be boxed. */
const drawn = (draw: () => number, mean: number): Job => {
  const sums = new Float64Array(2); // of the draws, and how many
  return () => {
    const measured = micro(() => {
      for (let i = 0; i < 1000; i++) sums[0] = sums[0]! + draw();
      sums[1] = sums[1]! + 1000;
    });
    return { ...measured, notes: { mean: sums[0]! / sums[1]! / mean } };
  };
};

const sampled = (sampler: Sampler): Job => {
  const stream = new Streams(1).stream('bench');
  const draw = () => {
    sampler.draw(stream.bits());
    return sampler.out[0]!;
  };
  return drawn(draw, sampler.mean);
};

const stream = new Streams(1).stream('bits');
const key = keyOf('bench');
const counter = new Int32Array(1);
const hash = () => {
  counter[0] = counter[0]! + 1;
  return mix(mix(mix(key, counter[0]!), 1), 2) >>> 0;
};

export const jobs: Record<string, Job> = {
  'draws-bits': drawn(() => stream.bits() >>> 0, 2 ** 31),
  'draws-hash': drawn(hash, 2 ** 31),
  'draws-exponential': sampled(new Exponential(1e6)),
  'draws-lognormal': sampled(Lognormal.byP99(1e6, 5e6)),
  'draws-gamma': sampled(Gamma.erlang(1e6, 3)),
  'draws-zipf': sampled(zipf(1000, 1)),
};
