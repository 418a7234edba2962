import { expect, test } from 'vitest';
import { questionsOf } from '../../sim/study/plan.ts';
import { sample } from '../../sim/study/sample.ts';
import { erlangC } from './formulas.ts';
import { conductor, farmScenario } from './study-worlds.ts';

const SEED = Number(process.env.SVCLAB_SEED ?? 1000);

/** P(sojourn > t) in M/M/c, apart from the program's own formula: the wait's exponential and the service's, by quadrature. */
function sojournTail(servers: number, rate: number, mu: number, t: number): number {
  const waits = erlangC(servers, rate / mu);
  const drain = servers * mu - rate;
  let inside = 0;
  const steps = 4000;
  for (let i = 0; i < steps; i++) {
    const w = ((i + 0.5) / steps) * t;
    inside += drain * Math.exp(-drain * w) * Math.exp(-mu * (t - w)) * (t / steps);
  }
  return (1 - waits) * Math.exp(-mu * t) + waits * (Math.exp(-drain * t) + inside);
}

function p99(servers: number, rate: number, mu: number): number {
  let [low, high] = [0, 100 / mu];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sojournTail(servers, rate, mu, middle) > 0.01) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * 200 studies with a known answer. The bar: the 95 % intervals contain it in 91 to 98 % for means and 88 to 99 % for the p99; for a
 * correct interval P(outside 91–98 %) is below 3 % (binomial, 200), and seeds are fixed.
 */
test.each([
  { name: 'replications', replications: 5, duration: '30s', studies: 200 },
  { name: 'batch means of one run', replications: 1, duration: '300s', studies: 200 },
])(
  'intervals of $name contain the truth of M/M/4 as often as they say',
  async ({ name, replications, duration, studies }) => {
    const [servers, rate, mu] = [4, 280, 100];
    const truth = [1 / mu + erlangC(servers, rate / mu) / (servers * mu - rate), p99(servers, rate, mu)];
    const open = farmScenario({ rate, cores: servers, duration });
    const questions = questionsOf(open, ['users.mean', 'users.p99'], null);
    const point = conductor().point(open.base, { warmUp: 'auto', from: 0, batches: replications === 1 });
    const covered = [0, 0];
    for (let study = 0; study < studies; study++) {
      const { intervals } = await sample(conductor(), point, {
        questions,
        replications: { min: replications, max: replications, precision: null },
        seed: SEED + study * replications,
        enough: 'count',
      });
      intervals.forEach(({ mean, halfWidth }, i) => {
        if (Math.abs(mean - truth[i]!) <= halfWidth) covered[i]!++;
      });
    }
    const [means, tails] = covered.map((n) => n / studies) as [number, number];
    console.log(
      `${name}: mean ${(100 * means).toFixed(1)} %, p99 ${(100 * tails).toFixed(1)} % of ${studies} intervals contain the truth`,
    );
    expect(means).toBeGreaterThanOrEqual(0.91);
    expect(means).toBeLessThanOrEqual(0.98);
    expect(tails).toBeGreaterThanOrEqual(0.88);
    expect(tails).toBeLessThanOrEqual(0.99);
  },
);
