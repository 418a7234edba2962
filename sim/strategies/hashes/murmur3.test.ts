import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jenkins } from './jenkins.ts';
import { murmur3, murmur3OfPair } from './murmur3.ts';

const mask = (1n << 64n) - 1n;
const [c1, c2] = [0x87c37b91114253d5n, 0x4cf5ad432745937fn] as const;
const rotate = (x: bigint, n: bigint) => ((x << n) | (x >> (64n - n))) & mask;
const read = (bytes: Uint8Array, at: number) =>
  bytes.subarray(at, at + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function avalanche(x: bigint): bigint {
  const y = ((x ^ (x >> 33n)) * 0xff51afd7ed558ccdn) & mask;
  const z = ((y ^ (y >> 33n)) * 0xc4ceb9fe1a85ec53n) & mask;
  return z ^ (z >> 33n);
}

/** The algorithm in big integers. */
function slowly(bytes: Uint8Array, seed: bigint): [bigint, bigint] {
  let [h1, h2] = [seed, seed];
  const one = (k: bigint) => (rotate((k * c1) & mask, 31n) * c2) & mask;
  const two = (k: bigint) => (rotate((k * c2) & mask, 33n) * c1) & mask;
  let at = 0;
  for (; at + 16 <= bytes.length; at += 16) {
    h1 = ((rotate(h1 ^ one(read(bytes, at)), 27n) + h2) * 5n + 0x52dce729n) & mask;
    h2 = ((rotate(h2 ^ two(read(bytes, at + 8)), 31n) + h1) * 5n + 0x38495ab5n) & mask;
  }
  h2 ^= two(read(bytes, at + 8));
  h1 ^= one(read(bytes.subarray(0, Math.min(bytes.length, at + 8)), at));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  [h1, h2] = [avalanche(h1), avalanche(h2)];
  h1 = (h1 + h2) & mask;
  return [h1, (h2 + h1) & mask];
}

const whole = (into: Uint32Array, i: number) => (BigInt(into[i]!) << 32n) | BigInt(into[i + 1]!);

test('halves of 32 bits give what big integers give', () => {
  const into = new Uint32Array(4);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 0, max: 0xffffffff }), (bytes, seed) => {
      murmur3(bytes, bytes.length, seed, into);
      expect([whole(into, 0), whole(into, 2)]).toEqual(slowly(bytes, BigInt(seed)));
    }),
  );
});

/** Published by the reference's users: guava's Murmur3Hash128Test, the same text with seed 0. */
test('hashes a known text', () => {
  const into = new Uint32Array(4);
  const bytes = new TextEncoder().encode('The quick brown fox jumps over the lazy dog');
  murmur3(bytes, bytes.length, 0, into);
  expect([...into].map((word) => word.toString(16).padStart(8, '0')).join('')).toBe('e34bbc7bbc071b6c7a433ca9c49a9347');
});

test('a pair of numbers is sixteen bytes, little endian', () => {
  const [into, expected] = [new Uint32Array(4), new Uint32Array(4)];
  murmur3OfPair(2 ** 40 + 5, 42, 7, into);
  murmur3(Uint8Array.of(5, 0, 0, 0, 0, 1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0), 16, 7, expected);
  expect(into).toEqual(expected);
});

test("Jenkins' words: every bit of the input can change every bit of the hash", () => {
  const flips = new Float64Array(32);
  const samples = 2000;
  for (let i = 0; i < samples; i++) {
    const difference = jenkins(i, 7 * i, 6, 12) ^ jenkins(i ^ (1 << (i % 32)), 7 * i, 6, 12);
    for (let bit = 0; bit < 32; bit++) flips[bit]! += (difference >>> bit) & 1;
  }
  for (const flip of flips) expect(Math.abs(flip / samples - 0.5)).toBeLessThan(0.08); // 7 standard errors
});
