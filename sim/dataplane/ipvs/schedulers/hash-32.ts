import { bytesOfIP } from '../../../cluster/ip.ts';

/** An address as ip_vs hashes it: its 32 bits, or the four words of an IPv6 address XORed. u32 */
export function foldIP(ip: string): number {
  const bytes = bytesOfIP(ip);
  let folded = 0;
  for (let i = 0; i < bytes.length; i += 4) {
    folded ^= (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  }
  return folded >>> 0;
}

/** The top bits of a product with the golden ratio. @source linux include/linux/hash.h hash_32 */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, 0x61c88647) >>> (32 - bits);
}
