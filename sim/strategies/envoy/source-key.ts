import { addressText, writeAddress } from '../hashes/address-text.ts';
import { xxHash64 } from '../hashes/xx-hash-64.ts';

/** Hashes that are remembered; a power of two. */
const REMEMBERED = 1 << 14;

const address = new Int32Array(REMEMBERED);
const known = new Uint8Array(REMEMBERED);
const hashes = new Uint32Array(2 * REMEMBERED);
const hash = new Uint32Array(2);

/** The high halves of hashes are at even places, the low ones after them. */
export const sourceKeys: Uint32Array = hashes;

/**
 * The key of a `source_ip` hash policy: xxHash64 of the client's address as text. It is remembered, as it is the dearest part of a pick.
 * @returns where in `sourceKeys` it is now
 * @source envoy source/common/http/hash_policy.cc, IpHashMethod
 */
export function keyOfSource(source: number): number {
  const place = (Math.imul(source, 0x9e3779b1) >>> 18) & (REMEMBERED - 1);
  if (address[place] !== source || known[place] === 0) {
    xxHash64(addressText, writeAddress(source), hash);
    address[place] = source;
    known[place] = 1;
    hashes[2 * place] = hash[0]!;
    hashes[2 * place + 1] = hash[1]!;
  }
  return 2 * place;
}
