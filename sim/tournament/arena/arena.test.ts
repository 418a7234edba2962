import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { erlangC } from '../../stats/erlang.ts';
import { STRATEGIES } from '../../strategies/registry.ts';
import type { StrategyKind, View } from '../../strategies/strategy.ts';
import { readWorkload } from '../workload/read-workload.ts';
import type { Workload } from '../workload/workload.ts';
import { Arena } from './arena.ts';
import { OK, OUTCOMES } from './requests.ts';
import { StrategyFault, Watch } from './watch.ts';

const folder = join(import.meta.dirname, '../../../workloads');
const files = {
  read: (path: string) => readFileSync(path, 'utf8'),
  chunks: (path: string) => [readFileSync(path, 'utf8')],
};
const WORKLOADS = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readWorkload(join(folder, file), files));
const workloadNamed = (name: string) => WORKLOADS.find((workload) => workload.name === name)!;
const kindNamed = (name: string) => STRATEGIES.find((kind) => kind.name === name)!;

function play(workload: Workload, kind: StrategyKind, seed = 1): Arena {
  const arena = new Arena(workload, kind, kind.options ?? {}, seed, new Watch(kind.name, workload.name));
  arena.run();
  return arena;
}

/** The kind, telling what its instances see and what is picked. */
function spied(kind: StrategyKind) {
  const views: View[] = [];
  const picks: { at: number; source: number; slot: number }[] = [];
  const spy: StrategyKind = {
    ...kind,
    create: (view, options) => {
      views.push(view);
      const strategy = kind.create(view, options);
      const pick = strategy.pick.bind(strategy);
      strategy.pick = (source, port) => {
        const slot = pick(source, port);
        picks.push({ at: view.clock[0]!, source, slot });
        return slot;
      };
      return strategy;
    },
  };
  return { spy, views, picks };
}

/** Ten Pods, no network, little time. */
const SMALL: Workload = {
  ...workloadNamed('homogeneous'),
  name: 'small',
  pods: [{ count: 10, cores: 1, speed: 1, weight: 1 }],
  network: { sameZone: 0, otherZone: 0 },
};

describe('every request that counts ends in one way, and nothing is left in flight', () => {
  const NAMES = ['random', 'ipvs-lc', 'jiq', 'least-work-left', 'prequal', 'envoy-maglev', 'haproxy-leastconn'];
  test.each(WORKLOADS.map((workload) => [workload.name, workload] as const))('%s', (_, workload) => {
    for (const name of NAMES) {
      const { spy, views } = spied(kindNamed(name));
      // The sixth part of the Pods is as good a test.
      const pods = workload.pods.map((group) => ({ ...group, count: Math.ceil(group.count / 6) }));
      const { meters } = play({ ...workload, pods }, spy);
      expect(meters.sent).toBeGreaterThan(1000);
      expect(meters.outcomes.reduce((sum, count) => sum + count, 0)).toBe(meters.sent);
      expect(meters.latency.count).toBe(meters.sent);
      // Connections that stay open are in flight for the kernel.
      if (workload.requestsPerConnection > 1 && spy.runs === 'kernel') continue;
      for (const { inFlight } of views) expect(inFlight.every((count) => count === 0)).toBe(true);
    }
  });
});

test('who asks, and when, is the same for every strategy; another seed has others', () => {
  const asked = (name: string, seed: number) => {
    const { spy, picks } = spied(kindNamed(name));
    play(workloadNamed('rolling-restart'), spy, seed);
    return picks.map(({ at, source }) => `${at} ${source}`);
  };
  const [one, other, later] = [asked('random', 1), asked('jsq', 1), asked('jsq', 2)];
  expect(one.length).toBeGreaterThan(10_000);
  expect(other).toEqual(one);
  expect(later).not.toEqual(one);
});

test('a request demands the same whatever Pod serves it: with Pods enough all strategies give the same latencies', () => {
  const idle = { ...SMALL, load: { kind: 'curve', points: [[0, 0.001]] }, duration: 2000e9 } as const;
  const [random, queue] = [play(idle, kindNamed('random')), play(idle, kindNamed('jsq'))].map(({ meters }) => meters);
  expect(random!.sent).toBeGreaterThan(400);
  // Two at one Pod at one time are rare, and only they differ.
  expect(Math.abs(random!.latency.mean / queue!.latency.mean - 1)).toBeLessThan(0.02);
});

test('twice the same seed, twice the same run', () => {
  const workload = workloadNamed('zone-failure');
  for (const name of ['prequal', 'finagle-aperture', 'envoy-least-request']) {
    const [one, other] = [play(workload, kindNamed(name)), play(workload, kindNamed(name))];
    expect(other.meters.latency.toSparse()).toEqual(one.meters.latency.toSparse());
    expect(other.meters.windows).toEqual(one.meters.windows);
  }
});

describe('closed forms', () => {
  const LONG = {
    ...SMALL,
    duration: 4000e9,
    warmUp: 200e9,
    timeout: 100e9,
    load: { kind: 'curve', points: [[0, 0.8]] },
  } as const;

  test('least work left is one line for all: M/M/10', () => {
    const { meters } = play(LONG, kindNamed('least-work-left'));
    // A mean of 40 ms, and with the chance of Erlang C a wait of 40 ms / (10 − 8).
    const expected = 40e6 + erlangC(10, 8) * (40e6 / 2);
    // 760,000 requests in ten lines: the standard error is below 0.3 %.
    expect(Math.abs(meters.latency.mean / expected - 1)).toBeLessThan(0.012);
  });

  test('random is M/M/1 at every Pod', () => {
    const { meters } = play(LONG, kindNamed('random'));
    expect(Math.abs(meters.latency.mean / 200e6 - 1)).toBeLessThan(0.06);
    expect(Math.abs(meters.latency.quantile(0.9) / (200e6 * Math.log(10)) - 1)).toBeLessThan(0.08);
  });

  test('Little: requests at the Pods are arrivals times latency', () => {
    const { meters } = play(LONG, kindNamed('random'));
    const seen = meters.windows.reduce((sum, { queueMean }) => sum + queueMean, 0) / meters.windows.length;
    const rate = meters.sent / (LONG.duration - LONG.warmUp) / 10;
    expect(Math.abs(seen / (rate * meters.latency.mean) - 1)).toBeLessThan(0.02);
  });
});

describe('faults', () => {
  test('a Pod that fails fast answers with errors, and only while it does', () => {
    const { meters } = play(workloadNamed('failing-fast'), kindNamed('jsq'));
    const failed = meters.windows.filter(({ failed: share }) => share > 0).map(({ at }) => at / 1e9);
    expect(Math.min(...failed)).toBe(21);
    expect(Math.max(...failed)).toBeLessThanOrEqual(51);
    expect(meters.outcomes[OUTCOMES.indexOf('error')]).toBeGreaterThan(1000);
  });

  test('failed requests count as the timeout', () => {
    const { meters } = play(workloadNamed('failing-fast'), kindNamed('random'));
    expect(meters.latency.max).toBe(10e9);
    const errors = meters.sent - meters.outcomes[OK]!;
    expect(meters.latency.count - meters.latency.countUpTo(9.9e9)).toBe(errors);
  });

  test('a zone that goes dark times out until it is known, and its Pods are followed by others', () => {
    const { spy, picks } = spied(kindNamed('random'));
    const { meters } = play(workloadNamed('zone-failure'), spy);
    expect(meters.outcomes[OUTCOMES.indexOf('timeout')]).toBeGreaterThan(500);
    const slotsAt = (from: number, to: number) =>
      new Set(picks.filter(({ at }) => at >= from * 1e9 && at < to * 1e9).map(({ slot }) => slot));
    expect(slotsAt(10, 20).size).toBe(100);
    expect(slotsAt(24, 34).size).toBe(67);
    expect(slotsAt(36, 50).size).toBe(100);
    expect(Math.max(...slotsAt(36, 50))).toBe(132);
  });

  test('a restart replaces every Pod, and no request fails for it', () => {
    const { spy, picks } = spied(kindNamed('random'));
    const { meters } = play(workloadNamed('rolling-restart'), spy);
    expect(meters.outcomes[OK]).toBe(meters.sent);
    expect(Math.min(...picks.filter(({ at }) => at > 51e9).map(({ slot }) => slot))).toBe(100);
    expect(meters.forced).toBeGreaterThan(0);
  });
});

describe('who balances connections picks once for each', () => {
  const workload = { ...workloadNamed('long-lived-connections'), requestsPerConnection: 50 };
  test.each([
    ['nftables-random', 50],
    ['grpc-round-robin', 1],
  ])('%s', (name, requests) => {
    const { spy, picks } = spied(kindNamed(name));
    const arena = play(workload, spy);
    expect(Math.abs(arena.arrived / picks.length / requests - 1)).toBeLessThan(0.15);
  });
});

describe('a strategy that breaks its contract is named, with the call', () => {
  const bad = (strategy: Partial<ReturnType<StrategyKind['create']>>): StrategyKind => ({
    name: 'mine',
    title: '',
    knows: 'nothing',
    runs: 'client',
    source: '',
    create: () => ({ pick: () => 0, ...strategy }),
  });
  test.each<[string, StrategyKind, RegExp]>([
    [
      'throws',
      bad({
        pick: () => {
          throw new RangeError('no luck');
        },
      }),
      /^mine: pick\(\) threw RangeError: no luck at request 1, workload small$/,
    ],
    [
      'out of range',
      bad({ pick: () => 10 }),
      /^mine: pick\(\) returned 10, which is no slot of the 10 members \(-1: none is available\) at request 1, workload/,
    ],
    ['a fraction', bad({ pick: () => 0.5 }), /returned 0.5/],
    ['nothing', bad({ pick: () => undefined as never }), /returned undefined/],
    ['a text', bad({ pick: () => '3' as never }), /returned "3", which is no slot/],
    ['a promise', bad({ pick: async () => 3 } as never), /returned \[object Promise\]/],
    [
      'in ended',
      bad({
        ended: () => {
          throw new Error('late');
        },
      }),
      /^mine: ended\(\) threw Error: late/,
    ],
    [
      'at its start',
      {
        ...bad({}),
        create: () => {
          throw new Error('early');
        },
      },
      /^mine: create\(\) threw Error: early .*, workload small$/,
    ],
  ])('%s', (_, kind, message) => {
    expect(() => play(SMALL, kind)).toThrow(StrategyFault);
    expect(() => play(SMALL, kind)).toThrow(message);
  });
});
