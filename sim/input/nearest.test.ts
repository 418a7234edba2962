import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const KNOWN = ['http', 'metrics', 'replicas', 'selector', 'minReadySeconds'];

test.each([
  ['htttp', 'http'],
  ['HTTP', 'http'],
  ['metrcis', 'metrics'], // neighbours swapped
  ['replica', 'replicas'],
  ['minReadySecond', 'minReadySeconds'],
  ['template', undefined],
  ['x', undefined],
  ['h'.repeat(1e6), undefined],
])('%s', (name, expected) => expect(nearest(name, KNOWN)).toBe(expected));

test('of several the one with the fewest edits', () =>
  expect(nearest('web1', ['web12', 'web1x', 'web1'])).toBe('web1'));
