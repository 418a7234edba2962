/**
 * Jenkins' lookup3 of three words, as the kernel and its BPF programs hash what identifies a connection.
 * @param initial the caller's seed + 4 x (the number of words that count): what the kernel's jhash_2words and jhash_3words add
 * @returns 32 bits, signed
 * @source linux include/linux/jhash.h, __jhash_nwords and __jhash_final (B. Jenkins, public domain)
 */
export function jenkins(first: number, second: number, third: number, initial: number): number {
  const start = (initial + 0xdeadbeef) | 0;
  let a = (first + start) | 0;
  let b = (second + start) | 0;
  let c = (third + start) | 0;
  c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
  a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
  b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
  c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
  a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
  b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
  return ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
}
