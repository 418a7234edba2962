import { expect, test } from 'vitest';
import { listedProbability, writtenProbability } from './rule-text.ts';

test.each([
  { oneOf: 1, written: '1.0000000000' },
  { oneOf: 2, written: '0.5000000000', listed: '0.50000000000' },
  { oneOf: 3, written: '0.3333333333', listed: '0.33333333349' },
  { oneOf: 10, written: '0.1000000000', listed: '0.10000000009' },
  { oneOf: 100, written: '0.0100000000' },
  { oneOf: 1000, written: '0.0010000000' },
  { oneOf: 10_000, written: '0.0001000000' },
  { oneOf: 100_000, written: '0.0000100000' },
  { oneOf: 100_001, written: '0.0000099999' },
])('1/$oneOf is written $written and listed as the kernel holds it', ({ oneOf, written, listed }) => {
  expect(writtenProbability(oneOf)).toBe(written);
  if (listed !== undefined) expect(listedProbability(oneOf)).toBe(listed);
});
