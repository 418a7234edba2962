/**
 * MurmurHash3 for 64-bit machines: what Cilium and Katran draw the permutations of their Maglev tables from.
 * @source A. Appleby, MurmurHash3.cpp (public domain), MurmurHash3_x64_128
 */
import { add, bytesOf, fold, multiply, rotate, word, xor } from './halves.ts';

const c1h = 0x87c37b91;
const c1l = 0x114253d5;
const c2h = 0x4cf5ad43;
const c2l = 0x2745937f;

/** 0 and 1: the two halves of the hash; 2: what is mixed into one of them. */
const registers = new Int32Array(6);
const first = 0;
const second = 1;
const lane = 2;

function set(r: number, high: number, low: number): void {
  registers[2 * r] = high;
  registers[2 * r + 1] = low;
}

function mixIntoFirst(high: number, low: number): void {
  set(lane, high, low);
  multiply(registers, lane, c1h, c1l);
  rotate(registers, lane, 31);
  multiply(registers, lane, c2h, c2l);
  xor(registers, first, registers[2 * lane]!, registers[2 * lane + 1]!);
}

function mixIntoSecond(high: number, low: number): void {
  set(lane, high, low);
  multiply(registers, lane, c2h, c2l);
  rotate(registers, lane, 31);
  rotate(registers, lane, 2); // by 33 in all
  multiply(registers, lane, c1h, c1l);
  xor(registers, second, registers[2 * lane]!, registers[2 * lane + 1]!);
}

/** A register plus another. */
function plus(r: number, other: number): void {
  add(registers, r, registers[2 * other]!, registers[2 * other + 1]!);
}

function avalanche(r: number): void {
  fold(registers, r, 33);
  multiply(registers, r, 0xff51afd7, 0xed558ccd);
  fold(registers, r, 33);
  multiply(registers, r, 0xc4ceb9fe, 0x1a85ec53);
  fold(registers, r, 33);
}

/** @returns up to 4 of the last bytes as a number, little endian; those beyond the end are 0. */
function lastWord(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < 4 && at + i < length; i++) value |= bytes[at + i]! << (8 * i);
  return value;
}

/**
 * Hashes the first `length` bytes.
 * @param into [0], [1]: high and low 32 bits of the first half of the hash, [2], [3]: of the second
 */
export function murmur3(bytes: Uint8Array, length: number, seed: number, into: Uint32Array): void {
  set(first, 0, seed);
  set(second, 0, seed);
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    mixIntoFirst(word(bytes, at + 4), word(bytes, at));
    rotate(registers, first, 27);
    plus(first, second);
    multiply(registers, first, 0, 5);
    add(registers, first, 0, 0x52dce729);
    mixIntoSecond(word(bytes, at + 12), word(bytes, at + 8));
    rotate(registers, second, 31);
    plus(second, first);
    multiply(registers, second, 0, 5);
    add(registers, second, 0, 0x38495ab5);
  }
  mixIntoSecond(lastWord(bytes, at + 12, length), lastWord(bytes, at + 8, length)); // nothing left changes nothing
  mixIntoFirst(lastWord(bytes, at + 4, length), lastWord(bytes, at, length));
  xor(registers, first, 0, length);
  xor(registers, second, 0, length);
  plus(first, second);
  plus(second, first);
  avalanche(first);
  avalanche(second);
  plus(first, second);
  plus(second, first);
  into.set(registers.subarray(0, 4));
}

/** Hashes an ASCII text. */
export function murmur3OfText(ascii: string, seed: number, into: Uint32Array): void {
  murmur3(bytesOf(ascii), ascii.length, seed, into);
}

const pair = new Uint8Array(16);
const words = new DataView(pair.buffer);

/**
 * Hashes two numbers as Katran does; its 64-bit variant is the first half of the hash of both, little endian, below 2^53.
 * @source katran katran/lib/MurmurHash3.cpp, MurmurHash3_x64_64
 */
export function murmur3OfPair(a: number, b: number, seed: number, into: Uint32Array): void {
  words.setBigUint64(0, BigInt(a), true);
  words.setBigUint64(8, BigInt(b), true);
  murmur3(pair, 16, seed, into);
}
