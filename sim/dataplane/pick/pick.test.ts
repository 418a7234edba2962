import { describe, expect, test } from 'vitest';
import { mix } from '../../engine/hash.ts';
import { SCHEDULER_NAMES } from '../ipvs/schedulers/create.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from '../rules/proxy-input.ts';
import { ClientAffinity, RECENT_LIST_CAPACITY } from './affinity.ts';
import { type Backend, createBalancer } from './balancer.ts';
import { numgenIndex, statisticIndex } from './draw.ts';

const backendsOf = (count: number): Backend[] =>
  Array.from({ length: count }, (_, i) => ({ ip: `10.0.0.${i + 1}`, port: 80, address: `10.0.0.${i + 1}:80` }));

test('each statistic rule draws its own 31 bits and matches below its threshold', () => {
  const draws = [715827882, 715827883, 1073741823, 2147483647, 1073741824, 0, 900000000, 100];
  const next = () => draws.shift()!;
  expect(Array.from({ length: 5 }, () => 'ABC'[statisticIndex(3, next)]).join(' ')).toBe('A B C A B');
});

test('numgen draws once: index = draw × n / 2^32', () => {
  const draws = [0, 858993458, 858993459, 858993460, 4294967295, 2147483648];
  expect(draws.map((draw) => 'ABCDE'[numgenIndex(5, draw)]).join(' ')).toBe('A A A B E C');
});

/** Chi-square with 9 degrees of freedom is above this in one of a million. */
const LIMIT = 45;

test.each<[string, Partial<ProxySettings>]>([
  ['iptables', {}],
  ['nftables', { mode: 'nftables' }],
  ['ebpf random', { mode: 'ebpf' }],
  ['ipvs rr', { mode: 'ipvs' }],
  ['ipvs mh', { mode: 'ipvs', scheduler: 'mh' }],
])('%s: a million connections go to ten backends alike', (_, settings) => {
  const balancer = createBalancer({ ...DEFAULT_PROXY_SETTINGS, ...settings }, false, 1);
  balancer.setBackends(backendsOf(10));
  const counts = new Float64Array(10);
  const draws = 1e6;
  for (let i = 0; i < draws; i++) {
    const backend = balancer.pick({ hash: mix(i, 7), source: mix(i, 8) >>> 0, sourcePort: i & 0xffff });
    counts[backend] = counts[backend]! + 1;
  }
  // The table of mh has 409 or 410 slots for each: less than 1/400 apart.
  const slack = settings.scheduler === 'mh' ? 100 : 0;
  const statistic = counts.reduce((sum, count) => sum + (count - draws / 10) ** 2 / (draws / 10), 0);
  expect(statistic).toBeLessThan(LIMIT + slack);
});

describe('ipvs', () => {
  const balancerOf = (scheduler: string) =>
    createBalancer({ ...DEFAULT_PROXY_SETTINGS, mode: 'ipvs', scheduler }, false, 1);
  const connect = { hash: 1, source: 0x0a000001, sourcePort: 40_000 };

  test('lc goes where the fewest connections are, of this node', () => {
    const balancer = balancerOf('lc');
    balancer.setBackends(backendsOf(2));
    const first = balancer.pick(connect);
    const server = balancer.opened!(first);
    expect(balancer.pick(connect)).toBe(1 - first);
    balancer.opened!(1 - first);
    balancer.closing!(server);
    expect(balancer.pick(connect)).toBe(first);
    balancer.closed!(server);
    expect(balancer.pick(connect)).toBe(first);
  });

  test('what left goes on with its connections, and comes back with those that it still has', () => {
    const balancer = balancerOf('lc');
    const two = backendsOf(2);
    balancer.setBackends(two);
    const servers = [balancer.opened!(0), balancer.opened!(0)];
    balancer.opened!(1);
    balancer.setBackends([two[1]!]);
    expect(balancer.pick(connect)).toBe(0);
    balancer.closing!(servers[0]!);
    balancer.setBackends(two);
    expect(balancer.pick(connect)).toBe(1);
    balancer.closing!(servers[1]!);
    expect(balancer.pick(connect)).toBe(0);
  });

  test('what stays keeps its connections when the list changes', () => {
    const balancer = balancerOf('lc');
    const three = backendsOf(3);
    balancer.setBackends(three);
    for (let i = 0; i < 3; i++) balancer.opened!(i);
    balancer.setBackends([three[0]!, three[2]!, { ip: '10.0.0.9', port: 80, address: '10.0.0.9:80' }]);
    expect(balancer.pick(connect)).toBe(2);
  });

  test.each(SCHEDULER_NAMES)('%s: no backend, one backend', (scheduler) => {
    const balancer = balancerOf(scheduler);
    balancer.setBackends([]);
    expect(balancer.pick(connect)).toBe(-1);
    balancer.setBackends(backendsOf(1));
    expect(balancer.pick(connect)).toBe(0);
  });
});

test('Maglev: a client keeps its backend when another goes', () => {
  const settings = { ...DEFAULT_PROXY_SETTINGS, mode: 'ebpf', algorithm: 'maglev' } as const;
  const ten = backendsOf(10);
  const [before, after] = [createBalancer(settings, true, 1), createBalancer(settings, true, 1)];
  before.setBackends(ten);
  after.setBackends(ten.slice(0, 9));
  let moved = 0;
  for (let source = 0; source < 10_000; source++) {
    const [old, now] = [
      before.pick({ hash: 0, source, sourcePort: 1 }),
      after.pick({ hash: 0, source, sourcePort: 1 }),
    ];
    if (old !== 9 && old !== now) moved++;
  }
  expect(moved).toBeLessThan(200);
});

describe('affinity', () => {
  test('counts from the last new connection', () => {
    const affinity = new ClientAffinity(100);
    affinity.connected(1, 'a', 0);
    expect(affinity.backendOf(1, 100)).toBe('a');
    affinity.connected(1, 'a', 100);
    expect(affinity.backendOf(1, 200)).toBe('a');
    expect(affinity.backendOf(1, 201)).toBeUndefined();
    expect(affinity.backendOf(2, 0)).toBeUndefined();
  });

  test('a full list forgets who connected longest ago', () => {
    const affinity = new ClientAffinity(1e9, RECENT_LIST_CAPACITY);
    for (let client = 0; client <= RECENT_LIST_CAPACITY; client++) affinity.connected(client, 'a', client);
    expect(affinity.backendOf(0, 200)).toBeUndefined();
    expect(affinity.backendOf(1, 200)).toBe('a');
    affinity.connected(500, 'b', 300);
    expect(affinity.backendOf(1, 300)).toBe('a');
  });
});
