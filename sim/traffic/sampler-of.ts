import { Deterministic } from '../engine/samplers/deterministic.ts';
import { Exponential } from '../engine/samplers/exponential.ts';
import { Lognormal } from '../engine/samplers/lognormal.ts';
import type { Sampler } from '../engine/samplers/sampler.ts';
import { Uniform } from '../engine/samplers/uniform.ts';
import type { Distribution } from '../input/scenario.ts';

/** The sampler of a distribution as a scenario names it; draws are ns. */
export function samplerOf(distribution: Distribution): Sampler {
  switch (distribution.kind) {
    case 'constant':
      return new Deterministic(distribution.value);
    case 'exponential':
      return new Exponential(distribution.mean);
    case 'uniform':
      return new Uniform(distribution.min, distribution.max);
    case 'lognormal':
      return Lognormal.byP99(distribution.mean, distribution.p99);
  }
}
