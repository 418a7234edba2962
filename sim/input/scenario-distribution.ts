import { z } from 'zod';
import type { Distribution } from './scenario.ts';
import { complain, count, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';

const positive = z.number().positive();

/** Each kind by the parameters that people know of it. */
const kinds = {
  constant: positiveDuration().optional().describe('Always the same.'),
  exponential: positiveDuration().optional().describe('By its mean.'),
  uniform: section({ min: duration(), max: positiveDuration() }).optional().describe('Between two bounds.'),
  lognormal: section({ mean: positiveDuration(), p99: positiveDuration() })
    .optional()
    .describe('By its mean and its 99th percentile, as measured services are.'),
  gamma: section({ mean: positiveDuration(), shape: z.number().min(0.05).max(10_000) })
    .optional()
    .describe('By its mean and shape; the squared coefficient of variation is 1 / shape.'),
  erlang: section({ mean: positiveDuration(), stages: count(1).max(10_000) })
    .optional()
    .describe('The sum of so many exponentials.'),
  hyperexponential: z
    .union([
      section({ mean: positiveDuration(), squaredVariation: z.number().min(1) }),
      section({ branches: z.array(section({ weight: positive, mean: positiveDuration() })).min(1) }),
    ])
    .optional()
    .describe(
      'A mixture of exponentials: by mean and squared coefficient of variation (balanced means), or its branches.',
    ),
  weibull: section({ scale: positiveDuration(), shape: positive }).optional().describe('Below shape 1 a heavy tail.'),
  pareto: section({ min: positiveDuration(), shape: positive, max: positiveDuration().optional() })
    .optional()
    .describe('A power law from `min` on, up to `max` where it is given.'),
  normal: section({ mean: positiveDuration(), deviation: duration() }).optional().describe('Cut at 0.'),
  discrete: z
    .array(section({ value: positiveDuration(), weight: positive.default(1) }))
    .min(1)
    .optional()
    .describe('One of some values, by weight: two make a bimodal service.'),
};

const NAMES = Object.keys(kinds).join(', ');

/** How long something takes: a duration, or a distribution of durations. */
export const distribution = z
  .union([positiveDuration(), section(kinds)], {
    error: expecting('a duration, or {lognormal: {mean: 40ms, p99: 250ms}}'),
  })
  .transform((given, ctx): Distribution => {
    if (typeof given === 'number') return { kind: 'constant', value: given };
    const named = Object.keys(given);
    if (named.length !== 1) {
      return refuse(ctx, named.length === 0 ? 'no distribution is given' : `${named.join(' and ')} together`, {
        expected: `one of ${NAMES}`,
      });
    }
    const {
      constant,
      exponential,
      uniform,
      lognormal,
      gamma,
      erlang,
      hyperexponential,
      weibull,
      pareto,
      normal,
      discrete,
    } = given;
    if (constant !== undefined) return { kind: 'constant', value: constant };
    if (exponential !== undefined) return { kind: 'exponential', mean: exponential };
    if (gamma !== undefined) return { kind: 'gamma', ...gamma };
    if (erlang !== undefined) return { kind: 'gamma', mean: erlang.mean, shape: erlang.stages };
    if (weibull !== undefined) return { kind: 'weibull', ...weibull };
    if (normal !== undefined) return { kind: 'normal', ...normal };
    if (discrete !== undefined) return { kind: 'discrete', values: discrete };
    if (hyperexponential !== undefined) return { kind: 'hyperexponential', branches: branchesOf(hyperexponential) };
    if (uniform !== undefined) {
      if (uniform.min > uniform.max) complain(ctx, 'min is more than max', {}, ['uniform', 'min']);
      return { kind: 'uniform', ...uniform };
    }
    if (pareto !== undefined) {
      const { min, shape, max = Infinity } = pareto;
      if (max <= min) return refuse(ctx, 'max must be more than min', {}, ['pareto', 'max']);
      return { kind: 'pareto', min, shape, max };
    }
    const { mean, p99 } = lognormal!;
    if (p99 <= mean) return refuse(ctx, 'p99 must be more than the mean', {}, ['lognormal', 'p99']);
    // mean = exp(m + s²/2), p99 = exp(m + 2.326 s): log(p99/mean) = 2.326 s - s²/2 has a solution up to 2.326²/2
    if (Math.log(p99 / mean) > 2.706)
      return refuse(ctx, 'no lognormal distribution has a p99 of more than 14.97 times its mean', {}, [
        'lognormal',
        'p99',
      ]);
    return { kind: 'lognormal', mean, p99 };
  });

type Branches = Extract<Distribution, { kind: 'hyperexponential' }>['branches'];

/** Two branches that carry half of the work each, where the variation is given. */
function branchesOf(given: { branches: Branches } | { mean: number; squaredVariation: number }): Branches {
  if ('branches' in given) return given.branches;
  const { mean, squaredVariation } = given;
  const weight = (1 + Math.sqrt((squaredVariation - 1) / (squaredVariation + 1))) / 2;
  if (weight === 1 || squaredVariation === 1) return [{ weight: 1, mean }];
  return [
    { weight, mean: mean / (2 * weight) },
    { weight: 1 - weight, mean: mean / (2 - 2 * weight) },
  ];
}
