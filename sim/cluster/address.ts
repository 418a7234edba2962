/** IPv4 addresses as unsigned 32-bit integers, and blocks of them in CIDR notation. */

export interface CIDR {
  /** The first address of the block. */
  base: number;
  /** Length of the prefix, 0 to 32; the block has 2^(32 - bits) addresses. */
  bits: number;
}

const OCTETS = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/**
 * @returns 0 to 2^32 - 1
 * @throws Error; leading zeros are refused, as in Kubernetes, since some programs read them as octal
 */
export function parseIPv4(text: string): number {
  const octets = OCTETS.exec(text)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) {
    throw new Error(`"${text}" is not an IPv4 address such as 10.244.0.1`);
  }
  return octets.reduce((address, octet) => address * 256 + octet, 0);
}

/** @param address 0 to 2^32 - 1 */
export function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/**
 * @returns the block; bits of the address beyond the prefix are cleared
 * @throws Error
 */
export function parseCIDR(text: string): CIDR {
  const [address = '', prefix = ''] = text.split('/', 2);
  const bits = Number(prefix);
  if (!/^\d{1,2}$/.test(prefix) || bits > 32 || text.split('/').length !== 2) {
    throw new Error(`"${text}" is not a block of addresses such as 10.244.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  return { base: Math.floor(parseIPv4(address) / size) * size, bits };
}
