/**
 * 64-bit unsigned arithmetic in pairs of 32-bit halves, as JavaScript has no fast one. A register is two places of an array:
 * register `r` has its high half at `2r` and its low half at `2r + 1`.
 */

/** @returns the high 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16); // below 2^32 if it were unsigned
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + ((Math.imul(aLow, bHigh) + (middle & 0xffff)) >>> 16)) | 0;
}

/** @returns the high half of a 64-bit product modulo 2^64; the low one is `Math.imul` of the low halves */
export function productHigh(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return (highProduct(aLow, bLow) + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow)) | 0;
}

/** Multiplies a register by a constant, modulo 2^64. */
export function multiply(registers: Int32Array, r: number, high: number, low: number): void {
  const l = registers[2 * r + 1]!;
  registers[2 * r] = productHigh(registers[2 * r]!, l, high, low);
  registers[2 * r + 1] = Math.imul(l, low);
}

/** Adds to a register, modulo 2^64. */
export function add(registers: Int32Array, r: number, high: number, low: number): void {
  const sum = (registers[2 * r + 1]! >>> 0) + (low >>> 0);
  registers[2 * r] = (registers[2 * r]! + high + (sum > 0xffffffff ? 1 : 0)) | 0;
  registers[2 * r + 1] = sum | 0;
}

/** Exclusive or. */
export function xor(registers: Int32Array, r: number, high: number, low: number): void {
  registers[2 * r] = registers[2 * r]! ^ high;
  registers[2 * r + 1] = registers[2 * r + 1]! ^ low;
}

/** Rotates a register to the left by 1 to 31 bits. */
export function rotate(registers: Int32Array, r: number, bits: number): void {
  const high = registers[2 * r]!;
  const low = registers[2 * r + 1]!;
  registers[2 * r] = (high << bits) | (low >>> (32 - bits));
  registers[2 * r + 1] = (low << bits) | (high >>> (32 - bits));
}

/** x ^= x >>> bits, for 1 to 63 bits: the last step of many hashes. */
export function fold(registers: Int32Array, r: number, bits: number): void {
  const high = registers[2 * r]!;
  const low = registers[2 * r + 1]!;
  if (bits >= 32) return xor(registers, r, 0, high >>> (bits - 32));
  xor(registers, r, high >>> bits, (low >>> bits) | (high << (32 - bits)));
}

/** @returns the 4 bytes from `at`, little endian, as a signed integer. */
export function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

const text = new Uint8Array(512);

/** Writes text of ASCII into a shared buffer, which is good until the next call. @returns the buffer; it is longer than the text */
export function bytesOf(ascii: string): Uint8Array {
  const bytes = ascii.length <= text.length ? text : new Uint8Array(ascii.length);
  for (let i = 0; i < ascii.length; i++) bytes[i] = ascii.charCodeAt(i);
  return bytes;
}
