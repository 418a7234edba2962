import { expect, test } from 'vitest';
import type { Pod, PodStatus } from './api/pod.ts';
import { podSummary } from './pod-reason.ts';

interface Row {
  name: string;
  status: Omit<Partial<PodStatus>, 'conditions'> & { conditions?: { type: string; status: string; reason?: string }[] };
  inits?: { name: string; restartPolicy?: 'Always' }[];
  deleted?: boolean;
  /** READY, STATUS, RESTARTS */
  shown: [string, string, number];
}

const of = (name: string, state: object, more: object = {}) => ({
  name,
  ready: false,
  restartCount: 0,
  state,
  ...more,
});
const running = { running: { startedAt: 0 } };
const ended = (exitCode: number, reason?: string) => ({ terminated: { exitCode, reason } });
const waiting = (reason: string) => ({ waiting: { reason } });

/** @source kubernetes pkg/printers/internalversion/printers_test.go TestPrintPod */
test.each<Row>([
  {
    name: 'one of two runs',
    status: {
      phase: 'Running',
      containerStatuses: [of('a', running, { ready: true }), of('b', {}, { restartCount: 3 })],
    },
    shown: ['1/2', 'Running', 3],
  },
  {
    name: 'a container waits',
    status: {
      phase: 'Running',
      containerStatuses: [of('a', running, { ready: true }), of('b', waiting('CrashLoopBackOff'))],
    },
    shown: ['1/2', 'CrashLoopBackOff', 0],
  },
  { name: 'nothing is known yet', status: { phase: 'Pending' }, shown: ['0/2', 'Pending', 0] },
  { name: 'evicted', status: { phase: 'Failed', reason: 'Evicted' }, shown: ['0/2', 'Evicted', 0] },
  {
    name: 'all have ended',
    status: { phase: 'Succeeded', containerStatuses: [of('a', ended(0, 'Completed')), of('b', ended(0, 'Completed'))] },
    shown: ['0/2', 'Completed', 0],
  },
  {
    name: 'ended without a reason',
    status: { phase: 'Failed', containerStatuses: [of('a', ended(1))] },
    shown: ['0/2', 'ExitCode:1', 0],
  },
  {
    name: 'one has ended well, the other is ready but the Pod is not',
    status: {
      phase: 'Running',
      containerStatuses: [of('a', ended(0, 'Completed')), of('b', running, { ready: true })],
    },
    shown: ['1/2', 'NotReady', 0],
  },
  {
    name: 'one has ended well, the other serves',
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [of('a', ended(0, 'Completed')), of('b', running, { ready: true })],
    },
    shown: ['1/2', 'Running', 0],
  },
  {
    name: 'deleted while it runs',
    deleted: true,
    status: { phase: 'Running', containerStatuses: [of('a', running, { ready: true })] },
    shown: ['1/2', 'Terminating', 0],
  },
  {
    name: 'deleted on a lost node',
    deleted: true,
    status: { phase: 'Running', reason: 'NodeLost' },
    shown: ['0/2', 'Unknown', 0],
  },
  { name: 'deleted after its end', deleted: true, status: { phase: 'Failed' }, shown: ['0/2', 'Failed', 0] },
  {
    name: 'the second of two init containers waits',
    inits: [{ name: 'i' }, { name: 'j' }],
    status: {
      phase: 'Pending',
      initContainerStatuses: [of('i', ended(0)), of('j', waiting('PodInitializing'), { restartCount: 2 })],
    },
    shown: ['0/2', 'Init:1/2', 2],
  },
  {
    name: 'an init container fails',
    inits: [{ name: 'i' }],
    status: { phase: 'Pending', initContainerStatuses: [of('i', ended(1, 'Error'))] },
    shown: ['0/2', 'Init:Error', 0],
  },
  {
    name: 'an init container fails without a reason',
    inits: [{ name: 'i' }],
    status: { phase: 'Pending', initContainerStatuses: [of('i', ended(7))] },
    shown: ['0/2', 'Init:ExitCode:7', 0],
  },
  {
    name: 'an init container cannot be pulled',
    inits: [{ name: 'i' }],
    status: { phase: 'Pending', initContainerStatuses: [of('i', waiting('ErrImagePull'))] },
    shown: ['0/2', 'Init:ErrImagePull', 0],
  },
  {
    name: 'a sidecar counts as a container, and its restarts count',
    inits: [{ name: 'i', restartPolicy: 'Always' }],
    status: {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [of('i', running, { ready: true, started: true, restartCount: 2 })],
      containerStatuses: [of('a', running, { ready: true, restartCount: 1 }), of('b', running, { ready: true })],
    },
    shown: ['3/3', 'Running', 3],
  },
  {
    name: 'gated',
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    shown: ['0/2', 'SchedulingGated', 0],
  },
])('$name', ({ status, inits = [], deleted = false, shown }) => {
  const pod = {
    metadata: { ...(deleted && { deletionTimestamp: 1 }) },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], initContainers: inits },
    status: { conditions: [], ...status },
  } as unknown as Pod;
  const { ready, total, reason, restarts } = podSummary(pod);
  expect([`${ready}/${total}`, reason, restarts]).toEqual(shown);
});

test('of several restarts the last is told', () => {
  const lastState = (finishedAt: number) => ({ terminated: { exitCode: 1, finishedAt } });
  const pod = {
    metadata: {},
    spec: { containers: [{ name: 'a' }, { name: 'b' }] },
    status: {
      phase: 'Running',
      conditions: [],
      containerStatuses: [
        of('a', running, { lastState: lastState(5), restartCount: 1 }),
        of('b', running, { lastState: lastState(3), restartCount: 1 }),
      ],
    },
  } as unknown as Pod;
  expect(podSummary(pod)).toMatchObject({ restarts: 2, restartedAt: 5 });
});
