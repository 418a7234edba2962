import { expect, test } from 'vitest';
import { addressText, writeAddress } from './address-text.ts';
import { CRC_BEGIN, crcBytes } from './crc-32.ts';
import { bytesOf } from './halves.ts';

test('the check value of CRC-32', () => {
  expect(~crcBytes(CRC_BEGIN, bytesOf('123456789'), 9) >>> 0).toBe(0xcbf43926);
});

test.each(['0.0.0.0', '10.244.3.8', '192.168.17.100', '255.255.255.255', '1.20.99.101'])('writes %s', (address) => {
  const number = address.split('.').reduce((sum, octet) => (sum << 8) | Number(octet), 0);
  const length = writeAddress(number);
  expect(String.fromCharCode(...addressText.subarray(0, length))).toBe(address);
});
