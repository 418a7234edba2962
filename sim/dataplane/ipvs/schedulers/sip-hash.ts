/**
 * SipHash-1-3 of one 32-bit word, cut to 32 bits: the kernel's hsiphash on 64-bit machines. The state is pairs of 32-bit
 * halves, since doubles hold no 64 bits.
 * @source linux lib/siphash.c hsiphash_1u32
 */
export class HalfwordSipHash {
  readonly #low: number;
  /** v0 to v3, the low half before the high one. */
  readonly #v = new Int32Array(8);

  /** @param key u32; the kernel's key is this number twice, each as 64 bits */
  constructor(key: number) {
    this.#low = key | 0;
  }

  /** @param word u32 @returns u32 */
  hash(word: number): number {
    const v = this.#v;
    const key = this.#low;
    v[0] = 0x70736575 ^ key;
    v[1] = 0x736f6d65;
    v[2] = 0x6e646f6d ^ key;
    v[3] = 0x646f7261;
    v[4] = 0x6e657261 ^ key;
    v[5] = 0x6c796765;
    v[6] = 0x79746573 ^ key;
    v[7] = 0x74656462;
    // The last word holds the data, and its length in bytes on top.
    const [low, high] = [word | 0, 4 << 24];
    v[6] ^= low;
    v[7] ^= high;
    round(v);
    v[0] ^= low;
    v[1] ^= high;
    v[4] ^= 0xff;
    round(v);
    round(v);
    round(v);
    return (v[0] ^ v[2] ^ v[4] ^ v[6]) >>> 0;
  }
}

function round(v: Int32Array): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  xor(v, 2, 0);
  swap(v, 0);
  add(v, 4, 6);
  rotate(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  xor(v, 2, 4);
  swap(v, 4);
}

function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to]! >>> 0) + (v[from]! >>> 0);
  v[to + 1] = v[to + 1]! + v[from + 1]! + (low > 0xffffffff ? 1 : 0);
  v[to] = low;
}

function xor(v: Int32Array, to: number, from: number): void {
  v[to] = v[to]! ^ v[from]!;
  v[to + 1] = v[to + 1]! ^ v[from + 1]!;
}

/** @param bits below 32 */
function rotate(v: Int32Array, at: number, bits: number): void {
  const [low, high] = [v[at]!, v[at + 1]!];
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}

/** A rotation by 32. */
function swap(v: Int32Array, at: number): void {
  const low = v[at]!;
  v[at] = v[at + 1]!;
  v[at + 1] = low;
}
