import { expect, test } from 'vitest';
import { CLIENT_PRESETS } from '../input/client-presets.ts';
import type { Discovery } from '../input/scenario.ts';
import { Edge } from './edge.ts';

const edge = (discovery: Partial<Record<Discovery, number>>) =>
  new Edge(
    0,
    { name: 'x/front', isUser: false },
    {
      service: 'x/back',
      host: 'back',
      slot: 0,
      port: 80,
      portIndex: 0,
      targetPort: 8080,
      origin: 0,
      protocol: 'TCP',
      family: 'IPv4',
      entersByNode: false,
    },
    { share: 1, policy: CLIENT_PRESETS.none!, discovery },
  );

test.each<{ discovery: Partial<Record<Discovery, number>>; count: number; of: Discovery; expected: number }>([
  { discovery: { podIP: 0.85, dns: 0.15 }, count: 20, of: 'podIP', expected: 17 },
  { discovery: { podIP: 0.5, headless: 0.5 }, count: 2, of: 'headless', expected: 1 },
  { discovery: { env: 1 }, count: 7, of: 'env', expected: 7 },
  { discovery: { dns: 0, env: 1 }, count: 50, of: 'dns', expected: 0 },
])('of $count clients of $discovery, $expected use $of', ({ discovery, count, of, expected }) => {
  const one = edge(discovery);
  const used = Array.from({ length: count }, (_, pod) => one.discoveryOf(pod));
  expect(used.filter((each) => each === of).length).toBe(expected);
});

test('shares are kept all along the sequence: nowhere off by more than two clients', () => {
  const shares = { podIP: 0.3, dns: 0.25, env: 0.05, headless: 0.4 };
  const one = edge(shares);
  const counts: Record<string, number> = { podIP: 0, dns: 0, env: 0, headless: 0 };
  for (let n = 1; n <= 500; n++) {
    counts[one.discoveryOf(n)]!++;
    for (const [name, share] of Object.entries(shares)) expect(Math.abs(counts[name]! - share * n)).toBeLessThan(2);
  }
});

test('a Pod whose container restarts finds its target as before', () => {
  const one = edge({ podIP: 0.5, dns: 0.5 });
  const first = [0, 1, 2, 3].map((pod) => one.discoveryOf(pod));
  expect([3, 2, 1, 0].map((pod) => one.discoveryOf(pod)).reverse()).toEqual(first);
});
