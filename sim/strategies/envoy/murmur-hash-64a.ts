/**
 * MurmurHash64A, which Envoy calls MURMUR_HASH_2: a ring of it is as those of programs that hash by `std::hash`.
 * @source A. Appleby, MurmurHash2.cpp (public domain); the seed is that of libstdc++, envoy source/common/common/hash.h
 */
import { fold, multiply, word, xor } from '../hashes/halves.ts';

const high = 0xc6a4a793;
const low = 0x5bd1e995;
const seed = 0xc70f6907;

/** 0: the hash; 1: what goes into it. */
const registers = new Int32Array(4);

/** Hashes the first `length` bytes. @param into [0]: the high 32 bits, [1]: the low ones */
export function murmurHash64A(bytes: Uint8Array, length: number, into: Uint32Array): void {
  registers[0] = 0;
  registers[1] = length;
  multiply(registers, 0, high, low);
  xor(registers, 0, 0, seed);
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    registers[2] = word(bytes, at + 4);
    registers[3] = word(bytes, at);
    multiply(registers, 1, high, low);
    fold(registers, 1, 47);
    multiply(registers, 1, high, low);
    xor(registers, 0, registers[2]!, registers[3]!);
    multiply(registers, 0, high, low);
  }
  if (at < length) {
    for (let i = 0; at + i < length; i++) {
      const byte = bytes[at + i]! << (8 * (i & 3));
      xor(registers, 0, i < 4 ? 0 : byte, i < 4 ? byte : 0);
    }
    multiply(registers, 0, high, low);
  }
  fold(registers, 0, 47);
  multiply(registers, 0, high, low);
  fold(registers, 0, 47);
  into[0] = registers[0]!;
  into[1] = registers[1]!;
}
