/**
 * SipHash-1-3 of one 32-bit word, cut to 32 bits: the kernel's hsiphash on 64-bit machines. The state is pairs of 32-bit
 * halves in local variables, since doubles hold no 64 bits; through an array and small functions it took 420 ns.
 * @param word u32
 * @param key u32; the kernel's key is this number twice, each as 64 bits
 * @returns u32
 * @source linux lib/siphash.c hsiphash_1u32
 */
export function sipHash13(word: number, key: number): number {
  let low0 = 0x70736575 ^ key;
  let high0 = 0x736f6d65;
  let low1 = 0x6e646f6d ^ key;
  let high1 = 0x646f7261;
  let low2 = 0x6e657261 ^ key;
  let high2 = 0x6c796765;
  let low3 = 0x79746573 ^ key;
  let high3 = 0x74656462;
  // The last word holds the data, and its length in bytes on top.
  const data = word | 0;
  low3 ^= data;
  high3 ^= LENGTH;
  for (let round = 0; round < 4; round++) {
    // v0 += v1
    let sum = (low0 + low1) | 0;
    high0 = (high0 + high1 + carry(low0, low1, sum)) | 0;
    low0 = sum;
    // v1 = rotl(v1, 13) ^ v0
    let low = (low1 << 13) | (high1 >>> 19);
    high1 = ((high1 << 13) | (low1 >>> 19)) ^ high0;
    low1 = low ^ low0;
    // v0 = rotl(v0, 32)
    low = low0;
    low0 = high0;
    high0 = low;
    // v2 += v3
    sum = (low2 + low3) | 0;
    high2 = (high2 + high3 + carry(low2, low3, sum)) | 0;
    low2 = sum;
    // v3 = rotl(v3, 16) ^ v2
    low = (low3 << 16) | (high3 >>> 16);
    high3 = ((high3 << 16) | (low3 >>> 16)) ^ high2;
    low3 = low ^ low2;
    // v0 += v3
    sum = (low0 + low3) | 0;
    high0 = (high0 + high3 + carry(low0, low3, sum)) | 0;
    low0 = sum;
    // v3 = rotl(v3, 21) ^ v0
    low = (low3 << 21) | (high3 >>> 11);
    high3 = ((high3 << 21) | (low3 >>> 11)) ^ high0;
    low3 = low ^ low0;
    // v2 += v1
    sum = (low2 + low1) | 0;
    high2 = (high2 + high1 + carry(low2, low1, sum)) | 0;
    low2 = sum;
    // v1 = rotl(v1, 17) ^ v2
    low = (low1 << 17) | (high1 >>> 15);
    high1 = ((high1 << 17) | (low1 >>> 15)) ^ high2;
    low1 = low ^ low2;
    // v2 = rotl(v2, 32)
    low = low2;
    low2 = high2;
    high2 = low;
    if (round === 0) {
      low0 ^= data;
      high0 ^= LENGTH;
      low2 ^= 0xff;
    }
  }
  return (low0 ^ low1 ^ low2 ^ low3) >>> 0;
}

const LENGTH = 4 << 24;

/** Of the addition of two 32-bit integers, without a double. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
}
