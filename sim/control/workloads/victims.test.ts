import { expect, test } from 'vitest';
import type { Pod } from '../../cluster/api/pod.ts';
import { compareVictims } from './victims.ts';

const HOUR = 3600e9;
const NOW = 100 * HOUR;

interface Sketch {
  node?: string;
  phase?: 'Pending' | 'Running';
  /** Seconds since it became ready; absent: not ready. */
  ready?: number;
  restarts?: number;
  created?: number;
}

function pod({ node, phase = 'Running', ready, restarts = 0, created = 0 }: Sketch): Pod {
  const status = {
    phase,
    conditions: [
      { type: 'Ready', status: ready === undefined ? 'False' : 'True', lastTransitionTime: NOW - (ready ?? 0) * 1e9 },
    ],
    containerStatuses: [{ name: 'c', ready: ready !== undefined, restartCount: restarts }],
  };
  const spec = node === undefined ? {} : { nodeName: node };
  return { kind: 'Pod', metadata: { creationTimestamp: created * 1e9 }, spec, status } as unknown as Pod;
}

const cases: { name: string; pods: Sketch[]; first: number }[] = [
  {
    name: 'unscheduled before scheduled, whatever else',
    pods: [{ node: 'n' }, { phase: 'Pending' }, { node: 'n', phase: 'Pending' }],
    first: 1,
  },
  {
    name: 'pending before running',
    pods: [
      { node: 'n', ready: 9 },
      { node: 'n', phase: 'Pending' },
    ],
    first: 1,
  },
  { name: 'not ready before ready', pods: [{ node: 'n', ready: 9000 }, { node: 'n' }], first: 1 },
  {
    name: 'the more crowded node, before age',
    pods: [
      { node: 'a', ready: 10 },
      { node: 'b', ready: 9000 },
      { node: 'b', ready: 9000 },
    ],
    first: 1,
  },
  {
    name: 'ready for the shorter time, if that differs by a power of two',
    pods: [
      { node: 'a', ready: 9000 },
      { node: 'b', ready: 100 },
    ],
    first: 1,
  },
  {
    name: 'within a power of two: more restarts',
    pods: [
      { node: 'a', ready: 100, created: 5 },
      { node: 'b', ready: 120, restarts: 2 },
    ],
    first: 1,
  },
  {
    name: 'else the newer',
    pods: [
      { node: 'a', ready: 100, created: 5 },
      { node: 'b', ready: 100, created: 7 },
    ],
    first: 1,
  },
];

test.each(cases)('first to go: $name', ({ pods: sketches, first }) => {
  const pods = sketches.map(pod);
  const crowd = (one: Pod) => pods.filter((other) => other.spec.nodeName === one.spec.nodeName).length;
  const sorted = pods.toSorted((a, b) => compareVictims(a, b, crowd, NOW));
  expect(pods.indexOf(sorted[0]!)).toBe(first);
});
