/**
 * Counter-based randomness: draws that belong to a request are a hash of (stream key, request, attempt, purpose), so
 * that a retry in one variant does not shift the draws of every later request. All integers, no state.
 */

/** Mixes two 32-bit integers into one; every output bit depends on every input bit. @source murmur3 fmix32 (Appleby, public domain) */
export function mix(a: number, b: number): number {
  let h = (Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A 32-bit key of a name: FNV-1a, then mixed. */
export function keyOf(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return mix(h, name.length);
}

/** @returns a uniform double in (0, 1) from 32 hashed bits; never 0 or 1, so that its logarithm is finite. */
export function uniform(hash: number): number {
  return ((hash >>> 0) + 0.5) * 2.3283064365386963e-10;
}
