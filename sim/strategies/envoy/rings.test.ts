import { expect, test } from 'vitest';
import { bytesOf } from '../hashes/halves.ts';
import type { HashRing } from '../structures/hash-ring.ts';
import { envoyMaglev } from './maglev.ts';
import { murmurHash64A } from './murmur-hash-64a.ts';
import { envoyRing } from './ring-hash.ts';

/** test/common/common/hash_test.cc */
test.each([
  ['foo', 9631199822919835226n],
  ['bar', 11474628671133349555n],
  ['foo\nbar', 16306510975912980159n],
  ['lyft', 12847078931730529320n],
  ['', 6142509188972423790n],
])('MurmurHash64A of %j', (text, hash) => {
  const into = new Uint32Array(2);
  murmurHash64A(bytesOf(text), text.length, into);
  expect((BigInt(into[0]!) << 32n) | BigInt(into[1]!)).toBe(hash);
});

const names = (...ports: number[]) => ports.map((port) => `127.0.0.1:${port}`);
const ringOf = (ports: number[], weights: number[], minimumRingSize: number, more = {}) =>
  envoyRing(names(...ports), weights, ports, { minimumRingSize, maximumRingSize: 8388608, murmur: 0, ...more });
const at = (ring: HashRing, key: bigint) => ring.owner[ring.at(Number(key >> 32n), Number(key & 0xffffffffn))];

/** test/extensions/load_balancing_policies/ring_hash/ring_hash_lb_test.cc, the test of that name */
test('BasicWithMurmur2', () => {
  const ring = ringOf([80, 81, 82, 83, 84, 85], [1, 1, 1, 1, 1, 1], 12, { murmur: 1 });
  expect(ring.size).toBe(12);
  const keys = [2n ** 64n - 1n, 1358027074129602068n, 1358027074129602069n, 10150910876324007730n];
  expect(keys.map((key) => at(ring, key))).toEqual([85, 85, 83, 82]);
});

test('UnevenHosts', () => {
  expect(at(ringOf([80, 81], [1, 1], 3), 0n)).toBe(80);
  expect(Array.from(ringOf([80, 81], [1, 1], 3).owner)).toEqual([80, 81, 80, 81]);
  expect(Array.from(ringOf([81, 82], [1, 1], 3).owner)).toEqual([81, 82, 82, 81]);
});

test('HostWeightedTinyRing', () => {
  const ring = ringOf([90, 91, 92], [1, 2, 3], 6, { maximumRingSize: 6 });
  expect(at(ring, 928266305478181108n)).toBe(92);
  expect(at(ring, 4443673547860492590n)).toBe(92);
  expect(at(ring, 5583722120771150861n)).toBe(91);
  expect(at(ring, 6311230543546372928n)).toBe(91);
  expect(at(ring, 13444792449719432967n)).toBe(92);
  expect(at(ring, 16117243373044804889n)).toBe(90);
});

test('HostWeightedLargeRing, LargeFractionalScale', () => {
  const ring = ringOf([90, 91, 92], [1, 2, 3], 6144);
  expect(ring.size).toBe(6144);
  const counts = new Map<number, number>();
  for (let i = 0n; i < 6000n; i++) {
    const port = at(ring, i * ((2n ** 64n - 1n) / 6000n))!;
    counts.set(port, (counts.get(port) ?? 0) + 1);
  }
  expect(counts).toEqual(
    new Map([
      [90, 987],
      [91, 1932],
      [92, 3081],
    ]),
  );
  const uneven = ringOf([90, 91], [1, 1], 1023, { maximumRingSize: 1023 }).owner;
  expect([uneven.filter((port) => port === 90).length, uneven.length]).toEqual([512, 1023]);
});

/** test/extensions/load_balancing_policies/maglev/maglev_lb_test.cc: Basic, Weighted; and that weights count in a large table */
test('Maglev', () => {
  const weighted = [1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1];
  expect(Array.from(envoyMaglev(names(90, 91), [1, 2], 17))).toEqual(weighted);
  expect(Array.from(envoyMaglev(names(90, 91, 92, 93, 94, 95), [1, 1, 1, 1, 1, 1], 7))).toEqual([2, 4, 0, 1, 5, 0, 3]);
  const table = envoyMaglev(names(90, 91, 92), [1, 2, 3], 65537);
  const shares = [0, 1, 2].map((i) => (6 * table.filter((entry) => entry === i).length) / 65537);
  expect(Math.max(...shares.map((share, i) => Math.abs(share - i - 1)))).toBeLessThan(0.001);
  expect(envoyMaglev([], [], 7).every((entry) => entry === -1)).toBe(true);
});
