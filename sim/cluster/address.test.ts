import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIPv4, parseCIDR, parseIPv4 } from './address.ts';

test('addresses survive a round trip', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
      expect(parseIPv4(formatIPv4(address))).toBe(address);
    }),
  );
  expect(parseIPv4('10.244.0.1')).toBe(0x0af40001);
  expect(formatIPv4(2 ** 32 - 1)).toBe('255.255.255.255');
});

test.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.1.2', '::1', ' 10.0.0.1'])(
  '"%s" is no IPv4 address',
  (text) => {
    expect(() => parseIPv4(text)).toThrow('is not an IPv4 address');
  },
);

test.each([
  ['10.244.0.0/16', 0x0af40000, 16],
  ['10.244.3.7/24', 0x0af40300, 24],
  ['0.0.0.0/0', 0, 0],
  ['192.168.1.1/32', 0xc0a80101, 32],
])('%s', (text, base, bits) => expect(parseCIDR(text)).toEqual({ base, bits }));

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/-1'])(
  '"%s" is no block',
  (text) => {
    expect(() => parseCIDR(text)).toThrow();
  },
);
