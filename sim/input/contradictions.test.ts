import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from './load.ts';

const LABELS = { app: 'app' };
const CONTAINER = { name: 'app', image: 'example/app', resources: { limits: { memory: '1Gi' } } };
const MANIFESTS = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: {
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: { containers: [CONTAINER] } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app' },
    spec: { type: 'LoadBalancer', selector: LABELS, ports: [{ port: 80 }] },
  },
];

/** The warnings of a scenario of ten minutes, each with its place. */
function warningsOf(client: object, arrivals: unknown, timeline: object[] = [], workload: object = {}): string[] {
  const document = {
    apiVersion: 'svclab.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'contradiction' },
    duration: '10m',
    manifests: MANIFESTS,
    clients: { web: client },
    workloads: [{ for: 'deployment/app', serviceTime: '10ms', ...workload }],
    traffic: [{ name: 'users', to: 'http://app', client: 'web', arrivals }],
    timeline,
  };
  const { warnings } = loadScenario('s.yaml', { read: () => JSON.stringify(document) });
  return warnings.map(({ path, text }) => `${path}: ${text}`);
}

const usersWho = (fields: object) => ({
  users: { count: 5, think: { uniform: { min: '0s', max: '1ns' } }, ...fields },
});

test.each<[string, object, unknown, object[], RegExp]>([
  ['retries that never begin', { retries: { max: 1 } }, 1, [], /^clients\.web\.retries: retries without a timeout/],
  [
    'a pool without ports',
    { connections: { pool: 70_000 } },
    1,
    [],
    /^clients\.web\.connections\.pool: 70000 connections are more/,
  ],
  [
    'a pool without files',
    { connections: { pool: 2000 } },
    1,
    [],
    /^clients\.web\.connections\.pool: 2000 connections are more than the 1024 files/,
  ],
  [
    'a connectTimeout above the timeout',
    { timeout: '1s', connections: { connectTimeout: '5s' } },
    1,
    [],
    /^clients\.web\.connections\.connectTimeout: an attempt ends after its timeout of 1s/,
  ],
  ['streams of HTTP/1.1', { connections: { maxStreams: 10 } }, 1, [], /^clients\.web\.connections\.maxStreams: /],
  [
    'calls that wait without end',
    { preset: 'hikaricp', connections: { poolTimeout: 'none' } },
    1,
    [],
    /^clients\.web\.connections\.poolTimeout: a request that is never answered keeps/,
  ],
  [
    'connections that are too old for a second request',
    { connections: { keepAlive: '60s', maxLifetime: '1ms' } },
    1,
    [],
    /^clients\.web\.connections\.maxLifetime: .*before its first answer \(a request takes 10ms\)/,
  ],
  [
    'a back-off that does not grow',
    { timeout: '1s', retries: { max: 1, backoff: { base: '10s', max: '1s' } } },
    1,
    [],
    /^clients\.web\.retries\.backoff\.base: a back-off begins with 10s, and is never longer than 1s/,
  ],
  [
    'a flood of retries',
    { timeout: '1s', retries: { max: 100, backoff: { base: '0s' } } },
    1,
    [],
    /^clients\.web\.retries\.max: retries without a pause .* costs 101 attempts at once/,
  ],
  [
    'a connectTimeout that is never reached',
    { totalTimeout: '2s', connections: { connectTimeout: '3s' } },
    1,
    [],
    /^clients\.web\.totalTimeout: the call ends after 2s, before its connectTimeout of 3s/,
  ],
  ['a timeout that is never reached', { totalTimeout: '2s', timeout: '3s' }, 1, [], /an attempt may take 3s/],
  [
    'users who ask without end',
    {},
    usersWho({ afterFailure: '1ns' }),
    [],
    /^traffic\[0\]\.arrivals\.users: .*without end/,
  ],
  ['a batch after the end', {}, { batch: { at: '11m', requests: 5 } }, [], /^traffic\[0\]\.arrivals: .* after the end/],
  [
    'a fault that outlasts the run',
    {},
    1,
    [{ at: '9m', apiServer: 'down', for: '2m' }],
    /^timeline\[0\]\.for: this would last until 11m, and the run ends at 10m/,
  ],
  [
    'a zone without nodes',
    {},
    1,
    [{ at: '1m', fail: { zone: 'b' } }],
    /^timeline\[0\]\.fail\.zone: there is no node in zone "b"/,
  ],
  [
    'a chance that hardly comes',
    {},
    1,
    [{ at: '1m', kill: { pods: 'deployment/app' }, random: { mtbf: '1h' } }],
    /^timeline\[0\]\.random\.mtbf: this is longer than what is left/,
  ],
])('%s: a warning with its place', (_, client, arrivals, timeline, warning) => {
  expect(warningsOf(client, arrivals, timeline)).toEqual([expect.stringMatching(warning)]);
});

test.each<[string, object, RegExp]>([
  ['a backlog', { backlog: 10_000_000 }, /^workloads\[0\]\.backlog: 10000000 connections are more than the 4096/],
  [
    'memory',
    { concurrency: 100_000, memory: { base: '100Mi', perRequest: '1Mi' } },
    /^workloads\[0\]\.concurrency: the memory limit has room for 924 requests at a time, not for 100000/,
  ],
])('more than there is room for: %s', (_, workload, warning) => {
  expect(warningsOf({}, 1, [], workload)).toEqual([expect.stringMatching(warning)]);
});

const SCENARIOS = readdirSync('scenarios').filter((name) => existsSync(join('scenarios', name, 'scenario.yaml')));

test.each(SCENARIOS)('%s of the repository contradicts itself nowhere', (name) => {
  const files = { read: (path: string) => readFileSync(path, 'utf8') };
  const { warnings } = loadScenario(join('scenarios', name, 'scenario.yaml'), files);
  expect(warnings.filter(({ path }) => /^(clients|workloads\[\d+\]\.(?!calls))/.test(path))).toEqual([]);
});

test('what goes together is no contradiction', () => {
  const client = { totalTimeout: '5s', timeout: '2s', retries: { max: 1 }, connections: { pool: 100 } };
  const timeline = [
    { at: '5m', fail: { zone: 'a' }, for: '5m' },
    { at: '5m', kill: { pods: 'deployment/app' }, random: { mtbf: '1m' } },
    { at: '9m', apiServer: 'down' },
  ];
  expect(warningsOf(client, usersWho({}), timeline)).toEqual([]);
  // A browser gives up on people's behalf long before its connectTimeout, which nobody wrote.
  expect(warningsOf({ preset: 'browser', patience: '5s' }, 1)).toEqual([]);
});

test('gaps that hold time still are refused', () => {
  expect(() => warningsOf({}, { renewal: { gap: '10ns' } })).toThrow(
    /traffic\[0\]\.arrivals: these arrivals do not end/,
  );
});
