import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { SlicePlan } from './reconcile.ts';
import { addTopologyHints, allocate, cpuShares, givingAndReceiving } from './topology-hints.ts';

const node = (zone: string, more: { ready?: boolean; cpu?: string; role?: string } = {}): Node =>
  ({
    metadata: {
      labels: {
        ...(zone !== '' && { 'topology.kubernetes.io/zone': zone }),
        ...(more.role !== undefined && { [`node-role.kubernetes.io/${more.role}`]: '' }),
      },
    },
    status: {
      allocatable: { cpu: more.cpu ?? '1', memory: '1Gi' },
      conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }],
    },
  }) as unknown as Node;

describe("a zone's share of the CPU", () => {
  test.each([
    { name: 'no nodes', nodes: [], shares: null },
    { name: 'one zone', nodes: [node('a'), node('a')], shares: null },
    { name: 'two zones', nodes: [node('a'), node('b')], shares: { a: 0.5, b: 0.5 } },
    { name: 'more CPU', nodes: [node('a', { cpu: '3' }), node('b')], shares: { a: 0.75, b: 0.25 } },
    { name: 'a zone that is not ready', nodes: [node('a'), node('b', { ready: false })], shares: null },
    { name: 'a zone of the control plane', nodes: [node('a'), node('b', { role: 'control-plane' })], shares: null },
    { name: 'a node without a zone', nodes: [node('a'), node('b'), node('')], shares: null },
    { name: 'a node without CPU', nodes: [node('a'), node('b'), node('b', { cpu: '0' })], shares: null },
  ])('$name', ({ nodes, shares }) => {
    const found = cpuShares(nodes);
    expect(found === null ? null : Object.fromEntries(found)).toEqual(shares);
  });
});

// Upstream's Test_getGivingAndReceivingZones.
test.each([
  { name: 'empty', desired: {}, allocated: {}, giving: {}, receiving: {} },
  {
    name: 'no rebalancing needed',
    desired: { a: 1.2, b: 1.1, c: 1 },
    allocated: { a: 1, b: 1, c: 1 },
    giving: {},
    receiving: {},
  },
  {
    name: 'the last stays where it is, though another zone would be slightly better',
    desired: { a: 5.1, b: 5.1, c: 5.8 },
    allocated: { a: 16 },
    giving: { a: 10 },
    receiving: { b: 5, c: 5 },
  },
  {
    name: 'the needier zone gets the odd one',
    desired: { a: 5, b: 5.6, c: 5.4 },
    allocated: { a: 16 },
    giving: { a: 11 },
    receiving: { b: 6, c: 5 },
  },
  {
    name: 'the fuller zone gives the odd one',
    desired: { a: 5, b: 5.6, c: 5.4 },
    allocated: { b: 8, c: 8 },
    giving: { b: 2, c: 3 },
    receiving: { a: 5 },
  },
  {
    name: 'too many everywhere',
    desired: { a: 5, b: 5, c: 5 },
    allocated: { a: 6, b: 6, c: 6 },
    giving: {},
    receiving: {},
  },
])('$name', ({ desired, allocated, giving, receiving }) => {
  const found = givingAndReceiving(new Map(Object.entries(desired)), new Map(Object.entries(allocated)));
  expect([Object.fromEntries(found.giving), Object.fromEntries(found.receiving)]).toEqual([giving, receiving]);
});

const planOf = (zones: readonly string[]): SlicePlan => ({
  create: [
    {
      ports: [],
      endpoints: zones.map((zone, i) => ({ addresses: [`10.0.0.${i}`], conditions: { ready: true }, zone })),
    },
  ],
  update: [],
  remove: [],
  unchanged: [],
});
const hintsOf = ({ create, update, unchanged }: SlicePlan) => {
  const counts: Record<string, number> = {};
  for (const { endpoints } of [...create, ...update, ...unchanged]) {
    for (const { hints } of endpoints)
      for (const { name } of hints?.forZones ?? []) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

test.each([
  { name: 'no shares', shares: null, zones: [], why: 'InsufficientNodeInfo', hints: {} },
  {
    name: 'fewer endpoints than zones',
    shares: { a: 0.3, b: 0.4, c: 0.3 },
    zones: ['a', 'b'],
    why: 'InsufficientNumberOfEndpoints',
    hints: {},
  },
  { name: 'two zones', shares: { a: 0.45, b: 0.55 }, zones: ['a', 'b'], why: null, hints: { a: 1, b: 1 } },
  {
    name: 'beyond the threshold',
    shares: { a: 1 / 3, b: 1 / 3, c: 1 / 3 },
    zones: ['a', 'a', 'c', 'c'],
    why: 'MinAllocationExceedsOverloadThreshold',
    hints: {},
  },
  { name: 'no zone', shares: { a: 0.5, b: 0.5 }, zones: ['a', 'a', 'b', ''], why: 'NoZoneSpecified', hints: {} },
])('$name: $why', ({ shares, zones, why, hints }) => {
  const plan = planOf(zones);
  expect(addTopologyHints(plan, shares === null ? null : new Map(Object.entries(shares) as [string, number][]))).toBe(
    why,
  );
  expect(hintsOf(plan)).toEqual(hints);
});

test('no zone gets more than its share rounded up, and every ready endpoint has one hint', () => {
  const shares = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 4 }).map((parts) => {
    const total = parts.reduce((a, b) => a + b, 0);
    return new Map(parts.map((part, i) => [`z${i}`, part / total]));
  });
  fc.assert(
    fc.property(shares, fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }), (shares, places) => {
      const plan = planOf(places.map((i) => `z${i % shares.size}`));
      const allocations = allocate(shares, places.length);
      const why = addTopologyHints(plan, shares);
      if (typeof allocations === 'string') {
        expect(why).toBe(allocations);
        return;
      }
      const hints = hintsOf(plan);
      expect(Object.values(hints).reduce((a, b) => a + b, 0)).toBe(places.length);
      for (const [zone, { desired }] of allocations) {
        expect(hints[zone] ?? 0).toBeGreaterThanOrEqual(Math.floor(desired) - 1);
        expect(hints[zone] ?? 0).toBeLessThanOrEqual(Math.ceil(desired) + 1);
      }
    }),
  );
});

test('hints that are good enough are not written again', () => {
  const first = planOf(['a', 'a', 'b', 'b']);
  const shares = new Map([
    ['a', 0.5],
    ['b', 0.5],
  ]);
  addTopologyHints(first, shares);
  const again: SlicePlan = { create: [], update: [], remove: [], unchanged: [{ name: 's', ...first.create[0]! }] };
  expect(addTopologyHints(again, shares)).toBeNull();
  expect([again.unchanged.length, again.update.length]).toEqual([1, 0]);
  const lost: Endpoint = { ...again.unchanged[0]!.endpoints[0]! };
  delete lost.hints;
  again.unchanged[0]!.endpoints[0] = lost;
  addTopologyHints(again, shares);
  expect([again.unchanged.length, again.update.length]).toEqual([0, 1]);
});
