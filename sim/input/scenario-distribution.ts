import { z } from 'zod';
import type { Distribution } from './scenario.ts';
import { complain, duration, expecting, positiveDuration, refuse, section } from './scenario-fields.ts';

/** A duration that is drawn: always the same, or by one of a few laws. */
export const distribution = z
  .union(
    [
      positiveDuration(),
      section({
        constant: positiveDuration().optional().describe('Always the same.'),
        exponential: positiveDuration().optional().describe('By its mean.'),
        uniform: section({ min: duration(), max: positiveDuration() }).optional().describe('Between two bounds.'),
        lognormal: section({ mean: positiveDuration(), p99: positiveDuration() })
          .optional()
          .describe('By its mean and its 99th percentile, as measured services are.'),
      }),
    ],
    { error: expecting('a duration, or {lognormal: {mean: 40ms, p99: 250ms}}') },
  )
  .transform((given, ctx): Distribution => {
    if (typeof given === 'number') return { kind: 'constant', value: given };
    const kinds = Object.keys(given);
    if (kinds.length !== 1) {
      return refuse(ctx, kinds.length === 0 ? 'no distribution is given' : `${kinds.join(' and ')} together`, {
        expected: 'one of constant, exponential, uniform, lognormal',
      });
    }
    const { constant, exponential, uniform, lognormal } = given;
    if (constant !== undefined) return { kind: 'constant', value: constant };
    if (exponential !== undefined) return { kind: 'exponential', mean: exponential };
    if (uniform !== undefined) {
      if (uniform.min > uniform.max) complain(ctx, 'min is more than max', {}, ['uniform', 'min']);
      return { kind: 'uniform', ...uniform };
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
