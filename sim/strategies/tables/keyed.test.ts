import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../test/strategies/random-life.ts';
import { keyOf, mix, uniform } from '../../engine/hash.ts';
import { boundedLoads, boundOf } from './bounded-loads.ts';
import { jumpHash, jumpHashing } from './jump-hash.ts';
import { rendezvous } from './rendezvous.ts';

/** By client of 4000: its backend. */
function picks(world: World): number[] {
  return Array.from({ length: 4000 }, (_, client) => world.strategies[0]!.pick(Math.imul(client, 0x9e3779b1), 80));
}

function movedTo(before: readonly number[], after: readonly number[]): Set<string> {
  return new Set(before.flatMap((slot, i) => (slot === after[i] ? [] : [`${slot} to ${after[i]}`])));
}

describe('jump-hash', () => {
  test('picks members through any life', () => livesThrough(jumpHashing));

  test('is the generator and the loop of the paper', () => {
    const slowly = (key: bigint, buckets: number): number => {
      let [b, j] = [-1, 0];
      while (j < buckets) {
        b = j;
        key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
        j = Math.floor((b + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
      }
      return b;
    };
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 1, max: 100_000 }), (key, buckets) => {
        expect(jumpHash(Number(key >> 32n), Number(key & 0xffffffffn), buckets)).toBe(slowly(key, buckets));
      }),
    );
  });

  test('who moves when one joins moves to it', () => {
    const world = new World(11).add(jumpHashing, 1);
    for (let i = 0; i < 10; i++) world.join();
    const before = picks(world);
    world.join();
    const moved = movedTo(before, picks(world));
    expect([...moved].every((move) => move.endsWith(' to 10'))).toBe(true);
    expect(moved.size).toBe(10);
  });
});

describe('rendezvous', () => {
  test('picks who has the best rank of all, through any life', () => {
    livesThrough(rendezvous, {}, () => (world, { slot, source }) => {
      if (slot < 0) return;
      const { address, weight } = world.backends;
      const rank = (s: number) => -Math.log(uniform(mix(keyOf(address[s]!), mix(source, 0) >>> 16))) / weight[s]!;
      expect(rank(slot)).toBe(Math.min(...world.members.map(rank)));
    });
  });

  test('only the clients of the one that leaves move, and back when it joins again', () => {
    const world = new World(12).add(rendezvous, 1);
    for (let i = 0; i < 10; i++) world.join();
    world.changed();
    const before = picks(world);
    world.backends.leave(4);
    world.changed();
    const without = picks(world);
    expect(movedTo(before, without).size).toBe(9);
    expect([...movedTo(before, without)].every((move) => move.startsWith('4 to '))).toBe(true);
    world.backends.join(4, world.backends.address[4]!);
    world.changed();
    expect(picks(world)).toEqual(before);
  });

  test('clients are shared by weight', () => {
    const world = new World(3).add(rendezvous, 1);
    for (const weight of [1, 2, 5]) world.join(weight);
    world.changed();
    const shares = [0, 1, 2].map((slot) => picks(world).filter((picked) => picked === slot).length / 4000);
    [1, 2, 5].forEach((weight, slot) => {
      expect(Math.abs(shares[slot]! - weight / 8)).toBeLessThan(0.04); // 5 standard errors of 0.008
    });
  });
});

describe('consistent-bounded-loads', () => {
  test('never gives one more than its bound, through any life', () => {
    livesThrough(boundedLoads, { epsilon: 0.1, points: 7 }, () => (world, { instance, slot }) => {
      if (slot < 0) return;
      const { inFlight } = world.views[instance]!;
      const { weight } = world.backends;
      const sum = world.members.reduce((total, member) => total + weight[member]!, 0);
      const load = world.members.reduce((total, member) => total + inFlight[member]!, 0);
      expect(inFlight[slot]!).toBeLessThanOrEqual(boundOf(load, weight[slot]! / sum, 0.1));
    });
  });

  test('a client stays with its backend while that has room, and passes on to one and the same', () => {
    const world = new World(10).add(boundedLoads, 1, { epsilon: 1 });
    for (let i = 0; i < 10; i++) world.join();
    world.changed();
    const own = world.pick(0, 12345);
    world.end(0);
    expect(world.pick(0, 12345)).toBe(own);
    const second = world.pick(0, 12345); // ceil(2 x 2 / 10) = 1: the first is full
    expect(second).not.toBe(own);
    world.end(1);
    expect(world.pick(0, 12345)).toBe(second);
  });

  test.each([
    [10, 1 / 10, 0.25, 2],
    [8, 1 / 10, 0.25, 1],
    [10, 1 / 11, 0.1, 1],
    [1, 1 / 100, 0.25, 1],
  ])('of %i requests a share of %f at epsilon %f is %i', (load, share, epsilon, bound) => {
    expect(boundOf(load, share, epsilon)).toBe(bound);
  });
});
