const bytes = new Uint8Array(16);

/** The bytes of the address that was written last; good until the next one is. */
export const addressText: Uint8Array = bytes;

/**
 * Writes an IPv4 address as text, such as 10.244.3.8: what proxies hash where the key is the client's address. Allocates nothing.
 * @param address 32 bits @returns how many bytes of `addressText` it is
 */
export function writeAddress(address: number): number {
  let at = 0;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const octet = (address >>> shift) & 0xff;
    if (octet >= 100) bytes[at++] = 48 + ((octet / 100) | 0);
    if (octet >= 10) bytes[at++] = 48 + (((octet / 10) | 0) % 10);
    bytes[at++] = 48 + (octet % 10);
    if (shift > 0) bytes[at++] = 46;
  }
  return at;
}
