import { expect, test } from 'vitest';
import { humanDuration } from './human-duration.ts';

const [S, M, H, D, Y] = [1e9, 60e9, 3600e9, 86_400e9, 365 * 86_400e9];

/** @source apimachinery pkg/util/duration/duration_test.go, TestHumanDuration and TestHumanDurationBoundaries */
test.each([
  [-2 * S, '<invalid>'],
  [-2 * S + 1, '0s'],
  [-1, '0s'],
  [0, '0s'],
  [S - 1e6, '0s'],
  [2 * M - 1e6, '119s'],
  [2 * M, '2m'],
  [2 * M + S, '2m1s'],
  [10 * M - 1e6, '9m59s'],
  [10 * M + S, '10m'],
  [3 * H - 1e6, '179m'],
  [3 * H, '3h'],
  [3 * H + M, '3h1m'],
  [8 * H - 1e6, '7h59m'],
  [8 * H + 59 * M, '8h'],
  [2 * D - 1e6, '47h'],
  [2 * D + H, '2d1h'],
  [8 * D - 1e6, '7d23h'],
  [8 * D + 23 * H, '8d'],
  [2 * Y - 1e6, '729d'],
  [2 * Y, '2y'],
  [2 * Y + D, '2y1d'],
  [8 * Y - 1e6, '7y364d'],
  [8 * Y + 364 * D, '8y'],
])('%d ns: %s', (ns, text) => expect(humanDuration(ns)).toBe(text));
