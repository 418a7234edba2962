import { STRATEGIES } from '../sim/strategies/registry.ts';
import type { StrategyKind } from '../sim/strategies/strategy.ts';
import { pickCost } from '../sim/tournament/pick-cost.ts';
import { type Job, span } from './job.ts';

const SIZES = [10, 100, 1000, 10_000];
/** At these the growth is read: below, what does not grow hides it. */
const [FROM, TO] = [100, 10_000];
/** What others are held against. */
const REFERENCE = 'random';

/** The strategies, the reference first, and the job of each. */
export const STRATEGY_JOBS = STRATEGIES.toSorted(
  (a, b) => Number(b.name === REFERENCE) - Number(a.name === REFERENCE),
).map(({ name }) => ({ strategy: name, job: `strategy-${name}` }));

export const jobs: Record<string, Job> = Object.fromEntries(
  STRATEGIES.map((kind) => [`strategy-${kind.name}`, costsOf(kind)]),
);

/** ns of a request by the number of Pods; the rate is that of 100. */
function costsOf(kind: StrategyKind): Job {
  return ([scale]) => {
    span.from = performance.now();
    const costs = SIZES.map((pods) => pickCost(kind, kind.options ?? {}, pods, cpuMilliseconds, 300 * scale!));
    span.to = performance.now();
    const at = (pods: number) => costs[SIZES.indexOf(pods)]!;
    return {
      seconds: at(FROM).request / 1e9,
      count: 1,
      notes: {
        'ns at 10 / 100 / 1,000 / 10,000 Pods:': costs.map(({ request }) => request.toFixed(0)).join(' / '),
        'a pick alone at 100:': `${at(FROM).pick.toFixed(0)} ns`,
        'growth:': growth(at(TO).request / at(FROM).request),
      },
    };
  };
}

/** Of this process, with its collector. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/**
 * By the slope on logarithms from 100 to 10,000 Pods: up to 0.2 (2.5 times the cost, which tables that leave the cache make too) it
 * is constant, up to 0.45 (8 times) it grows as logarithms do, beyond by a power of the number.
 */
function growth(ratio: number): string {
  const slope = Math.log(ratio) / Math.log(TO / FROM);
  const verdict = slope < 0.2 ? 'O(1)' : slope < 0.45 ? 'O(log n)' : 'O(n)';
  return `${verdict} (slope ${slope.toFixed(2)})`;
}
