import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../../test/strategies/random-life.ts';
import { deterministicSubset } from './deterministic.ts';
import { SUBSETTING } from './kinds.ts';

describe.each(SUBSETTING)('$name', (kind) => {
  test('picks members through any life', () => livesThrough(kind, { size: 3 }));
});

test('in each round every backend has one client, but for those that are left over', () => {
  const size = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), size, fc.nat(20), (backends, subset, round) => {
      const all = Int32Array.from({ length: backends }, (_, i) => i);
      const subsets = Math.floor(backends / subset);
      fc.pre(subsets > 0);
      const used = Array.from({ length: subsets }, (_, i) =>
        Array.from(deterministicSubset(all, round * subsets + i, subset)),
      ).flat();
      expect(used.length).toBe(subsets * subset);
      expect(new Set(used).size).toBe(used.length);
      expect(Math.max(...used)).toBeLessThan(backends);
    }),
  );
});

/** 300 clients with 10 of 300 backends each: every backend has exactly 10. @source Site Reliability Engineering, chapter 20 */
test("the book's example", () => {
  const all = Int32Array.from({ length: 300 }, (_, i) => i);
  const counts = new Array<number>(300).fill(0);
  for (let client = 0; client < 300; client++) for (const slot of deterministicSubset(all, client, 10)) counts[slot]!++;
  expect(new Set(counts)).toEqual(new Set([10]));
});

test('rounds shuffle differently', () => {
  const all = Int32Array.from({ length: 100 }, (_, i) => i);
  const first = new Set(deterministicSubset(all, 0, 10));
  const shared = deterministicSubset(all, 10, 10).filter((slot) => first.has(slot)).length;
  expect(shared).toBeLessThan(6); // hypergeometric: 6 or more with probability 6e-5
});

test('the fewest in flight of the subset, in turn among equals', () => {
  const world = new World(12).add(SUBSETTING[1]!, 1, { size: 4 });
  for (let i = 0; i < 12; i++) world.join();
  world.changed();
  const first = Array.from({ length: 4 }, () => world.pick(0));
  expect(new Set(first).size).toBe(4);
  world.end(2);
  expect(world.pick(0)).toBe(first[2]);
  expect(world.pick(0)).toBe(first[3]);
});
