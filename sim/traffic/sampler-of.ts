import { Deterministic } from '../engine/samplers/deterministic.ts';
import { Discrete } from '../engine/samplers/discrete.ts';
import { Exponential } from '../engine/samplers/exponential.ts';
import { Gamma } from '../engine/samplers/gamma.ts';
import { Hyperexponential } from '../engine/samplers/hyperexponential.ts';
import { Lognormal } from '../engine/samplers/lognormal.ts';
import { Normal } from '../engine/samplers/normal.ts';
import { Pareto } from '../engine/samplers/pareto.ts';
import type { Sampler } from '../engine/samplers/sampler.ts';
import { Uniform } from '../engine/samplers/uniform.ts';
import { Weibull } from '../engine/samplers/weibull.ts';
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
    case 'gamma':
      return new Gamma(distribution.mean, distribution.shape);
    case 'hyperexponential':
      return new Hyperexponential(distribution.branches);
    case 'weibull':
      return new Weibull(distribution.scale, distribution.shape);
    case 'pareto':
      return new Pareto(distribution.min, distribution.shape, distribution.max);
    case 'normal':
      return new Normal(distribution.mean, distribution.deviation);
    case 'discrete':
      return new Discrete(
        distribution.values.map(({ value }) => value),
        distribution.values.map(({ weight }) => weight),
      );
  }
}
