import { describe, expect, test } from 'vitest';
import type { ScalingRules } from '../../cluster/api/autoscaling.ts';
import type { Pod, PodStatus } from '../../cluster/api/pod.ts';
import { type CpuSample, NoMetrics, type PodMetric, proposeByUtilization, standingOf } from './replica-calculator.ts';
import { policyLimit } from './scaling-rules.ts';

const used = (usageMilli: number, requestMilli = 1000): PodMetric => ({ standing: 'ready', usageMilli, requestMilli });
const missing: PodMetric = { standing: 'missing', usageMilli: 0, requestMilli: 1000 };
const unready = (usageMilli: number): PodMetric => ({ ...used(usageMilli), standing: 'unready' });
const times = (count: number, pod: PodMetric) => Array.from({ length: count }, () => pod);

// Upstream's replica_calculator_test.go, test by test.
const proposals: { name: string; pods: PodMetric[]; current: number; target: number; replicas: number }[] = [
  { name: 'ratio 1.1 is inside the tolerance', pods: times(10, used(550)), current: 10, target: 50, replicas: 10 },
  { name: '11.2 becomes 12', pods: times(10, used(560)), current: 10, target: 50, replicas: 12 },
  {
    name: 'utilisation is a whole percent: 55.9 is 55',
    pods: times(10, used(559)),
    current: 10,
    target: 50,
    replicas: 10,
  },
  { name: 'scale up', pods: [used(300), used(500), used(700)], current: 3, target: 30, replicas: 5 },
  { name: 'scale down', pods: [100, 300, 500, 250, 250].map((m) => used(m)), current: 5, target: 50, replicas: 3 },
  {
    name: 'unready counts 0 going up',
    pods: [unready(300), used(500), used(700)],
    current: 3,
    target: 30,
    replicas: 4,
  },
  { name: 'unready, no scale', pods: [used(400), unready(500), unready(700)], current: 3, target: 30, replicas: 3 },
  {
    name: 'unready is left out going down',
    pods: [used(100), used(300), used(500), unready(250), unready(250)],
    current: 5,
    target: 50,
    replicas: 2,
  },
  {
    name: 'missing counts 100 % going down',
    pods: [used(400), used(95), missing, missing],
    current: 4,
    target: 100,
    replicas: 3,
  },
  { name: 'missing, no change above', pods: [used(1900), missing], current: 2, target: 100, replicas: 2 },
  { name: 'missing, no change below', pods: [used(600), missing], current: 2, target: 100, replicas: 2 },
  { name: 'missing, no change equal', pods: [used(1000), missing], current: 2, target: 100, replicas: 2 },
  {
    name: 'at the target exactly, a missing one adds nothing',
    pods: [used(500), missing],
    current: 2,
    target: 50,
    replicas: 2,
  },
  {
    name: 'missing and initializing turn it',
    pods: [unready(100), used(450), missing],
    current: 3,
    target: 50,
    replicas: 3,
  },
  {
    name: 'a surge must not turn a descent',
    pods: [used(100), used(100), missing],
    current: 2,
    target: 50,
    replicas: 2,
  },
  {
    name: 'superfluous metrics',
    pods: [4000, 9500, 3000, 7000].map((m) => used(m)),
    current: 4,
    target: 100,
    replicas: 24,
  },
  {
    name: 'tolerance',
    pods: [used(1010, 900), used(1030, 1000), used(1020, 1100)],
    current: 3,
    target: 100,
    replicas: 3,
  },
];
test.each(proposals)('$name: $replicas', ({ pods, current, target, replicas }) => {
  expect(proposeByUtilization(pods, current, target, { up: 0.1, down: 0.1 }).replicas).toBe(replicas);
});

test.each([
  { name: 'no metrics at all', pods: times(3, missing) },
  { name: 'a Pod without a request', pods: [used(500), used(0, 0)] },
])('$name: no answer', ({ pods }) => {
  expect(() => proposeByUtilization(pods, 4, 100, { up: 0.1, down: 0.1 })).toThrow(NoMetrics);
});

describe('who counts', () => {
  const NOW = 10_000;
  const sample = (age: number, window: number): CpuSample => ({
    usageMilli: 1,
    at: (NOW - age) * 1e9,
    window: window * 1e9,
  });
  /** @param started, changed seconds ago; changed absent: never ready */
  const status = (ready: boolean, started: number, changed?: number): PodStatus => ({
    phase: 'Running',
    conditions:
      changed === undefined
        ? []
        : [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: (NOW - changed) * 1e9 }],
    startTime: (NOW - started) * 1e9,
  });
  // Upstream's TestGroupPods, at the default five minutes and 30 s.
  test.each([
    { name: 'pending', status: { ...status(false, 0), phase: 'Pending' as const }, sample: null, standing: 'unready' },
    { name: 'no sample', status: status(true, 400, 300), sample: null, standing: 'missing' },
    { name: 'new and never ready', status: status(false, 0), sample: sample(0, 30), standing: 'unready' },
    { name: 'new, ready for a whole window', status: status(true, 60, 30), sample: sample(0, 30), standing: 'ready' },
    { name: 'new, ready for half a window', status: status(true, 60, 30), sample: sample(0, 60), standing: 'unready' },
    { name: 'new and not ready any more', status: status(false, 200, 50), sample: sample(0, 30), standing: 'unready' },
    { name: 'old, with an old sample', status: status(true, 310, 310), sample: sample(120, 60), standing: 'ready' },
    {
      name: 'old, not ready since, as overload does',
      status: status(false, 600, 60),
      sample: sample(0, 30),
      standing: 'ready',
    },
    { name: 'old and never ready', status: status(false, 600, 594), sample: sample(0, 30), standing: 'unready' },
    {
      name: 'there from time 0: long since',
      status: { ...status(false, 0, 10), startTime: 0 },
      sample: sample(0, 30),
      standing: 'ready',
    },
  ])('$name: $standing', ({ status, sample, standing }) => {
    expect(standingOf({ status } as Pod, sample, NOW * 1e9)).toBe(standing);
  });
});

describe('policies', () => {
  const NOW = 1000e9;
  const events = (list: [change: number, secondsAgo: number][]) =>
    list.map(([change, ago]) => ({ change, at: NOW - ago * 1e9 }));
  const rules = (
    policies: [type: 'Pods' | 'Percent', value: number, period: number][],
    select = 'Max',
  ): ScalingRules => ({
    stabilizationWindowSeconds: 0,
    selectPolicy: select as 'Max',
    policies: policies.map(([type, value, periodSeconds]) => ({ type, value, periodSeconds })),
  });
  const recent: [number, number][] = [
    [1, 100],
    [5, 60],
    [9, 20],
  ];
  // Upstream's TestScalingWithRules.
  test.each([
    {
      name: 'default up',
      rules: rules([
        ['Pods', 4, 15],
        ['Percent', 100, 15],
      ]),
      current: 10,
      limit: 20,
    },
    {
      name: 'default up from 1',
      rules: rules([
        ['Pods', 4, 15],
        ['Percent', 100, 15],
      ]),
      current: 1,
      limit: 5,
    },
    {
      name: 'the narrower',
      rules: rules(
        [
          ['Pods', 4, 15],
          ['Percent', 100, 15],
        ],
        'Min',
      ),
      current: 10,
      limit: 14,
    },
    { name: 'percent', rules: rules([['Percent', 200, 60]]), current: 10, limit: 30 },
    { name: 'one percent of 3 rounds up', rules: rules([['Percent', 1, 60]]), current: 3, limit: 4 },
    { name: 'percent after events', rules: rules([['Percent', 200, 120]]), current: 100, ups: recent, limit: 255 },
    { name: 'Pods after events', rules: rules([['Pods', 150, 120]]), current: 100, ups: recent, limit: 235 },
    { name: 'used up by events', rules: rules([['Pods', 5, 120]]), current: 100, ups: recent, limit: 100 },
    { name: 'only events of the period', rules: rules([['Pods', 10, 30]]), current: 100, ups: recent, limit: 101 },
    {
      name: 'an event at the edge is outside',
      rules: rules([['Pods', 10, 20]]),
      current: 100,
      ups: recent,
      limit: 110,
    },
    {
      name: 'ups and downs',
      rules: rules([['Percent', 300, 300]]),
      current: 6,
      ups: [[4, 60]] as [number, number][],
      downs: [[2, 60]] as [number, number][],
      limit: 16,
    },
    { name: 'disabled', rules: rules([['Pods', 5, 15]], 'Disabled'), current: 7, limit: 7 },
  ])('up, $name: at most $limit', ({ rules, current, ups = [], downs = [], limit }) => {
    expect(policyLimit(rules, 'up', current, events(ups), events(downs), NOW)).toBe(limit);
  });
  const falls: [number, number][] = [
    [10, 100],
    [10, 60],
    [10, 20],
  ];
  test.each([
    {
      name: 'half',
      rules: rules([['Percent', 50, 120]]),
      current: 100,
      downs: [
        [2, 100],
        [4, 60],
        [6, 20],
      ],
      limit: 56,
    },
    {
      name: 'half, ups and downs',
      rules: rules([['Percent', 50, 180]]),
      current: 10,
      ups: [[2, 60]],
      downs: [[4, 60]],
      limit: 6,
    },
    { name: 'used up', rules: rules([['Percent', 10, 120]]), current: 100, downs: falls, limit: 100 },
    {
      name: 'the wider',
      rules: rules([
        ['Pods', 4, 60],
        ['Percent', 10, 60],
      ]),
      current: 100,
      downs: [],
      limit: 90,
    },
    {
      name: 'the narrower',
      rules: rules(
        [
          ['Pods', 4, 60],
          ['Percent', 10, 60],
        ],
        'Min',
      ),
      current: 100,
      downs: [],
      limit: 96,
    },
  ])('down, $name: at least $limit', ({ rules, current, ups = [], downs, limit }) => {
    expect(
      policyLimit(rules, 'down', current, events(ups as [number, number][]), events(downs as [number, number][]), NOW),
    ).toBe(limit);
  });
});
