import { sha256 } from './sha256.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first characters of the base 32 form of a text's SHA-256: what kube-proxy makes chain names of. */
export function chainHash(text: string, length: 8 | 16): string {
  const digest = sha256(text);
  let hash = '';
  for (let i = 0; i < length; i++) {
    const bit = i * 5;
    const pair = (digest[bit >> 3]! << 8) | digest[(bit >> 3) + 1]!;
    hash += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return hash;
}
