import type { Stream } from '../../sim/engine/random.ts';

export type Fields = Record<string, unknown>;

/** What a generator draws with. */
export interface Dice {
  of<T>(items: readonly T[]): T;
  chance(p: number): boolean;
  /** Some of them, in their order; each with this chance. */
  some<T>(items: readonly T[], p: number): T[];
  /** The fields, or none. */
  maybe(p: number, fields: () => Fields): Fields;
}

export function dice(stream: Stream): Dice {
  const chance = (p: number) => stream.uniform() < p;
  return {
    of: (items) => items[stream.below(items.length)]!,
    chance,
    some: (items, p) => items.filter(() => chance(p)),
    maybe: (p, fields) => (chance(p) ? fields() : {}),
  };
}

/** A distribution of any kind with a mean of about so many ms. */
export function randomDistribution(r: Dice, mean: number): unknown {
  const ms = (factor: number) => `${Math.max(1, Math.round(mean * factor * 1000))}us`;
  return r.of<unknown>([
    ms(1),
    { constant: ms(1) },
    { exponential: ms(1) },
    { uniform: { min: ms(0.5), max: ms(1.5) } },
    { lognormal: { mean: ms(1), p99: ms(5) } },
    { gamma: { mean: ms(1), shape: r.of([0.5, 3]) } },
    { erlang: { mean: ms(1), stages: 3 } },
    { hyperexponential: { mean: ms(1), squaredVariation: 4 } },
    {
      hyperexponential: {
        branches: [
          { weight: 0.9, mean: ms(0.5) },
          { weight: 0.1, mean: ms(5) },
        ],
      },
    },
    { weibull: { scale: ms(1), shape: r.of([0.7, 2]) } },
    { pareto: { min: ms(0.4), shape: 1.8, max: ms(50) } },
    { normal: { mean: ms(1), deviation: ms(0.5) } },
    {
      discrete: [
        { value: ms(0.5), weight: 3 },
        { value: ms(3), weight: 1 },
      ],
    },
  ]);
}
