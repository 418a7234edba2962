import { expect, test } from 'vitest';
import { distribution } from '../input/scenario-distribution.ts';
import { samplerOf } from './sampler-of.ts';

test.each([
  { given: '5ms', mean: 5, squaredVariation: 0 },
  { given: { exponential: '5ms' }, mean: 5, squaredVariation: 1 },
  { given: { uniform: { min: '0s', max: '10ms' } }, mean: 5, squaredVariation: 1 / 3 },
  { given: { gamma: { mean: '5ms', shape: 2 } }, mean: 5, squaredVariation: 0.5 },
  { given: { erlang: { mean: '5ms', stages: 4 } }, mean: 5, squaredVariation: 0.25 },
  { given: { hyperexponential: { mean: '5ms', squaredVariation: 4 } }, mean: 5, squaredVariation: 4 },
  { given: { hyperexponential: { mean: '5ms', squaredVariation: 1 } }, mean: 5, squaredVariation: 1 },
  {
    given: {
      hyperexponential: {
        branches: [
          { weight: 1, mean: '1ms' },
          { weight: 1, mean: '9ms' },
        ],
      },
    },
    mean: 5,
    squaredVariation: (2 * (1 + 81)) / 2 / 25 - 1,
  },
  {
    given: { discrete: [{ value: '1ms', weight: 3 }, { value: '17ms' }] },
    mean: 5,
    squaredVariation: (0.75 * 1 + 0.25 * 289) / 25 - 1,
  },
  { given: { weibull: { scale: '5ms', shape: 1 } }, mean: 5, squaredVariation: 1 },
  { given: { pareto: { min: '3ms', shape: 2.5 } }, mean: 5, squaredVariation: 1 / (2.5 * 0.5) },
])('$given has mean $mean ms and squared variation $squaredVariation', ({ given, mean, squaredVariation }) => {
  const sampler = samplerOf(distribution.parse(given));
  expect(sampler.mean / 1e6).toBeCloseTo(mean, 6);
  expect(sampler.variance / sampler.mean ** 2).toBeCloseTo(squaredVariation, 6);
});

test.each([
  [{}, 'no distribution is given'],
  [{ constant: '1s', exponential: '1s' }, 'constant and exponential together'],
  [{ pareto: { min: '2s', shape: 1, max: '1s' } }, 'max must be more than min'],
  [{ lognormal: { mean: '2s', p99: '1s' } }, 'p99 must be more than the mean'],
])('%j is refused', (given, message) => {
  expect(distribution.safeParse(given).error?.issues.map((issue) => issue.message)).toContain(message);
});
