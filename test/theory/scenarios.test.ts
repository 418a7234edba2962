import { expect, test } from 'vitest';
import { meanInterval } from '../../sim/stats/student-t.ts';
import { scenarioOf } from '../product/worlds.ts';
import { type Figure, farm, SCENARIO_CASES, type ScenarioCase } from './scenario-cases.ts';
import { Figures, traceOf } from './scenario-figures.ts';

const REPLICATIONS = 12;
/** Of one replication of a case of length 1. */
const REQUESTS = 14_000;

/** Every attempt of a run between its warm-up, a sixth, and the last moments, in which requests are left over. */
function replication({ world, rate, slots, length = 1, warmUp }: ScenarioCase, seed: number): Figures {
  const seconds = Math.ceil((REQUESTS * length) / rate) + (warmUp ?? 0) + 2;
  const scenario = scenarioOf({ ...world, rate, seed, duration: `${seconds}s` });
  return new Figures(traceOf(scenario), (warmUp ?? Math.floor(seconds / 6)) * 1e9, (seconds - 1) * 1e9, slots);
}

function read(figures: Figures, { metric, of }: Figure): number {
  return (figures[metric] as (of?: number | string) => number).call(figures, of);
}

/**
 * Queueing theory through the whole product: from manifests and a scenario file to the attempts of a trace. Each figure is tested
 * at 99.99 % (Student, 12 replications): of 10,000 figures of a right simulator one would fail, and with the 156 here one set of
 * seeds in 64. The seeds are fixed. The interval must be narrow too, or the test would say nothing.
 *
 * What no scenario can say: join-idle-queue (no client and no scheduler keeps a list of the idle), the less loaded of three (clients
 * draw two). Two draws with equal chances that may be the same have no scheduler
 * either: the kernel's `twos` has, with chances that are not equal.
 */
test.each(SCENARIO_CASES)('$name', (each) => {
  const runs = Array.from({ length: REPLICATIONS }, (_, i) => replication(each, i + 1));
  for (const figure of each.figures) {
    const { mean, halfWidth } = meanInterval(
      runs.map((run) => read(run, figure)),
      0.9999,
    );
    const { metric, of = '', value, slack = 0.001 } = figure;
    const text = `${metric} ${of}: ${mean} ± ${halfWidth}, theory ${value}`;
    expect(Math.abs(mean - value), text).toBeLessThanOrEqual(halfWidth + slack * value + 1e-9);
    expect(halfWidth, `${text}: the interval is too wide to tell`).toBeLessThan(0.35 * value + 1e-9);
  }
});

/** Connections to a Service, picked by iptables rules one by one. @returns by connection: the place of its Pod */
function picks(servers: number, connections: number, seed: number): Int32Array {
  const { world } = farm({ rate: 20_000, servers, serviceTime: '1us', discovery: 'env' });
  const seconds = connections / 20_000 + 1;
  const { tables } = traceOf(scenarioOf({ ...world, rate: 20_000, seed, duration: `${Math.ceil(seconds)}s` }));
  const places = new Map<number, number>();
  const { target } = tables.attempts;
  return Int32Array.from(target.slice(0, connections), (pod) => {
    if (!places.has(pod)) places.set(pod, places.size);
    return places.get(pod)!;
  });
}

function counts(picked: Int32Array, servers: number): Int32Array {
  const found = new Int32Array(servers);
  for (const place of picked) found[place]!++;
  return found;
}

// Balls thrown into urns. Each of 2,000 throws, or 400, is independent of the others; 99.99 % as above.
test.each([
  { connections: 100, throws: 2000, largest: 4.2325952, empty: 0.36603234, variation: 0.99498744 },
  { connections: 1000, throws: 400, largest: 18.76166, empty: 4.3171247e-5, variation: 0.31464265 },
])(
  '$connections connections to 100 Pods, as iptables picks: the largest, the empty, the variation',
  ({ connections, throws, largest, empty, variation }) => {
    const picked = picks(100, connections * throws, 1);
    const thrown = Array.from({ length: throws }, (_, i) =>
      counts(picked.subarray(i * connections, (i + 1) * connections), 100),
    );
    const each = connections / 100;
    const expectMean = (of: (found: Int32Array) => number, value: number, slack = 0) => {
      const { mean, halfWidth } = meanInterval(thrown.map(of), 0.9999);
      expect(Math.abs(mean - value), `${mean} ± ${halfWidth}, theory ${value}`).toBeLessThanOrEqual(halfWidth + slack);
    };
    expectMean((found) => found.reduce((a, b) => Math.max(a, b), 0), largest);
    // Of 1,000 balls an urn stays empty once in 230 throws: what of that is seen is no normal distribution.
    expectMean((found) => found.filter((count) => count === 0).length / 100, empty, connections === 1000 ? 5e-4 : 0);
    expectMean((found) => found.reduce((sum, count) => sum + (count / each - 1) ** 2, 0) / 100, variation ** 2);
  },
);

test('a chain of 1,000 rules picks each Pod as often: chi-square over its degrees of freedom is 1', () => {
  const [servers, groups, size] = [1000, 10, 20_000];
  const picked = picks(servers, groups * size, 1);
  const ratios = Array.from({ length: groups }, (_, i) => {
    const expected = size / servers;
    const found = counts(picked.subarray(i * size, (i + 1) * size), servers);
    return found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) / (servers - 1);
  });
  // Of right picks the mean of ten is 1 ± 4 · √(2 / 999 / 10), but once in 16,000.
  expect(Math.abs(ratios.reduce((sum, ratio) => sum + ratio, 0) / groups - 1)).toBeLessThan(
    4 * Math.sqrt(2 / 999 / 10),
  );
});
