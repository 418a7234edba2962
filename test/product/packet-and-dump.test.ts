import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './runs.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');

const SHOP = `
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: checkout}}
  template: {metadata: {labels: {app: checkout}}, spec: {containers: [{name: app, image: i, ports: [{containerPort: 8080}]}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend, namespace: shop}
spec:
  selector: {matchLabels: {app: frontend}}
  template: {metadata: {labels: {app: frontend}}, spec: {containers: [{name: app, image: i}]}}
---
apiVersion: v1
kind: Service
metadata: {name: checkout, namespace: shop}
spec: {clusterIP: 10.96.0.7, selector: {app: checkout}, ports: [{port: 80, targetPort: 8080}]}
`;

function svclab(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [PROGRAM, ...args], { input: SHOP, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('svclab packet', () => {
  test('follows a packet by names to a Pod', () => {
    const { status, stdout } = svclab('packet', '-', '--from', 'shop/frontend', '--to', 'checkout:80', '--json');
    const walk = JSON.parse(stdout);
    expect(walk).toMatchObject({ version: 1, mode: 'iptables', outcome: 'allowed', failedAt: null });
    expect(walk.candidates).toHaveLength(3);
    expect(walk.groups[0].stages[0].text).toBe('checkout is 10.96.0.7');
    expect(status).toBe(0);
  });

  test('says where it ends, and that is an answer of no', () => {
    const { status, stdout } = svclab(
      'packet',
      '-',
      '--from',
      '203.0.113.9',
      '--to',
      '10.96.0.7:81',
      '--mode',
      'nftables',
    );
    expect(stdout).toContain('✗ rejected by');
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^└─ The connection is refused at once/);
    expect(status).toBe(1);
  });

  test.each([
    [['--from', 'shop/frontent', '--to', 'checkout:80'], /there is no Pod or workload shop\/frontent/],
    [['--from', 'shop/frontend', '--to', 'checkout'], /NAME:PORT or ADDRESS:PORT/],
    [['--from', 'shop/frontend', '--to', 'chekout:80'], /shop\/frontend cannot resolve "chekout"/],
    [['--from', 'node/n2', '--to', '10.96.0.7:80'], /there is no node "n2"/],
    [['--from', 'node/n1', '--to', 'checkout:80'], /only a Pod looks "checkout" up/],
  ])('%j is wrong usage', (args, message) => {
    const { status, stdout, stderr } = svclab('packet', '-', ...args);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });
});

describe('svclab dump', () => {
  test.each([
    ['iptables', /^-A KUBE-SERVICES -d 10\.96\.0\.7\/32 .* -j KUBE-SVC-/m],
    ['nftables', /10\.96\.0\.7 \. tcp \. 80 : goto service-/],
    ['ipvs', /^-A -t 10\.96\.0\.7:80 -s rr$/m],
  ])('%s', (format, expected) => {
    const { status, stdout } = svclab('dump', format, '-');
    expect(stdout).toMatch(expected);
    expect(status).toBe(0);
  });

  test('an unknown node is told', () => {
    const { status, stderr } = svclab('dump', 'iptables', '-', '--node', 'n7');
    expect(stderr).toMatch(/there is no node "n7"\n {2}expected {2}.*n1/);
    expect(status).toBe(2);
  });
});
