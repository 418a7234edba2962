import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBytes, parseQuantityMilli } from './quantity.ts';

describe('CPU in thousandths', () => {
  test.each([
    ['500m', 500],
    ['2', 2000],
    ['0.1', 100],
    ['1.1', 1100],
    ['4.35', 4350],
    ['.5', 500],
    ['1.', 1000],
    ['1u', 1], // rounded up
    ['1001n', 1],
    ['1e3', 1e6],
    ['1E-3', 1],
    ['1k', 1e6],
    ['-250m', -250],
    ['0', 0],
  ])('%s is %d', (text, milli) => expect(parseQuantityMilli(text)).toBe(milli));
});

describe('memory in bytes', () => {
  test.each([
    ['1Gi', 2 ** 30],
    ['0.5Ki', 512],
    ['128974848', 128974848],
    ['129e6', 129e6],
    ['129M', 129e6],
    ['123Mi', 123 * 2 ** 20],
    ['1500m', 2],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
  ])('%s is %d', (text, bytes) => expect(parseBytes(text)).toBe(bytes));
});

test.each(['', 'm', '1 Gi', '1gi', '1K', '1Mib', '1.2.3', '0x10', '1e', '1e9999', '--1', '½'])(
  '"%s" is refused',
  (text) => {
    expect(() => parseBytes(text)).toThrow('quantities must match the regular expression');
  },
);

test('a number of milli survives, in every spelling', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (milli) => {
      expect(parseQuantityMilli(`${milli}m`)).toBe(milli);
      expect(parseQuantityMilli(`${milli}e-3`)).toBe(milli);
      expect(parseQuantityMilli(`${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, '0')}`)).toBe(milli);
      expect(parseBytes(`${milli}Ki`)).toBe(milli * 1024);
    }),
  );
});
