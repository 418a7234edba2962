import { expect, test } from 'vitest';
import { findCapacity } from '../../sim/study/capacity.ts';
import { questionsOf } from '../../sim/study/plan.ts';
import { erlangC } from './formulas.ts';
import { conductor, farmScenario } from './study-worlds.ts';

const SEED = Number(process.env.SVCLAB_SEED ?? 5000);
const [rate, mu] = [350, 100];

/** Mean sojourn in M/M/c, seconds. */
function meanOf(servers: number): number {
  return servers <= rate / mu ? Number.POSITIVE_INFINITY : 1 / mu + erlangC(servers, rate / mu) / (servers * mu - rate);
}

/**
 * Sixty searches whose answer Erlang C knows: 5 servers (15.4 ms) keep 18 ms, 4 (29.6 ms) do not, and both are more than 10 % away from it.
 * The bar: right in at least 95 % of them. Of a search that is right in 99 % fewer than 57 of 60 are with a chance of 0.2 %; seeds are fixed.
 */
test('capacity finds the fewest servers that Erlang C knows', async () => {
  const bound = 18;
  expect(meanOf(4)).toBeGreaterThan(1.1 * (bound / 1000));
  expect(meanOf(5)).toBeLessThan(0.9 * (bound / 1000));
  const open = farmScenario({ rate, cores: 4, duration: '15s', thresholds: [`users.mean < ${bound}ms`] });
  const questions = questionsOf(open, ['mean'], null);
  const searches = 60;
  let right = 0;
  for (let search = 0; search < searches; search++) {
    const [found] = await findCapacity(
      open,
      questions,
      {
        parameter: 'workloads.api.cores',
        loads: [1],
        min: 1,
        max: 8,
        replications: { min: 4, max: 20, precision: null },
        seed: SEED + 100 * search,
        warmUp: 'default',
        duration: null,
      },
      conductor(),
    );
    if (found!.fewest === 5) right++;
    expect(found!.theory).toMatchObject({ pooled: 5, split: 5, warning: null });
  }
  console.log(`capacity: right in ${right} of ${searches} searches (${((100 * right) / searches).toFixed(1)} %)`);
  expect(right / searches).toBeGreaterThanOrEqual(0.95);
}, 120_000);
