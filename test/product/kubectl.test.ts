import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'svclab-kubectl-'));
const manifests = join(folder, 'shop.yaml');
const scenario = join(folder, 'scenario.yaml');

writeFileSync(
  manifests,
  `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
`,
);
writeFileSync(
  scenario,
  `
apiVersion: svclab.dev/v1alpha1
kind: Scenario
metadata: {name: small, namespace: shop}
duration: 2m
manifests: [shop.yaml]
workloads: [{for: deployment/web, serviceTime: 5ms, startup: 5s}]
clients: {web: {}}
traffic: [{name: users, to: 'http://web', client: web, arrivals: {poisson: {rate: 20}}}]
timeline: [{at: 30s, restart: deployment/web}]
`,
);

function svclab(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync('node', [join(ROOT, 'dist/cli/main.js'), ...words], { encoding: 'utf8', cwd: folder });
}

test('a scenario runs to an instant, and its trace tells the same of it', () => {
  const [seen, run] = [
    svclab('get', 'pods', '-n', 'shop', scenario, '--at', '33s'),
    svclab('run', scenario, '--out', join(folder, 'out')),
  ];
  expect([seen.status, run.status]).toEqual([0, 0]);
  expect(seen.stdout).toMatch(/^web-\S+ +1\/1 +Running +0 +33s$/m);
  expect(seen.stdout).toMatch(/^web-\S+ +0\/1 +\S+ +0 +\ds$/m);
  const trace = join(folder, 'out', 'baseline.svt');
  expect(svclab('get', 'pods', '-n', 'shop', trace, '--at', '33s').stdout).toBe(seen.stdout);
  const events = svclab('events', '-n', 'shop', '--for', 'deploy/web', trace, '--json');
  const reasons = JSON.parse(events.stdout).events.map(({ reason }: { reason: string }) => reason);
  expect(reasons).toContain('RolloutRestart');
  expect(svclab('get', 'pods', trace, '--at', '1h')).toMatchObject({ status: 2 });
});

test.each([
  {
    words: ['get', 'svc', '-A', manifests],
    status: 0,
    stdout: /^shop +web +ClusterIP +\S+ +<none> +80\/TCP +0s +2\/2$/m,
  },
  {
    words: ['get', 'svc/web', 'deploy/web', '-n', 'shop', '-o', 'name', manifests],
    status: 0,
    stdout: /^service\/web\ndeployment.apps\/web\n$/,
  },
  {
    words: ['get', 'po', '-n', 'shop', '-l', 'app in (web),!x', '-o', 'json', manifests],
    status: 0,
    stdout: /^\{\n {4}"apiVersion": "v1",/,
  },
  { words: ['describe', 'po', 'web-', '-n', 'shop', manifests], status: 0, stdout: /^Status: +Running$/m },
  {
    words: ['get', 'pods', manifests],
    status: 0,
    stderr: /^No resources found in default namespace\.\nThere are some in shop: use -n or -A\.\n$/,
  },
  {
    words: ['get', 'pod', 'x', '-n', 'shop', manifests],
    status: 1,
    stderr: /^Error from server \(NotFound\): pods "x" not found\n$/,
  },
  {
    words: ['get', 'podz', manifests],
    status: 2,
    stderr: /doesn't have a resource type "podz"; did you mean "pods"\?/,
  },
  { words: ['get', 'pods', '-l', 'a=b=c', manifests], status: 2, stderr: /unable to parse "a=b=c"/ },
  { words: ['get', 'pods', '--at', 'soon', manifests], status: 2, stderr: /"soon"/ },
  { words: ['get', 'pods', 'nowhere.yaml'], status: 2, stderr: /there is no file "nowhere.yaml"/ },
  { words: ['events', '--types', 'Bad', manifests], status: 2, stderr: /valid --types are Normal or Warning/ },
])('$words', ({ words, status, stdout = /^$/, stderr = /^$/ }) => {
  expect(svclab(...words)).toMatchObject({
    status,
    stdout: expect.stringMatching(stdout),
    stderr: expect.stringMatching(stderr),
  });
});
