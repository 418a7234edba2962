import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printDifference } from './difference.ts';
import { pairUp } from './pairing.ts';
import {
  address,
  allOf,
  completeSet,
  integer,
  item,
  type Pattern,
  plainSet,
  sequence,
  someOf,
  text,
  truth,
} from './pattern.ts';

const port = item({ name: text, port: integer });
const endpoint = item({ addresses: plainSet(address), hostname: text, conditions: someOf(truth) });

function differences(pattern: Pattern, wanted: unknown, got: unknown): string[] {
  expect(pattern.schema.safeParse(wanted).success).toBe(true);
  return pattern.compare(wanted, got, 'x').map(printDifference);
}

describe('what is as wanted', () => {
  test.each<[string, Pattern, unknown, unknown]>([
    ['a field left out is not compared', port, { port: 80 }, { name: 'http', port: 80 }],
    ['null: it is not there', port, { name: null }, { port: 80 }],
    ['null: it is there and null', port, { name: null }, { name: null }],
    ['addresses are values', address, 'FD00:0::1', 'fd00::1'],
    ['what is no address is text', address, '0 100 80 a.', '0 100 80 a.'],
    ['some keys of many', someOf(text), { app: 'a' }, { app: 'a', tier: 'b' }],
    ['all keys', allOf(integer), { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['a key that must be absent', someOf(text), { gone: null }, { app: 'a' }],
    ['a set in another order', completeSet(port), [{ port: 80 }, { port: 443 }], [{ port: 443 }, { port: 80 }]],
    ['an empty set where there is nothing', completeSet(port), [], undefined],
    [
      'a partial item takes the one that no other can take',
      completeSet(port),
      [{ port: 80 }, { name: 'a', port: 80 }],
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    ],
    ['repetitions do not matter in a plain set', plainSet(text), ['a', 'b'], ['b', 'a', 'a']],
    ['but do in a complete one', completeSet(integer), [1, 2, 1], [1, 1, 2]],
    ['a sequence', sequence(text), ['a', 'b'], ['a', 'b']],
    [
      'sets in items in sets',
      completeSet(endpoint),
      [{ addresses: ['::1'] }],
      [{ addresses: ['0::1'], hostname: 'h' }],
    ],
  ])('%s', (_, pattern, wanted, got) => expect(differences(pattern, wanted, got)).toEqual([]));
});

describe('what is not', () => {
  test.each<[string, Pattern, unknown, unknown, string[]]>([
    ['another value', text, 'a', 'b', ['x: wanted a, got b']],
    ['a number as text', text, '80', 80, ['x: wanted 80, got 80']],
    ['a missing field', port, { name: 'a' }, {}, ['x.name: wanted a, got nothing']],
    ['a field that should be absent', port, { name: null }, { name: 'a' }, ['x.name: wanted nothing, got a']],
    ['a key too many', allOf(integer), { a: 1 }, { a: 1, b: 2 }, ['x.b: wanted nothing, got 2']],
    ['no mapping at all', port, { name: 'a' }, undefined, ['x: wanted {name: a}, got nothing']],
    ['another address', address, '10.0.0.1', '10.0.0.2', ['x: wanted 10.0.0.1, got 10.0.0.2']],
    ['one too many', completeSet(integer), [1], [1, 2], ['x: wanted nothing, got 2']],
    ['one too few', completeSet(integer), [1, 2], [1], ['x[1]: wanted 2, got nothing']],
    ['one twice', completeSet(integer), [1], [1, 1], ['x: wanted nothing, got 1']],
    [
      'the item that comes nearest',
      completeSet(port),
      [{ name: 'a', port: 80 }],
      [
        { name: 'b', port: 81 },
        { name: 'a', port: 81 },
      ],
      ['x[0].port: wanted 80, got 81', 'x: wanted nothing, got {name: b, port: 81}'],
    ],
    [
      'another order of a sequence',
      sequence(text),
      ['a', 'b'],
      ['b', 'a'],
      ['x[0]: wanted a, got b', 'x[1]: wanted b, got a'],
    ],
    ['a sequence that goes on', sequence(text), ['a'], ['a', 'b'], ['x[1]: wanted nothing, got b']],
    [
      'deep inside',
      completeSet(endpoint),
      [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
      [{ addresses: ['10.0.0.1'], conditions: { ready: false } }],
      ['x[0].conditions.ready: wanted true, got false'],
    ],
  ])('%s', (_, pattern, wanted, got, told) => expect(differences(pattern, wanted, got)).toEqual(told));
});

test.each<[string, Pattern, unknown]>([
  ['an unknown field', port, { prot: 80 }],
  ['a wrong type', port, { port: '80' }],
  ['no list', completeSet(port), { port: 80 }],
  ['no text', text, 80],
])('%s is no expectation', (_, pattern, wanted) => expect(pattern.schema.safeParse(wanted).success).toBe(false));

const partial = fc.record(
  { name: fc.constantFrom('a', 'b'), port: fc.integer({ min: 1, max: 3 }) },
  { requiredKeys: [] },
);
const whole = fc.record({ name: fc.constantFrom('a', 'b'), port: fc.integer({ min: 1, max: 3 }) });

test('neither order matters to a complete set', () => {
  const set = completeSet(port);
  fc.assert(
    fc.property(fc.array(partial, { maxLength: 5 }), fc.array(whole, { maxLength: 5 }), (wanted, got) => {
      const is = (a: unknown[], b: unknown[]) => set.compare(a, b, '').length === 0;
      const expected = is(wanted, got);
      expect(is(wanted.toReversed(), got)).toBe(expected);
      expect(is(wanted, got.toReversed())).toBe(expected);
    }),
  );
});

test('pairs are as many as any choice of pairs has', () => {
  const graph = fc
    .integer({ min: 0, max: 5 })
    .chain((left) => fc.array(fc.array(fc.boolean(), { minLength: left, maxLength: left }), { maxLength: 5 }));
  const most = (edges: boolean[][], i: number, used: Set<number>): number => {
    if (i === (edges[0]?.length ?? 0)) return 0;
    const choices = edges.flatMap((row, j) =>
      row[i] && !used.has(j) ? [1 + most(edges, i + 1, new Set(used).add(j))] : [],
    );
    return Math.max(most(edges, i + 1, used), ...choices);
  };
  fc.assert(
    fc.property(graph, (edges) => {
      const left = edges[0]?.length ?? 0;
      const partners = [...pairUp(left, edges.length, (i, j) => edges[j]![i]!)];
      const taken = partners.filter((j) => j >= 0);
      expect(new Set(taken).size).toBe(taken.length);
      partners.forEach((j, i) => {
        if (j >= 0) expect(edges[j]![i]).toBe(true);
      });
      expect(taken.length).toBe(most(edges, 0, new Set()));
    }),
  );
});
