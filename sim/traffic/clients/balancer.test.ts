import { expect, test } from 'vitest';
import type { ClientPolicy, OutlierDetection } from '../../input/client-policy.ts';
import { CLIENT_PRESETS } from '../../input/client-presets.ts';
import { OK, REFUSED } from '../../trace/outcomes.ts';
import { Balancer } from './balancer.ts';
import { httpError } from './http-status.ts';

const SECOND = 1e9;
const addresses = Int32Array.of(100, 101, 102, 103);
const balancer = (balancing: ClientPolicy['balancing'], outlierDetection: OutlierDetection | null = null) =>
  new Balancer({ ...CLIENT_PRESETS.none!, balancing, outlierDetection });

test('least request: of two at random the less loaded, each pair as often', () => {
  const least = balancer('leastRequest');
  for (let i = 0; i < 4; i++) for (let n = 0; n < i; n++) least.began(addresses[i]!);
  const draws = 40_000;
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[least.pick(addresses, 0, 0, (i + 0.5) / draws)]!++;
  // loads 0, 1, 2, 3: the smaller of a random pair is 0 in 1/2, 1 in 1/3, 2 in 1/6 of all
  [1 / 2, 1 / 3, 1 / 6, 0].forEach((share, i) => {
    expect(Math.abs(counts[i]! / draws - share), `position ${i}`).toBeLessThan(0.01);
  });
});

test('an address is ejected after faults in a row, for longer each time, and never more of them than may be', () => {
  const policy = { consecutive: 3, ejectedFor: 30 * SECOND, maxEjected: 0.25 };
  const outliers = balancer('roundRobin', policy);
  const fail = (address: number, now: number) => {
    outliers.began(address);
    outliers.ended(address, httpError(500), now, 4);
  };
  for (let i = 0; i < 3; i++) fail(101, 0);
  expect(outliers.pick(addresses, 1, SECOND, 0)).toBe(2);
  for (let i = 0; i < 3; i++) fail(102, SECOND);
  expect(outliers.pick(addresses, 1, SECOND, 0)).toBe(2); // one of four may be out, and is
  expect(outliers.pick(addresses, 1, 31 * SECOND, 0)).toBe(1);
  for (let i = 0; i < 3; i++) fail(101, 40 * SECOND);
  expect(outliers.pick(addresses, 1, 99 * SECOND, 0)).toBe(2);
  expect(outliers.pick(addresses, 1, 101 * SECOND, 0)).toBe(1);
});

test('pick first stays with the first that works', () => {
  const first = balancer('pickFirst');
  const result = (outcome: number) => {
    first.began(100);
    return first.ended(100, outcome, 0, 4);
  };
  expect(first.pick(addresses, 2, 0, 0.9)).toBe(2);
  expect([result(OK), result(httpError(500)), result(REFUSED)]).toEqual([false, false, true]);
});
