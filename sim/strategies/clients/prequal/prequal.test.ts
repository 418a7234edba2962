import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../../test/strategies/random-life.ts';
import { REPLY } from '../../strategy.ts';
import { PREQUAL, reuses } from './kinds.ts';
import { ProbePool } from './probe-pool.ts';
import { RecentQuantile } from './recent-quantile.ts';

const prequal = PREQUAL[0]!;

test('picks members through any life', () => livesThrough(prequal));

describe('the pool of probes', () => {
  interface Probe {
    slot: number;
    inFlight: number;
    latency: number;
  }
  const rows = fc.array(fc.record({ slot: fc.nat(9), inFlight: fc.nat(5), latency: fc.nat(5) }), {
    minLength: 1,
    maxLength: 120,
  });

  test('keeps the newest probe of each backend, in order, and ranks them hot and cold', () => {
    fc.assert(
      fc.property(rows, fc.nat(6), (probes, hot) => {
        const pool = new ProbePool(6, 10);
        let naive: Probe[] = [];
        for (const probe of probes) {
          pool.latency[pool.push(probe.slot, probe.inFlight)] = probe.latency;
          naive = naive.filter(({ slot }) => slot !== probe.slot);
          naive = [...naive, probe].slice(-6);
        }
        const { first } = pool;
        expect([...pool.slot.subarray(first, first + pool.size)]).toEqual(naive.map(({ slot }) => slot));
        const cold = naive.filter(({ inFlight }) => inFlight < hot).sort((a, b) => a.latency - b.latency);
        const hots = naive
          .filter(({ inFlight }) => inFlight >= hot)
          .sort((a, b) => a.inFlight - b.inFlight || a.latency - b.latency);
        const ranked = [...cold, ...hots];
        expect(naive[pool.best(hot) - first]).toBe(ranked[0]);
        const worst = naive[pool.worst(hot) - first]!;
        const last = ranked.at(-1)!;
        expect([worst.inFlight >= hot, worst.latency]).toEqual([last.inFlight >= hot, last.latency]);
      }),
    );
  });
});

test('the quantile of the last counts is that of the sorted ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(8), fc.nat(100)), { minLength: 1, maxLength: 80 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (counts, quantile) => {
        const recent = new RecentQuantile(quantile, 10);
        counts.forEach((count, i) => {
          recent.push(count);
          const sorted = counts.slice(Math.max(0, i - 9), i + 1).sort((a, b) => a - b);
          const rank = Math.max(1, Math.ceil(quantile * sorted.length - 1e-9));
          expect(recent.value).toBe(sorted[rank - 1]);
        });
      },
    ),
  );
});

test('a probe is used as often as the pool needs it to', () => {
  const options = prequal.options as { pool: number; probes: number; removals: number; delta: number };
  const settings = { ...options, quantile: 0.84, age: 1, least: 2 };
  expect(reuses(100, settings)).toBeCloseTo(2 / (0.84 * 3 - 1), 12);
  expect(reuses(1000, { ...settings, probes: 5 })).toBe(1);
  expect(reuses(20, settings)).toBe(Infinity);
});

describe('probing', () => {
  const farm = (probes: number) => {
    const world = new World(50).add(prequal, 1, { probes });
    for (let i = 0; i < 50; i++) world.join();
    world.changed();
    return world;
  };

  test.each([3, 0.5, 1.25])('sends %f probes for each request on average, to distinct backends', (rate) => {
    const world = farm(rate);
    for (let i = 0; i < 400; i++) {
      world.probes.length = 0;
      world.pick(0);
      expect(new Set(world.probes.map(({ slot }) => slot)).size).toBe(world.probes.length);
      expect(Math.abs(world.probes.length - rate)).toBeLessThan(1);
    }
  });

  test('goes where the queue is short, though it is probed but sometimes', () => {
    const world = farm(3);
    const queue = (slot: number) => (slot % 2 === 0 ? 1 : 9);
    const counts = [0, 0];
    for (let i = 0; i < 2000; i++) {
      world.clock[0]! += 1e6;
      const slot = world.pick(0);
      counts[slot % 2]!++;
      while (world.probes.length > 0) {
        world.reply[REPLY.queue] = queue(world.probes[0]!.slot);
        world.reply[REPLY.service] = queue(world.probes[0]!.slot) * 1e6;
        world.answer();
      }
      world.end(0);
    }
    expect(counts[0]! / 2000).toBeGreaterThan(0.97); // one of three is long with probability 1/8 only while the pool is empty
  });

  test('probes are void after a second', () => {
    const world = farm(3);
    world.reply[REPLY.queue] = 0;
    for (let i = 0; i < 5; i++) {
      world.pick(0);
      while (world.probes.length > 0) world.answer();
    }
    world.clock[0]! += 2e9;
    const spread = new Set<number>();
    for (let i = 0; i < 40; i++) {
      world.probes.length = 0;
      spread.add(world.pick(0));
    }
    expect(spread.size).toBeGreaterThan(15); // at random among 50
  });
});
