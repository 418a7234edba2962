import { type Dice, type Fields, randomDistribution } from './dice.ts';
import type { RandomApp } from './random-workloads.ts';

/** One to three sources; the first is called `users`. */
export function randomTraffic(r: Dice, apps: readonly RandomApp[]): Fields[] {
  const names = ['users', ...r.some(['others', 'robots'], 0.3)];
  return names.map((name) => {
    const target = name === 'users' ? apps[0]! : r.of(apps);
    const from = r.chance(0.25) ? r.of(apps) : null;
    const isDatagram = r.chance(0.08);
    return {
      name,
      to: isDatagram ? `udp://${target.name}:53` : `http://${target.name}`,
      client: r.of(['web', 'web', 'inner', 'browser']),
      arrivals: randomArrivals(r),
      ...(from === null ? {} : { from: `${from.kind.toLowerCase()}/${from.name}` }),
      ...(from === null ? {} : r.maybe(0.5, () => ({ discovery: r.of(['podIP', 'dns', 'env', 'endpoints']) }))),
      ...r.maybe(0.1, () => ({ family: 'IPv6' })),
      ...r.maybe(0.15, () => ({
        entry: r.of(from === null ? ['nodePort', 'loadBalancer'] : ['nodePort', 'clusterIP']),
      })),
    };
  });
}

function randomArrivals(r: Dice): unknown {
  return r.of<() => unknown>([
    () => r.of([2, 20, 100]),
    () => ({ poisson: { rate: { '0s': 10, '20s': 200, '25s': 200, '35s': 10 } } }),
    () => ({ renewal: { gap: randomDistribution(r, 20) } }),
    () => ({ bursts: { rate: 200, on: randomDistribution(r, 1000), off: randomDistribution(r, 3000) } }),
    () => ({
      mmpp: {
        phases: [
          { rate: 10, mean: '5s' },
          { rate: 200, mean: '2s' },
        ],
      },
    }),
    () => ({ daily: { low: 10, high: 90, highAt: '12h', from: r.of(['0s', '11h']) } }),
    () => ({ flashCrowd: { base: 20, peak: 300, at: '20s', rise: '3s', hold: '5s', fall: '5s' } }),
    () => ({ periodic: { every: '5s', callers: 50, spread: r.chance(0.5), jitter: r.of(['0s', '1s']) } }),
    () => ({
      users: {
        count: r.of<unknown>([10, { '0s': 5, '20s': 60, '40s': 5 }]),
        think: randomDistribution(r, 1000),
        ...r.maybe(0.4, () => ({ session: { requests: 5, away: randomDistribution(r, 3000) } })),
        ...r.maybe(0.3, () => ({ leave: r.of([0.01, 0.5]) })),
      },
    }),
    () => ({ batch: { at: '5s', every: '15s', requests: 200, workers: r.of([1, 10]) } }),
    () => ({
      replay: Array.from({ length: 50 }, (_, i) => `${(i * 700) % 40_000}ms`).sort(
        (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
      ),
    }),
  ])();
}
