import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const onNode = (name: string, node: string) =>
  `- {apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {nodeSelector: {kubernetes.io/hostname: ${node}}, containers: [{name: c, image: i}]}}}}`;

/** The server's node dies for 10 s, and later its link is cut. */
const BROKEN = `
apiVersion: svclab.dev/v1alpha1
kind: Scenario
metadata: {name: broken}
duration: 60s
cluster: {nodes: {count: 2}}
manifests:
${onNode('a', 'node-1')}
${onNode('b', 'node-0')}
- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a}, ports: [{port: 80}]}}
workloads: [{for: deployment/a, serviceTime: 5ms}]
traffic:
- {name: u, from: deployment/b, to: 'http://a:80', arrivals: {poisson: {rate: 1}}}
timeline:
- {at: 10s, fail: {node: node/node-1}, for: 10s}
- {at: 40s, link: {between: [node/node-0, node/node-1], cut: true}, for: 10s}
`;

/** Ingress with a controller of its own behind a load balancer, and a Gateway that nothing runs. */
const FRONT = `${SHOP}---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: controller}}
  template: {metadata: {labels: {app: controller}}, spec: {containers: [{name: app, image: i, ports: [{containerPort: 8000}]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: LoadBalancer, selector: {app: controller}, ports: [{name: http, port: 80, targetPort: 8000}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example
      http:
        paths:
          - {path: /checkout, pathType: Prefix, backend: {service: {name: checkout, port: {number: 80}}}}
          - {path: /old, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: canary, namespace: shop}
spec: {gatewayClassName: any, listeners: [{name: web, port: 80, protocol: HTTP, hostname: canary.example}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: canary, namespace: shop}
spec: {parentRefs: [{name: canary}], rules: [{backendRefs: [{name: checkout, port: 80, weight: 9}, {name: nobody, port: 80, weight: 1}]}]}
`;

function run(input: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [PROGRAM, ...args], { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function svclab(...args: string[]) {
  return run(SHOP, args);
}

describe('svclab packet to a URL', () => {
  const ask = (url: string, ...more: string[]) =>
    run(FRONT, ['packet', '-', '--from', '203.0.113.9', '--to', url, ...more]);

  test("goes to the Ingress controller's Pod, through the rule, to the Service's Pod", () => {
    const { status, stdout } = ask('http://shop.example/checkout/7', '--json');
    const { router, via, verdict, toRouter, toBackend, ok } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect({ router, via, ok, rule: verdict.rule }).toEqual({
      router: 'IngressClass nginx',
      via: 'ingress-nginx/controller',
      ok: true,
      rule: 'Ingress shop/web: shop.example /checkout (Prefix)',
    });
    expect(toRouter.candidates).toMatchObject([{ name: expect.stringContaining('ingress-nginx/controller-') }]);
    expect(toBackend.from).toContain('ingress-nginx/controller-');
    expect(toBackend.candidates).toHaveLength(3);
  });

  test('is a tree for people, with the verdict last', () => {
    const { stdout } = ask('http://shop.example/checkout');
    expect(stdout).toMatch(/├─ IngressClass nginx, the Pods behind ingress-nginx\/controller\n/);
    expect(stdout).toMatch(/\n└─ The request arrives: .*\n$/);
  });

  test.each([
    ['http://shop.example/', 'IngressClass nginx answers 404 itself: no rule matches'],
    ['http://shop.example/old', 'IngressClass nginx answers 503 itself: there is no Service shop/gone'],
    ['http://shop.example:81/checkout', 'The request does not reach IngressClass nginx'],
  ])('%s: %s', (url, words) => {
    const { status, stdout } = ask(url);
    expect(stdout).toContain(words);
    expect(status).toBe(1);
  });

  test('a weight whose Service is not there fails for its share', () => {
    const via = ['--via', 'ingress-nginx/controller', '--pick'];
    expect(ask('http://canary.example/', ...via, '0').stdout).toContain('shop/checkout:80 90 %');
    expect(ask('http://canary.example/', ...via, '0.95').stdout).toContain('answers 500 itself: there is no Service');
  });

  test.each([
    [['http://canary.example/'], 'nothing tells where Gateway shop/canary runs'],
    [['http://shop.example/', '--via', 'shop/nobody'], 'there is no Service shop/nobody'],
    [['http://shop.example/', '--header', 'x'], '--header x'],
    [['http://'], 'this is no URL'],
  ])('%s is refused: %s', ([url, ...more], words) => {
    const { status, stderr } = ask(url!, ...more);
    expect(stderr).toContain(words);
    expect(status).toBe(2);
  });
});

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
    [['--from', 'shop/frontend', '--to', 'checkout'], /NAME:PORT, ADDRESS:PORT or a URL/],
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

describe('--at an instant of a Scenario', () => {
  const scenario = join(ROOT, 'scenarios/late-service/scenario.yaml');
  const packet = (at: string) =>
    run('', ['packet', scenario, '--from', 'shop/workers', '--to', 'payments:80', '--at', at]);

  test('a Service that comes later is not found before, and is after', () => {
    expect(packet('1m').stderr).toContain('cannot resolve "payments"');
    expect(packet('3m').stdout).toMatch(/Service shop\/payments/);
  });

  test.each([
    ['5s', 0, 'The packet arrives'],
    ['12s', 1, 'node node-1 is down: silence'],
    ['45s', 1, 'the network between node node-0 and node node-1 is cut'],
  ])('at %s the packet ends where the run ends it', (at, status, sentence) => {
    const file = join(mkdtempSync(join(tmpdir(), 'svclab-')), 'scenario.yaml');
    writeFileSync(file, BROKEN);
    const found = run('', ['packet', file, '--from', 'default/b', '--to', 'a:80', '--at', at]);
    expect([found.status, found.stdout]).toEqual([status, expect.stringContaining(sentence)]);
  });

  test('a trace is refused, with what to give instead', () => {
    const trace = join(mkdtempSync(join(tmpdir(), 'svclab-')), 'run.svt');
    writeFileSync(trace, '');
    const { status, stderr } = run('', ['dump', 'iptables', trace]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('give the Scenario, and --at')]);
  });
});
