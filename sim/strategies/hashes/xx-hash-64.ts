/**
 * xxHash64: what Envoy and gRPC hash addresses and keys with. In halves of 32 bits, so that a pick can afford it.
 * @source the xxHash specification (Y. Collet), doc/xxhash_spec.md of Cyan4973/xxHash, XXH64
 */
import { add, bytesOf, multiply, productHigh, rotate, word, xor } from './halves.ts';

const p1h = 0x9e3779b1;
const p1l = 0x85ebca87;
const p2h = 0xc2b2ae3d;
const p2l = 0x27d4eb4f;
const p3h = 0x165667b1;
const p3l = 0x9e3779f9;
const p4h = 0x85ebca77;
const p4l = 0xc2b2ae63;
const p5h = 0x27d4eb2f;
const p5l = 0x165667c5;

/** 0 to 3: the lanes of long inputs; 4: the hash; 5: what is mixed into it. */
const registers = new Int32Array(12);
const hash = 4;
const lane = 5;

/** The rounds of one lane: r = rotate(r + input * P2, 31) * P1. */
function round(r: number, high: number, low: number): void {
  set(lane, high, low);
  multiply(registers, lane, p2h, p2l);
  add(registers, r, registers[2 * lane]!, registers[2 * lane + 1]!);
  rotate(registers, r, 31);
  multiply(registers, r, p1h, p1l);
}

/** hash ^= the round of an input from nothing. */
function mixIn(high: number, low: number): void {
  set(lane, high, low);
  multiply(registers, lane, p2h, p2l);
  rotate(registers, lane, 31);
  multiply(registers, lane, p1h, p1l);
  xor(registers, hash, registers[2 * lane]!, registers[2 * lane + 1]!);
}

function set(r: number, high: number, low: number): void {
  registers[2 * r] = high;
  registers[2 * r + 1] = low;
}

/** hash = rotate(lane 0, 1) + rotate(lane 1, 7) + rotate(lane 2, 12) + rotate(lane 3, 18), then each lane is mixed in. */
function long(bytes: Uint8Array, stripes: number, seedHigh: number, seedLow: number): void {
  for (let r = 0; r < 4; r++) set(r, seedHigh, seedLow);
  add(registers, 0, p1h, p1l);
  add(registers, 0, p2h, p2l);
  add(registers, 1, p2h, p2l);
  add(registers, 3, ~p1h, -p1l); // minus P1: the low half is not 0, so there is a borrow
  for (let at = 0; at < 32 * stripes; at += 8) round((at >> 3) & 3, word(bytes, at + 4), word(bytes, at));
  set(hash, 0, 0);
  for (let r = 0; r < 4; r++) {
    const high = registers[2 * r]!;
    const low = registers[2 * r + 1]!;
    rotate(registers, r, r === 0 ? 1 : r === 1 ? 7 : r === 2 ? 12 : 18);
    add(registers, hash, registers[2 * r]!, registers[2 * r + 1]!);
    set(r, high, low);
  }
  for (let r = 0; r < 4; r++) {
    mixIn(registers[2 * r]!, registers[2 * r + 1]!);
    multiply(registers, hash, p1h, p1l);
    add(registers, hash, p4h, p4l);
  }
}

/**
 * Hashes the first `length` bytes. Allocates nothing. Halves are locals here: in registers it took twice as long.
 * @param into [0]: the high 32 bits of the hash, [1]: the low ones
 */
export function xxHash64(bytes: Uint8Array, length: number, into: Uint32Array, seedLow = 0, seedHigh = 0): void {
  if (length >= 32) long(bytes, length >> 5, seedHigh, seedLow);
  else {
    set(hash, seedHigh, seedLow);
    add(registers, hash, p5h, p5l);
  }
  add(registers, hash, 0, length);
  let high = registers[2 * hash]!;
  let low = registers[2 * hash + 1]!;
  let at = length & ~31;
  let h = 0;
  let l = 0;
  for (; at + 8 <= length; at += 8) {
    const input = word(bytes, at);
    h = productHigh(word(bytes, at + 4), input, p2h, p2l);
    l = Math.imul(input, p2l);
    const turnedHigh = (h << 31) | (l >>> 1);
    const turnedLow = (l << 31) | (h >>> 1);
    high ^= productHigh(turnedHigh, turnedLow, p1h, p1l);
    low ^= Math.imul(turnedLow, p1l);
    h = (high << 27) | (low >>> 5);
    l = (low << 27) | (high >>> 5);
    low = Math.imul(l, p1l);
    const sum = (low >>> 0) + p4l;
    high = (productHigh(h, l, p1h, p1l) + p4h + (sum > 0xffffffff ? 1 : 0)) | 0;
    low = sum | 0;
  }
  if (at + 4 <= length) {
    const input = word(bytes, at);
    high ^= productHigh(0, input, p1h, p1l);
    low ^= Math.imul(input, p1l);
    h = (high << 23) | (low >>> 9);
    l = (low << 23) | (high >>> 9);
    low = Math.imul(l, p2l);
    const sum = (low >>> 0) + p3l;
    high = (productHigh(h, l, p2h, p2l) + p3h + (sum > 0xffffffff ? 1 : 0)) | 0;
    low = sum | 0;
    at += 4;
  }
  for (; at < length; at++) {
    const byte = bytes[at]!;
    high ^= productHigh(0, byte, p5h, p5l);
    low ^= Math.imul(byte, p5l);
    h = (high << 11) | (low >>> 21);
    l = (low << 11) | (high >>> 21);
    high = productHigh(h, l, p1h, p1l);
    low = Math.imul(l, p1l);
  }
  low ^= high >>> 1;
  h = productHigh(high, low, p2h, p2l);
  l = Math.imul(low, p2l);
  l ^= (l >>> 29) | (h << 3);
  h ^= h >>> 29;
  high = productHigh(h, l, p3h, p3l);
  into[0] = high;
  into[1] = Math.imul(l, p3l) ^ high;
}

const whole = new Uint32Array(2);

/** The hash of an ASCII text as one number: for building tables. */
export function xxHash64Of(ascii: string, seed = 0n): bigint {
  xxHash64(bytesOf(ascii), ascii.length, whole, Number(seed & 0xffffffffn), Number(seed >> 32n));
  return (BigInt(whole[0]!) << 32n) | BigInt(whole[1]!);
}
