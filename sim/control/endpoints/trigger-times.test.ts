import { expect, test } from 'vitest';
import type { Pod } from '../../cluster/api/pod.ts';
import { TriggerTimes } from './trigger-times.ts';

interface Moments {
  startTime?: number;
  ready?: number;
  deleted?: number;
}

function pod({ startTime, ready, deleted }: Moments): Pod {
  const conditions = ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ready }];
  return {
    metadata: { ...(deleted !== undefined && { deletionTimestamp: deleted }) },
    status: { conditions, ...(startTime !== undefined && { startTime }) },
  } as unknown as Pod;
}

/** Synced at 10 and then at 20. */
test.each<{ name: string; pods: Moments[]; changed?: number; at: number }>([
  { name: 'the first that became ready', pods: [{ ready: 15 }, { ready: 12 }], at: 12 },
  {
    name: 'what was known at the last sync does not count',
    pods: [{ startTime: 3, ready: 10 }, { ready: 18 }],
    at: 18,
  },
  { name: 'a Pod that begins to terminate', pods: [{ ready: 5, deleted: 14 }], at: 14 },
  { name: 'the Service before a Pod', pods: [{ ready: 15 }], changed: 11, at: 11 },
  { name: 'a Pod before the Service', pods: [{ ready: 11 }], changed: 15, at: 11 },
  { name: 'nothing is known: now', pods: [{ ready: 4 }], at: 20 },
  { name: 'a snapshot from before the run is no change', pods: [{ ready: -50 }], at: 20 },
])('$name', ({ pods, changed, at }) => {
  const times = new TriggerTimes();
  times.take('x/web', [], 10);
  if (changed !== undefined) times.changed('x/web', changed);
  times.changed('x/other', 10);
  expect(times.take('x/web', pods.map(pod), 20)).toBe(at);
});

test('of a new Service its creation counts, not that its Pods have long been ready', () => {
  const times = new TriggerTimes();
  times.changed('x/web', 15);
  expect(times.take('x/web', [pod({ ready: 3 })], 16)).toBe(15);
});

test('of several changes the first counts, and a sync begins anew', () => {
  const times = new TriggerTimes();
  for (const at of [3, 4]) times.changed('x/web', at);
  expect([times.take('x/web', [], 5), times.take('x/web', [], 6)]).toEqual([3, 6]);
});
