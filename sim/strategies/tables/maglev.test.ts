import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../test/strategies/random-life.ts';
import type { StrategyKind } from '../strategy.ts';
import { ciliumMaglev, ciliumTable } from './cilium-maglev.ts';
import { katranMaglev, katranTable } from './katran-maglev.ts';
import { fillByAccumulation, fillByCounters, fillEvenly, fillFirstRoundByWeight } from './maglev.ts';

type Turns = (n: number, weights: readonly number[], next: (i: number) => void) => void;

/** Who has a turn, as the sources write it, one at a time until the table is full. */
const turns: Record<string, Turns> = {
  evenly: (n, weights, next) => next(n % weights.length),
  byCounters: (n, weights, next) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    if (n === 0) counters = weights.map((weight) => weight / weights.length);
    let i = n % weights.length;
    if (Math.floor(sum / weights.length) > 1) {
      while ((n + 1) * weights[i]! < Math.floor(counters[i]!)) i = (i + 1) % weights.length;
      counters[i]! += sum;
    }
    next(i);
  },
  firstRoundByWeight: (n, weights, next) => {
    for (let i = 0; i < weights.length; i++) for (let j = 0; j < (n === 0 ? weights[i]! : 1); j++) next(i);
  },
  byAccumulation: (n, weights, next) => {
    const most = Math.max(...weights);
    for (let i = 0; i < weights.length; i++) {
      if (Math.floor(((n + 1) * weights[i]!) / most) > Math.floor((n * weights[i]!) / most)) next(i);
    }
  },
};
let counters: number[] = [];

/** Every permutation written out, walked until a slot is free. */
function slowTable(at: number[], skip: number[], weights: number[], size: number, rule: Turns): number[] {
  const table = new Array<number>(size).fill(-1);
  const permutations = at.map((from, i) => Array.from({ length: size }, (_, j) => (from + j * skip[i]!) % size));
  let left = size;
  for (let n = 0; left > 0; n++) {
    rule(n, weights, (i) => {
      const slot = permutations[i]!.find((candidate) => table[candidate] === -1);
      if (slot === undefined) return;
      table[slot] = i;
      left--;
    });
  }
  return table;
}

const fills = {
  evenly: ((claims, _weights, size) => fillEvenly(claims, size)) as typeof fillByCounters,
  byCounters: fillByCounters,
  firstRoundByWeight: fillFirstRoundByWeight,
  byAccumulation: fillByAccumulation,
};

const sized = fc.constantFrom(7, 31, 101).chain((size) =>
  fc.record({
    size: fc.constant(size),
    backends: fc.array(
      fc.record({
        at: fc.nat(size - 1),
        skip: fc.integer({ min: 1, max: size - 1 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  }),
);

describe.each(Object.keys(fills) as (keyof typeof fills)[])('a table filled %s', (name) => {
  test('is what its source would fill with written permutations', () => {
    fc.assert(
      fc.property(sized, ({ size, backends }) => {
        const at = backends.map((backend) => backend.at);
        const skip = backends.map((backend) => backend.skip);
        const weights = backends.map((backend) => backend.weight);
        const table = fills[name]({ at: Int32Array.from(at), skip: Int32Array.from(skip) }, weights, size);
        expect([...table]).toEqual(slowTable(at, skip, weights, size, turns[name]!));
      }),
    );
  });
});

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `10.244.${i >> 8}.${i & 255}:8080`);
const ones = (count: number) => new Array<number>(count).fill(1);

function entries(table: Int32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const i of table) counts[i]!++;
  return counts;
}

test('the table of cilium does not depend on the order of the backends', () => {
  const names = addresses(9);
  const weights = names.map((_, i) => 1 + (i % 3));
  const table = ciliumTable(names, weights, 1021);
  const reversed = ciliumTable(names.toReversed(), weights.toReversed(), 1021).map((i) => 8 - i);
  expect(reversed).toEqual(table);
});

/** @source cilium pkg/maglev/maglev_test.go, TestReproducible: the first entries of its table */
test("upstream's reproducible table", () => {
  const table = ciliumTable(['0.0.0.1:1', '0.0.0.3:3', '0.0.0.4:4', '0.0.0.5:5'], [2, 13, 111, 10], 251);
  expect(table.subarray(0, 21).join('')).toBe('222223222122023232122');
  expect(entries(table, 4)).toEqual([4, 24, 204, 19]);
});

test.each([1, 2] as const)('version %i of katran shares its table evenly among equals', (version) => {
  const counts = entries(
    katranTable(
      addresses(100).map((_, i) => i),
      ones(100),
      version,
    ),
    100,
  );
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test('version 2 of katran shares its table by weight', () => {
  const counts = entries(katranTable([5, 6, 7], [1, 2, 5], 2), 3);
  expect(counts.map((count) => Math.round((count / 65537) * 1000))).toEqual([125, 250, 625]);
});

const kinds: readonly StrategyKind[] = [ciliumMaglev, katranMaglev];

describe.each(kinds)('$name', (kind) => {
  test('picks members through any life', () => livesThrough(kind));

  test('instances of a run have one table, and pick alike', () => {
    const world = new World(10).add(kind, 2);
    for (let i = 0; i < 5; i++) world.join(1 + i);
    world.changed();
    for (let port = 0; port < 200; port++) expect(world.pick(0, 77, port)).toBe(world.pick(1, 77, port));
  });

  test('no weight, no pick', () => {
    const world = new World(2).add(kind, 1);
    world.backends.weight[world.join()] = 0;
    world.changed();
    expect(world.pick(0)).toBe(-1);
    const other = world.join();
    world.changed();
    for (let port = 0; port < 50; port++) expect(world.pick(0, 1, port)).toBe(other);
  });
});
