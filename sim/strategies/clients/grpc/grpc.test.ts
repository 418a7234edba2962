import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../../test/strategies/random-life.ts';
import { mix } from '../../../engine/hash.ts';
import { Streams } from '../../../engine/random.ts';
import { xxHash64Of } from '../../hashes/xx-hash-64.ts';
import { REPLY } from '../../strategy.ts';
import { pointCounts } from '../../tables/named-points.ts';
import { GRPC } from './kinds.ts';
import { leastRequest } from './least-request.ts';
import { pickFirst } from './pick-first.ts';
import { RandomSubset, randomSubsetting } from './random-subsetting.ts';
import { ringHash } from './ring-hash.ts';
import { roundRobin } from './round-robin.ts';
import { strideOf } from './static-stride.ts';
import { weightedRoundRobin } from './weighted-round-robin.ts';

const seconds = 1e9;

describe.each(GRPC)('$name', (kind) => {
  test('picks members through any life', () => livesThrough(kind));
});

test('pick_first stays where it is until that backend leaves', () => {
  const world = new World(10).add(pickFirst, 3);
  for (let i = 0; i < 5; i++) world.join();
  world.changed();
  const first = world.pick(0);
  world.join();
  world.changed();
  expect(world.pick(0)).toBe(first);
  world.backends.leave(first);
  world.changed();
  expect(world.members).toContain(world.pick(0));
});

test('round_robin goes round in order from a random start', () => {
  const world = new World(10).add(roundRobin, 200);
  for (let i = 0; i < 10; i++) world.join();
  world.changed();
  const starts = new Set<number>();
  for (let instance = 0; instance < 200; instance++) {
    const first = world.pick(instance);
    starts.add(first);
    for (let i = 1; i < 25; i++) expect(world.pick(instance)).toBe((first + i) % 10);
  }
  expect(starts.size).toBe(10); // misses one with probability 10 x 0.9^200 = 7e-9
});

test('least_request draws with replacement, and only fewer wins', () => {
  const seed = 3;
  const world = new World(6).add(leastRequest, 1, { choices: 3 }, seed);
  for (let i = 0; i < 6; i++) world.join();
  const { inFlight } = world.views[0]!;
  const draws = new Streams(seed).stream('instance 0');
  for (let i = 0; i < 500; i++) {
    const drawn = [draws.below(6), draws.below(6), draws.below(6)];
    const expected = drawn.reduce((best, slot) => (inFlight[slot]! < inFlight[best]! ? slot : best));
    expect(world.pick(0)).toBe(expected);
    if (i % 2 === 0) world.end(i % world.requests.length);
  }
});

test('static stride is the formula of sequence numbers', () => {
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1e4, noNaN: true }));
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 12 }), fc.nat(4e9), (weights, start) => {
      const stride = strideOf(weights);
      stride.seek(start);
      const n = BigInt(weights.length);
      const known = weights.filter((w) => w > 0);
      const most = Math.max(...known);
      const mean = Math.round((65535 / most) * (known.reduce((a, b) => a + b, 0) / known.length));
      const scaled = weights.map((w) => (w > 0 ? Math.round((65535 / most) * w) : mean));
      const even = known.length < 2 || scaled.every((w) => w === mean);
      let sequence = BigInt(start);
      for (let i = 0; i < 40; i++) {
        for (;;) {
          const place = Number(sequence % n);
          const w = BigInt(even ? 65535 : scaled[place]!);
          const turn = (w * (sequence / n) + BigInt(place) * 32767n) % 65535n;
          sequence++;
          if (!even && turn < 65535n - w) continue;
          expect(stride.next()).toBe(place);
          break;
        }
      }
    }),
  );
});

describe('weighted_round_robin', () => {
  const report = (world: World, utilization: number, rate: number, errorRate = 0) => {
    world.reply[REPLY.utilization] = utilization;
    world.reply[REPLY.rate] = rate;
    world.reply[REPLY.errorRate] = errorRate;
  };
  /** Two backends; the second reports twice the capacity. */
  const pair = () => {
    const world = new World(3).add(weightedRoundRobin, 1);
    world.join();
    world.join();
    world.changed();
    return world;
  };
  const useFor = (world: World, secondsLong: number, share: (slot: number) => void) => {
    for (let i = 0; i < secondsLong * 10; i++) {
      world.clock[0]! += 0.1 * seconds;
      share(world.pick(0));
      world.end(0);
      if (i % 10 === 9) world.strategies[0]!.tick!();
    }
  };
  const shareOfSecond = (world: World, long: number) => {
    const counts = [0, 0];
    useFor(world, long, (slot) => {
      counts[slot]!++;
      report(world, slot === 0 ? 0.8 : 0.4, 100);
    });
    return counts[1]! / (counts[0]! + counts[1]!);
  };

  test('is round robin in the blackout, then follows the weights', () => {
    const world = pair();
    expect(shareOfSecond(world, 9)).toBeCloseTo(1 / 2, 1);
    shareOfSecond(world, 3);
    expect(shareOfSecond(world, 60)).toBeCloseTo(2 / 3, 2);
  });

  test('forgets weights without reports for three minutes, and has its blackout again', () => {
    const world = pair();
    shareOfSecond(world, 60);
    const halves = [0, 0];
    useFor(world, 190, () => report(world, 0, 0));
    useFor(world, 60, (slot) => {
      halves[slot]!++;
      report(world, 0, 0);
    });
    expect(halves).toEqual([300, 300]);
    expect(shareOfSecond(world, 9)).toBeCloseTo(1 / 2, 1);
    shareOfSecond(world, 3);
    expect(shareOfSecond(world, 60)).toBeCloseTo(2 / 3, 2);
  });

  test('errors make a backend lighter by its share of them', () => {
    const world = pair();
    const counts = [0, 0];
    useFor(world, 200, (slot) => {
      counts[slot]!++;
      report(world, 0.5, 100, slot === 0 ? 50 : 0); // 100 / (0.5 + 0.5) against 100 / 0.5
    });
    expect(counts[1]! / (counts[0]! + counts[1]!)).toBeCloseTo(0.66, 1);
  });
});

describe('ring_hash', () => {
  test('the backend with the least weight has a whole number of points, unless that makes too many', () => {
    expect(pointCounts([3, 3, 4], 7, 4096)).toEqual([3, 3, 4]);
    expect(pointCounts([3, 3, 4], 10, 7)).toEqual([3, 2, 2]);
  });

  test('equal backends have at least 1024 points together, the same number each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), (n) => {
        const counts = pointCounts(new Array(n).fill(1), 1024, 4096);
        const sum = counts.reduce((a, b) => a + b, 0);
        expect(sum).toBeGreaterThanOrEqual(1024);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a client goes to the first point at its hash or after it', () => {
    livesThrough(ringHash, { minRingSize: 16, port: 0 }, () => (world, { slot, source }) => {
      if (slot < 0) return;
      const { address, weight } = world.backends;
      const members = world.members.toSorted((a, b) => (address[a]! < address[b]! ? -1 : 1));
      const counts = pointCounts(
        members.map((member) => weight[member]!),
        16,
        4096,
      );
      const points = members
        .flatMap((member, i) =>
          Array.from({ length: counts[i]! }, (_, j) => ({ member, hash: xxHash64Of(`${address[member]}_${j}`) })),
        )
        .sort((a, b) => (a.hash < b.hash ? -1 : 1));
      const key = (BigInt(mix(source, 0) >>> 0) << 32n) | BigInt(mix(source, 1) >>> 0);
      expect(slot).toBe((points.find(({ hash }) => hash >= key) ?? points[0]!).member);
    });
  });
});

describe('random subsetting', () => {
  const addresses = Array.from({ length: 60 }, (_, i) => `10.0.0.${i}:80`);

  test('takes the least hashes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (size, low, high) => {
        const slots = Int32Array.from(addresses, (_, i) => i);
        const seed = (BigInt(high) << 32n) | BigInt(low);
        const hash = (slot: number) => xxHash64Of(addresses[slot]!, seed);
        const sorted = [...slots].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
        const expected = size < 60 ? sorted.slice(0, size) : [...slots];
        expect([...new RandomSubset(addresses, low, high).of(slots, size)]).toEqual(expected);
      }),
    );
  });

  test('one that joins or leaves changes at most one of a subset', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(59), (seed, left) => {
        const all = Int32Array.from(addresses, (_, i) => i);
        const subset = new RandomSubset(addresses, seed, 1);
        const before = new Set(subset.of(all, 10));
        const after = subset.of(
          all.filter((slot) => slot !== left),
          10,
        );
        expect(after.filter((slot) => !before.has(slot)).length).toBe(before.has(left) ? 1 : 0);
      }),
    );
  });

  test('goes round its subset', () => {
    const world = new World(30).add(randomSubsetting, 1, { size: 4 });
    for (let i = 0; i < 30; i++) world.join();
    world.changed();
    const turn = Array.from({ length: 12 }, () => world.pick(0));
    expect(new Set(turn).size).toBe(4);
    expect(turn.slice(4)).toEqual(turn.slice(0, 8));
  });
});
