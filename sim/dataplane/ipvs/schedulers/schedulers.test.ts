import { describe, expect, test } from 'vitest';
import { createScheduler, SCHEDULER_NAMES } from './create.ts';
import { foldIP } from './hash-32.ts';
import { MaglevHashing } from './hashing.ts';
import { MAGLEV_SIZE, maglevTable } from './maglev-hash.ts';
import type { Destination, Scheduler } from './scheduler.ts';

interface Named extends Destination {
  name: string;
}

const destination = (name: string, weight = 1, active = 0, inactive = 0): Named => ({
  name,
  ip: `10.244.${name.charCodeAt(0) - 65}.8`,
  port: 8080,
  weight,
  active,
  inactive,
});
const request = (source = '10.0.0.1') => ({
  source: foldIP(source),
  sourcePort: 0,
  destination: 0xac1e0001,
  random: () => 0,
});
const nameAt = (list: readonly Named[], index: number) => (index < 0 ? null : list[index]!.name);

/** Picks with every connection staying open. */
function picks(scheduler: Scheduler, list: readonly Named[], count: number): string {
  return Array.from({ length: count }, () => {
    const index = scheduler.pick(list, request());
    if (index >= 0) list[index]!.active++;
    return nameAt(list, index) ?? '-';
  }).join(' ');
}

const SOURCES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.0.0.3',
  '10.0.1.7',
  '10.244.3.19',
  '192.168.17.4',
  '172.16.9.200',
  '10.244.0.5',
];

describe('sequences, every connection staying open', () => {
  const A = (weight: number, active = 0, inactive = 0) => destination('A', weight, active, inactive);
  const B = (weight: number, active = 0, inactive = 0) => destination('B', weight, active, inactive);
  const C = (weight: number, active = 0, inactive = 0) => destination('C', weight, active, inactive);
  test.each([
    { name: 'rr', list: [A(1), B(1), C(1)], sequence: 'A B C A B C' },
    { name: 'rr', list: [A(1), B(0), C(1)], sequence: 'A C A C' },
    { name: 'wrr', list: [A(4), B(3), C(2)], sequence: 'A A B A B C A B C' },
    { name: 'wrr', list: [A(1), B(1)], sequence: 'A B A B' },
    { name: 'wrr', list: [A(0), B(0)], sequence: '- -' },
    { name: 'lc', list: [A(1), B(1), C(1)], sequence: 'A B C A B C' },
    { name: 'lc', list: [A(5, 1), B(1)], sequence: 'B A B' },
    { name: 'wlc', list: [A(3), B(1), C(0)], sequence: 'A B A A A B A A' },
    { name: 'wlc', list: [A(2, 2, 100), B(1, 1, 20)], sequence: 'B A A B' },
    { name: 'sed', list: [A(1), B(2), C(3)], sequence: 'C B C A B C C B C A B C' },
    { name: 'nq', list: [A(1), B(2), C(3)], sequence: 'A B C C B C' },
    { name: 'fo', list: [A(1), B(3), C(3)], sequence: 'B B B' },
    { name: 'ovf', list: [A(1), B(3), C(2)], sequence: 'B B B B C C C A A -' },
    { name: 'lblc', list: [A(1), B(1)], sequence: 'A A B B' },
    { name: 'lblcr', list: [A(1), B(1)], sequence: 'A A B B A B' },
  ])('$name: $sequence', ({ name, list, sequence }) => {
    expect(picks(createScheduler(name), list, sequence.split(' ').length)).toBe(sequence);
  });
});

test('rr goes on from the last pick in a list whose newest comes first', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => destination(name)) as [Named, Named, Named, Named];
  const scheduler = createScheduler('rr');
  const run = (list: Named[], count: number) =>
    Array.from({ length: count }, () => nameAt(list, scheduler.pick(list, request())));
  const three = [c, b, a];
  const four = [d, c, b, a];
  expect([...run(three, 4), ...run(four, 5), ...run([d, b, a], 3)].join(' ')).toBe('c b a c b a d c b a d b');
});

test('dh: one virtual address has one server, whoever asks', () => {
  const list = [destination('A'), destination('B'), destination('C')];
  const scheduler = createScheduler('dh');
  const picked = SOURCES.map((source) => scheduler.pick(list, request(source)));
  expect(new Set(picked).size).toBe(1);
  const addresses = Array.from({ length: 64 }, (_, i) => ({ ...request(), destination: 0xac1e0000 + i }));
  expect(new Set(addresses.map((each) => scheduler.pick(list, each))).size).toBe(3);
});

test('sh: by source, with buckets by weight', () => {
  const list = [destination('A'), destination('B', 2), destination('C')];
  const scheduler = createScheduler('sh');
  const names = SOURCES.map((source) => nameAt(list, scheduler.pick(list, request(source))));
  expect(names.join(' ')).toBe('C B C C B B B B');
});

test('sh: an unavailable server is not replaced by the next', () => {
  const list = [destination('A'), destination('B'), destination('C')];
  const scheduler = createScheduler('sh');
  const before = SOURCES.map((source) => scheduler.pick(list, request(source)));
  list[1]!.weight = 0; // ip_vs keeps its table until the list changes
  const after = SOURCES.map((source) => scheduler.pick(list, request(source)));
  expect(after).toEqual(before.map((index) => (index === 1 ? -1 : index)));
  expect(after).toContain(-1);
});

describe('mh', () => {
  const five = ['A', 'B', 'C', 'D', 'E'].map((name) => destination(name));
  test('the kernel’s hash and table', () => {
    const scheduler = new MaglevHashing(false);
    const names = SOURCES.map((source) => nameAt(five, scheduler.pick(five, request(source))));
    expect(names.join(' ')).toBe('A A B E A A C A');
    const counts = five.map((_, i) => maglevTable(five).filter((entry) => entry === i).length);
    expect(counts).toEqual([819, 819, 819, 818, 818]);
  });
  test('a removal moves its own fifth and little else', () => {
    const before = maglevTable(five);
    const after = maglevTable(five.slice(0, 4));
    const moved = before.filter((entry, slot) => entry !== 4 && entry !== after[slot]!).length;
    expect([moved, before.filter((entry) => entry === 4).length]).toEqual([14, 818]);
    expect(after).toHaveLength(MAGLEV_SIZE);
  });
});

test('twos takes the less loaded of two; a draw of 0 and of 1 both mean the first', () => {
  const list = [destination('A', 1, 5), destination('B', 1, 1), destination('C', 1, 3)];
  const scheduler = createScheduler('twos');
  const draws = (...values: number[]) => {
    let i = 0;
    return { ...request(), random: () => values[i++]! / 4 };
  };
  const picked = (a: number, b: number) => nameAt(list, scheduler.pick(list, draws(a, b)));
  expect([picked(0, 1), picked(1, 2), picked(3, 2), picked(3, 0)].join(' ')).toBe('A B B C');
});

test.each(SCHEDULER_NAMES)('%s: no destination, and none of weight above 0', (name) => {
  expect(createScheduler(name).pick([], request())).toBe(-1);
  expect(createScheduler(name).pick([destination('A', 0), destination('B', 0)], request())).toBe(-1);
});

test('an unknown name is told', () => expect(() => createScheduler('fair')).toThrow(/"fair" is no scheduler/));
