import { expect, test } from 'vitest';
import { SYN_PATIENCE, synGivesUp, synTimeout } from './tcp-syn.ts';

const SECOND = 1e9;

test('SYNs are sent and given up as the kernel’s table says', () => {
  const sent = [0];
  while (sent.at(-1)! < 67 * SECOND) sent.push(sent.at(-1)! + synTimeout(sent.at(-1)!));
  expect(sent.map((ns) => ns / SECOND)).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  expect([1, 2, 3, 4, 5, 6].map((retries) => synGivesUp(retries) / SECOND)).toEqual([3, 7, 19, 35, 67, 131]);
  expect(SYN_PATIENCE).toBe(131 * SECOND);
});
