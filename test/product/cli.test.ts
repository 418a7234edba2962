import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import { ROOT } from './runs.ts';

/** The built program, as `npx svclab` runs it. */
const PROGRAM = join(ROOT, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svclab-test-'));

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: web, ports: [{name: http, containerPort: 8080}], resources: {requests: {cpu: 500m, memory: 64Mi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
`;

const SCENARIO = `
apiVersion: svclab.dev/v1alpha1
kind: Scenario
metadata: {name: small, description: Two Pods and their users}
duration: 30s
manifests: [manifests.yaml]
cluster: {nodes: {count: 2, zones: [a], cpu: 4, memory: 8Gi}}
workloads: [{for: deployment/web, serviceTime: {exponential: 5ms}, concurrency: 8, cores: 1}]
traffic: [{name: users, to: http://web, client: browser, arrivals: {poisson: {rate: 50}}}]
thresholds: ['users.success >= 99%']
variants:
- {name: impossible, set: {thresholds: ['users.p50 < 1ms']}}
trace: {buckets: 1s}
`;

beforeAll(() => {
  writeFileSync(join(folder, 'manifests.yaml'), MANIFESTS);
  writeFileSync(join(folder, 'small.yaml'), SCENARIO);
});
afterAll(() => rmSync(folder, { recursive: true }));

function svclab(args: string[], input?: string) {
  const { status, stdout, stderr } = spawnSync('node', [PROGRAM, ...args], { cwd: folder, encoding: 'utf8', input });
  return { status, stdout, stderr };
}

/** The scenario with one piece of text replaced, as a file of its own. */
function broken(from: string, to: string): string {
  expect(SCENARIO).toContain(from);
  writeFileSync(join(folder, 'broken.yaml'), SCENARIO.replace(from, to));
  return 'broken.yaml';
}

describe('run', () => {
  test('writes traces and a report, and says how to watch', () => {
    const { status, stdout } = svclab(['run', 'small.yaml', '--variant', 'baseline', '--out', 'first']);
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^No incident: /);
    expect(stdout).toContain('npx svclab view first/baseline.svt');
    expect(readdirSync(join(folder, 'first')).sort()).toEqual(['baseline.svt', 'report.html']);
    expect(readFileSync(join(folder, 'first/report.html'), 'utf8')).not.toMatch(/https?:\/\//);
  });

  test('--json is one document whose outcomes sum to what was sent, with each variant in the same shape', () => {
    const { status, stdout, stderr } = svclab(['run', 'small.yaml', '--json']);
    const document = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(status).toBe(1); // the variant's threshold is missed
    expect(document).toMatchObject({ version: 1, scenario: 'small', seed: expect.any(Number), duration: 30 });
    for (const run of [document, document.variants.impossible]) {
      for (const counts of [run.requests, run.attempts, run.traffic.users.requests]) {
        const { sent, ...outcomes } = counts;
        expect(Object.keys(outcomes).every((name) => (OUTCOMES as readonly string[]).includes(name))).toBe(true);
        expect(Object.values<number>(outcomes).reduce((sum, n) => sum + n, 0)).toBe(sent);
      }
    }
    expect(document.variants.impossible.thresholds[0].held).toBe(false);
    expect(document.thresholds[0]).toMatchObject({ held: true });
  });

  test('the same seed gives the same document but for `engine`, and the same trace; variants change no other', () => {
    const once = JSON.parse(svclab(['run', 'small.yaml', '--json', '--out', 'a']).stdout);
    const alone = JSON.parse(svclab(['run', 'small.yaml', '--json', '--out', 'b', '--variant', 'baseline']).stdout);
    for (const document of [once, alone]) for (const key of ['engine', 'variants', 'trace']) delete document[key];
    expect(alone).toEqual(once);
    expect(readFileSync(join(folder, 'a/baseline.svt')).equals(readFileSync(join(folder, 'b/baseline.svt')))).toBe(
      true,
    );
  });

  test('exit 1 for a missed threshold, 0 with --no-fail', () => {
    expect(svclab(['run', 'small.yaml', '--variant', 'impossible']).status).toBe(1);
    expect(svclab(['run', 'small.yaml', '--variant', 'impossible', '--no-fail']).status).toBe(0);
  });

  test('reads standard input', () => {
    const input = SCENARIO.replace('manifests.yaml', join(folder, 'manifests.yaml'));
    expect(svclab(['run', '-', '--variant', 'baseline'], input).status).toBe(0);
  });
});

describe('bad input: exit 2, a message with file, place, field and what was expected, and nothing written', () => {
  test.each([
    ['a missing file', () => 'nothing.yaml', /there is no file "nothing.yaml"\n {2}expected .*retail-outage/],
    ['YAML that does not parse', () => broken('duration: 30s', 'duration: [30s'), /^broken\.yaml:\d+:\d+: /],
    ['a duration without unit', () => broken('30s', '30'), /broken\.yaml:\d+:\d+: duration: 30 has no unit: write 30s/],
    ['an unknown kind', () => broken('kind: Scenario', 'kind: Scenery'), /broken\.yaml:\d+:\d+: .*Scenery/],
    ['a wrong type', () => broken('rate: 50', 'rate: many'), /broken\.yaml:\d+:\d+: traffic\[0\]\.arrivals/],
    [
      'a target that is not there',
      () => broken('http://web', 'http://wev'),
      /traffic\[0\]\.to: .*wev[\s\S]*did you mean "web"/,
    ],
    [
      'a workload that is not there',
      () => broken('deployment/web', 'deployment/wep'),
      /workloads\[0\]\.for: [\s\S]*did you mean "(deployment\/)?web"/,
    ],
    ['a port out of range', () => broken('http://web', 'http://web:70000'), /traffic\[0\]\.to: .*70000/],
    ['no end', () => broken('duration: 30s\n', ''), /duration/],
    [
      'a misspelled field',
      () => broken('concurrency: 8', 'concurency: 8'),
      /concurency[\s\S]*did you mean "concurrency"/,
    ],
  ])('%s', (_, make, message) => {
    const { status, stdout, stderr } = svclab(['run', make(), '--out', 'nothing']);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  test.each([
    [['rum']],
    [['run']],
    [['run', 'small.yaml', '--seed', 'x']],
    [['run', 'small.yaml', '--variant', 'x']],
    [['view', 'small.yaml']],
  ])('usage: %j', (args) => expect(svclab(args).status).toBe(2));
});

test('validate, schema and scenarios answer on standard output', () => {
  expect(svclab(['validate', 'small.yaml']).status).toBe(0);
  expect(svclab(['validate', broken('30s', '30')]).status).toBe(2);
  expect(JSON.parse(svclab(['schema']).stdout)).toHaveProperty('$schema');
  expect(svclab(['scenarios']).stdout).toContain('retail-outage');
});
