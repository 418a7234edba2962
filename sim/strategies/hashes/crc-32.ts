/** CRC-32 (IEEE 802.3, reflected), step by step: begin with `CRC_BEGIN`, update byte by byte, end with `~`. */
const table = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  let crc = i;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  table[i] = crc;
}

export const CRC_BEGIN = -1;

/** @returns the state after one more byte */
export function crcByte(crc: number, byte: number): number {
  return table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
}

/** @returns the state after the first `length` bytes */
export function crcBytes(crc: number, bytes: Uint8Array, length: number): number {
  let state = crc;
  for (let i = 0; i < length; i++) state = crcByte(state, bytes[i]!);
  return state;
}
