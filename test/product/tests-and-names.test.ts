import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './runs.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'svclab-tests-'));

const SHOP = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: blog}
spec: {clusterIP: 10.96.0.8, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend, namespace: shop}
spec:
  selector: {matchLabels: {app: frontend}}
  template: {metadata: {labels: {app: frontend}}, spec: {containers: [{name: app, image: i, env: [{name: MODE, value: prod}]}]}}
`;

function testOf(rcode: string): string {
  return `
apiVersion: svclab.dev/v1alpha1
kind: Test
metadata: {name: web-has-a-name}
manifests: [../shop.yaml]
checks:
- check: {dns: {server: true, name: web.shop.svc.cluster.local}}
  expect: {rcode: ${rcode}}
`;
}

const FILES: Record<string, string> = {
  'shop.yaml': SHOP,
  'good/a.yaml': testOf('NOERROR'),
  'good/deeper/b.yaml': testOf('NOERROR').replace('../', '../../'),
  'bad/a.yaml': testOf('NXDOMAIN'),
  'malformed/a.yaml': testOf('NOERROR').replace('rcode', 'rcod'),
  'disputed.yaml': 'web-has-a-name: the registry says otherwise\n',
  'empty/readme.txt': '',
};

beforeAll(() => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function svclab(args: string[], input?: string) {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync('node', [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    env,
  });
  return { status, stdout, stderr };
}

describe('svclab test', () => {
  test.each<[string, string[], number, string]>([
    ['all hold', ['good'], 0, '2 passed, 0 failed, 0 errors'],
    ['a wrong expectation', ['good', 'bad'], 1, '2 passed, 1 failed, 0 errors'],
    ['a malformed test', ['malformed', 'bad/a.yaml', 'good'], 2, '2 passed, 1 failed, 1 error'],
    ['manifests are no tests', ['shop.yaml'], 2, '0 passed, 0 failed, 3 errors'],
    ['a missing file', ['none.yaml'], 2, '0 passed, 0 failed, 1 error'],
    ['a disputed test', ['bad', '--disputed', 'disputed.yaml'], 0, '0 passed, 0 failed, 0 errors, 1 disputed'],
  ])('%s', (_, args, status, tally) => {
    const result = svclab(['test', ...args]);
    expect(result.stdout.trimEnd().split('\n').at(-1)).toBe(tally);
    expect(result.status).toBe(status);
  });

  test('a failure says what was wanted, what came and why', () => {
    const { stdout } = svclab(['test', 'bad']);
    expect(stdout).toMatch(/FAILED +bad\/a\.yaml +web-has-a-name/);
    expect(stdout).toContain('dns web.shop.svc.cluster.local  (bad/a.yaml:7:3)');
    expect(stdout).toContain('rcode: wanted NXDOMAIN, got NOERROR');
    expect(stdout).toContain('why       Service shop/web, by its cluster IP');
  });

  test('--json is one document, with the counts', () => {
    const { stdout, status } = svclab(['test', 'good', 'bad', '--json']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ version: 1, passed: 2, failed: 1, errors: 0 });
    expect(document.tests[2]).toMatchObject({ file: 'bad/a.yaml', ok: false, checks: [{ ok: false, error: null }] });
    expect(status).toBe(1);
  });

  test('--junit writes a file beside', () => {
    expect(svclab(['test', 'good', 'bad', '--junit', 'out.xml']).status).toBe(1);
    expect(readFileSync(join(folder, 'out.xml'), 'utf8')).toContain(
      '<testsuites name="svclab test" tests="3" failures="1"',
    );
  });

  test('standard input', () => {
    expect(svclab(['test', '-'], testOf('NOERROR').replace('../', '')).status).toBe(0);
  });

  test.each([
    [['test', 'empty'], 'there is no YAML file in empty'],
    [['test', 'good', '--disputed', 'shop.yaml'], 'needs a reason'],
    [['test', 'good', '--disputed', 'none.yaml'], 'there is no such file'],
    [['test', 'good', '--junit', 'no/where.xml'], 'cannot write no/where.xml'],
    [['test', 'good', '--watch', '--json'], '--watch is for people'],
  ])('wrong usage: %j', (args, message) => {
    const { status, stderr } = svclab(args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('--watch runs again after a change', async () => {
    const path = join(folder, 'watched.yaml');
    writeFileSync(path, testOf('NXDOMAIN').replace('../', ''));
    const child = spawn('node', [PROGRAM, 'test', 'watched.yaml', '--watch'], { cwd: folder });
    await said(child, '1 failed');
    writeFileSync(path, testOf('NOERROR').replace('../', ''));
    await said(child, '1 passed');
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('exit', (status, signal) => resolve(status ?? signal)));
    expect(code).toBe('SIGINT');
  }, 20_000);
});

describe('svclab dns', () => {
  test('a short name, from a workload, with what was asked and what it hides', () => {
    const { stdout, status } = svclab(['dns', 'web', '--from', 'shop/frontend', 'shop.yaml']);
    expect(stdout).toMatch(/web\.shop\.svc\.cluster\.local\. +NOERROR/);
    expect(stdout).toMatch(/web\.shop\.svc\.cluster\.local\. +30 +IN +A +10\.96\.0\.7/);
    expect(stdout.replaceAll('\n', ' ')).toContain('A Service of that name is in blog too');
    expect(status).toBe(0);
  });

  test('a name that is not there: where it is', () => {
    const { stdout, status } = svclab(['dns', 'web', 'shop.yaml']);
    expect(stdout).toContain('Service web is in shop, blog: write web.shop.');
    expect(status).toBe(1);
  });

  test('--json', () => {
    const { stdout } = svclab([
      'dns',
      'web.blog',
      '--from',
      'shop',
      '--type',
      'SRV',
      '--resolver',
      'musl',
      '--json',
      'shop.yaml',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      found: true,
      queries: [{ name: 'web.blog.shop.svc.cluster.local.', rcode: 'NXDOMAIN' }, { rcode: 'NOERROR' }],
      records: [{ type: 'SRV', data: '0 100 80 web.blog.svc.cluster.local.' }],
    });
  });

  test('a Scenario, at its start', () => {
    const { stdout, status } = svclab(['dns', 'checkout.shop', 'retail-outage']);
    expect(stdout).toMatch(/checkout\.shop\.svc\.cluster\.local\. +30 +IN +A/);
    expect(status).toBe(0);
  });

  test.each([
    [['dns', 'web', '--from', 'shop/frontent', 'shop.yaml'], 'did you mean "shop/frontend"?'],
    [['dns', 'web', '--from', 'shap', 'shop.yaml'], 'did you mean "shop"?'],
    [['dns', 'web', 'none.yaml'], 'there is no file "none.yaml"'],
    [['dns', 'web', '--type', 'X', 'shop.yaml'], 'Allowed choices'],
  ])('wrong usage: %j', (args, message) => {
    const { status, stderr } = svclab(args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('svclab env', () => {
  test('own variables, then those of Services of the namespace', () => {
    const lines = svclab(['env', 'shop/frontend', 'shop.yaml']).stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual(['MODE=prod', 'WEB_SERVICE_HOST=10.96.0.7', 'WEB_SERVICE_PORT=80']);
  });

  test('--json', () => {
    const document = JSON.parse(svclab(['env', 'shop/frontend', 'shop.yaml', '--json']).stdout);
    expect(document).toMatchObject({
      version: 1,
      container: 'app',
      variables: expect.arrayContaining([{ name: 'MODE', value: 'prod' }]),
    });
  });

  test('a container that is not there', () => {
    const { status, stderr } = svclab(['env', 'shop/frontend', 'shop.yaml', '--container', 'ap']);
    expect(stderr).toContain('has no container "ap"');
    expect(status).toBe(2);
  });
});

/** Waits until the program prints that. */
function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    let heard = '';
    child.stdout!.on('data', function listen(chunk: Buffer) {
      heard += chunk;
      if (!heard.includes(text)) return;
      child.stdout!.off('data', listen);
      resolve();
    });
  });
}
