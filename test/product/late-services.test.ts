import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import { type Attempt, attemptsOf, countOutcomes, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

/** Services that come late, go, and come back under another address. */
const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'back' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
});

function world(discovery: string, timeline: Record<string, unknown>[], to = 'http://payments'): SmallWorld {
  return {
    apps: [
      { name: 'front', behaviour: { serviceTime: '1ms', calls: [{ to, client: 'inner', discovery }] } },
      { name: 'back', replicas: 2, behaviour: { serviceTime: '1ms' } },
    ],
    rate: 20,
    duration: '120s',
    clients: { inner: { connections: { connectTimeout: '1s' }, timeout: '2s' } },
    cluster: { dns: { cache: '5s' } },
    timeline,
  };
}

function callsOf(small: SmallWorld): (from: number, to: number) => Record<string, number> {
  const rows = attemptsOf(outcomeOf(scenarioOf(small)).trace).filter(({ client }) =>
    client.startsWith('default/front'),
  );
  const between =
    (from: number, to: number) =>
    ({ startedAt }: Attempt) =>
      startedAt >= from * SECOND && startedAt < to * SECOND;
  return (from, to) => countOutcomes(rows.filter(between(from, to)));
}

const late = [{ at: '20s', apply: [service('payments')] }];

describe('a Service that comes after the Pods that call it', () => {
  test('by DNS it is found as soon as it is there', () => {
    const calls = callsOf(world('dns', late));
    expect(Object.keys(calls(0, 19))).toEqual(['dnsFailure']);
    expect(Object.keys(calls(22, 110))).toEqual(['ok']);
  });

  test('by environment variables it is not there until the containers start again', () => {
    const calls = callsOf(world('env', [...late, { at: '60s', restart: 'deployment/front' }]));
    expect(Object.keys(calls(0, 60))).toEqual(['dnsFailure']);
    expect(Object.keys(calls(75, 110))).toEqual(['ok']);
  });
});

describe('a Service that is deleted and created anew, under another address', () => {
  const anew = [
    { at: '10s', apply: [service('payments', { clusterIP: '10.96.5.5' })] },
    { at: '40s', delete: 'service/payments' },
    { at: '50s', apply: [service('payments', { clusterIP: '10.96.5.6' })] },
  ];

  test('by DNS calls fail while it is gone, then by its cache for a few seconds, then no more', () => {
    const calls = callsOf(world('dns', anew));
    expect(Object.keys(calls(12, 38))).toEqual(['ok']);
    expect(calls(46, 49)).toHaveProperty('dnsFailure');
    expect(Object.keys(calls(58, 110))).toEqual(['ok']);
  });

  test('by environment variables clients keep the dead address until they are restarted', () => {
    const restarts = [
      { at: '20s', restart: 'deployment/front' },
      { at: '80s', restart: 'deployment/front' },
    ];
    const calls = callsOf(world('env', [...anew, ...restarts]));
    expect(Object.keys(calls(30, 39))).toEqual(['ok']);
    expect(Object.keys(calls(41, 78))).toEqual(['connectTimeout']);
    expect(Object.keys(calls(95, 110))).toEqual(['ok']);
  });
});

test('the timeline deletes what the manifests hold, and applies what they do not', () => {
  expect(() => scenarioOf(world('dns', [{ at: '1s', delete: 'service/paymets' }, ...late]))).toThrow(
    'there is no Service "paymets" in namespace "default"',
  );
  expect(() => scenarioOf(world('dns', [{ at: '1s', apply: [service('payments', { ports: [] })] }]))).toThrow(
    'spec.ports',
  );
  expect(() => scenarioOf(world('dns', []))).toThrow('there is no Service "payments"');
});
