import { describe, expect, test } from 'vitest';
import { printDifference } from '../match/difference.ts';
import { runTestFile } from '../run-tests.ts';

const WORLD = `
apiVersion: svclab.dev/v1alpha1
kind: Test
metadata: {name: t}
cluster: {controllers: false, dataPlane: {clusterCIDR: 10.0.0.0/8}}
manifests:
- apiVersion: v1
  kind: Node
  metadata: {name: n1}
  status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: client, namespace: shop}
  spec: {nodeName: n1, containers: [{name: c, image: i}]}
  status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}], phase: Running}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: shop, labels: {app: web}}
  spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
  status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}], phase: Running}
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec: {clusterIP: 10.96.0.7, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
- apiVersion: discovery.k8s.io/v1
  kind: EndpointSlice
  metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
  addressType: IPv4
  endpoints: [{addresses: [10.0.0.2], nodeName: n1, conditions: {ready: true}}, {addresses: [10.0.9.9], conditions: {ready: true}}]
  ports: [{port: 8080}]
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: lock, namespace: shop}
  spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]}
`;

function run(check: string, expectation: string, world = WORLD) {
  const text = `${world}check: ${check}\nexpect: ${expectation}\n`;
  const files = { read: () => text };
  const [result] = runTestFile('t.yaml', files).results;
  const [first] = result!.checks;
  return {
    ok: result!.ok,
    errors: [...result!.errors.map((message) => message.text), ...(first?.error ? [first.error] : [])],
    differences: (first?.differences ?? []).map(printDifference),
    why: first?.why ?? [],
  };
}

const FROM = 'from: {pod: shop/client}';

describe('holds', () => {
  test.each([
    [
      `{packet: {${FROM}, to: '10.96.0.7:80'}}`,
      "{verdict: dnat, backends: ['10.0.0.2:8080', '10.0.9.9:8080'], masquerade: false}",
    ],
    [
      `{packet: {${FROM}, to: 'web:80'}}`,
      "{verdict: dnat, probabilities: {'10.0.0.2:8080': 0.5, '10.0.9.9:8080': 0.5}}",
    ],
    [`{packet: {from: {podIP: 10.0.0.77, node: n1}, to: '10.96.0.7:81'}}`, '{verdict: accept, backends: []}'],
    [`{packet: {from: {node: n1}, to: '10.96.0.7:80'}}`, '{masquerade: true}'],
    [`{packet: {from: {external: 203.0.113.9, via: n1}, to: '10.96.0.7:80'}}`, '{masquerade: true}'],
    [`{reach: {from: shop/client, to: shop/web, port: 8080}}`, 'allowed'],
    [`{reach: {from: shop/client, to: shop/web, port: 80}}`, 'denied'],
    [`{reach: {from: shop/client, to: 10.0.0.2, port: 8080, protocol: UDP}}`, 'denied'],
    [`{reach: {port: 8080, columns: [shop/client, shop/web], matrix: ['shop/client . 1', 'shop/web 1 .']}}`, 'matrix'],
    [`{connect: {${FROM}, to: 'web.shop:80'}}`, "{outcome: allowed, backends: ['10.0.0.2:8080', '10.0.9.9:8080']}"],
    [`{connect: {${FROM}, to: '10.0.0.2:80'}}`, '{outcome: denied}'],
    [`{connect: {${FROM}, to: '192.168.0.2:22'}}`, '{outcome: refused}'],
    [`{connect: {${FROM}, to: '10.96.0.7:81'}}`, '{outcome: timeout}'],
  ])('%s expects %s', (check, expectation) => {
    expect(run(check, expectation)).toMatchObject({ ok: true, errors: [], differences: [] });
  });
});

describe('fails, and says what decided', () => {
  test.each([
    [
      `{packet: {${FROM}, to: '10.96.0.7:80'}}`,
      '{verdict: reject}',
      ['verdict: wanted reject, got dnat'],
      /shop\/web cluster IP/,
    ],
    [
      `{packet: {${FROM}, to: '10.96.0.7:80'}}`,
      "{backends: ['10.0.0.2:8080']}",
      ['backends: wanted [10.0.0.2:8080], got [10.0.0.2:8080, 10.0.9.9:8080]'],
      /shop\/web cluster IP/,
    ],
    [
      `{packet: {${FROM}, to: '10.96.0.7:80'}}`,
      "{probabilities: {'10.0.0.2:8080': 1}}",
      ['probabilities.10.0.0.2:8080: wanted 1, got 0.5', 'probabilities.10.0.9.9:8080: wanted nothing, got 0.5'],
      /./,
    ],
    [
      `{reach: {from: shop/client, to: shop/web, port: 8080}}`,
      'denied',
      ['wanted denied, got allowed'],
      /policy shop\/lock allows the ingress/,
    ],
    [
      `{reach: {port: 80, columns: [shop/web], matrix: ['shop/client 1']}}`,
      'matrix',
      ['shop/client → shop/web: wanted allowed, got denied'],
      /policy shop\/lock isolates shop\/web/,
    ],
    [
      `{connect: {${FROM}, to: 'web:80'}}`,
      '{outcome: denied}',
      ['outcome: wanted denied, got allowed'],
      /10\.0\.0\.2:8080 allowed: shop\/web listens/,
    ],
  ])('%s expects %s', (check, expectation, differences, reason) => {
    const result = run(check, expectation);
    expect(result).toMatchObject({ ok: false, errors: [], differences });
    expect(result.why.join('\n')).toMatch(reason);
  });
});

test.each([
  ['{connect: {from: {external: 8.8.8.8, via: n1}, to: 192.168.0.2:30086}}', '{outcome: timeout}'],
  ['{packet: {from: {external: 8.8.8.8, via: n1}, to: 192.168.0.2:30086}}', '{verdict: drop}'],
  ['{connect: {from: {pod: shop/client}, to: 10.0.7.7:80}}', '{outcome: unreachable}'],
])('the firewall of nodes and dead addresses of the cluster section: %s', (check, expectation) => {
  const settings = 'nodeFirewall: [443], network: {deadAddress: unreachable3s}, controllers: false';
  expect(run(check, expectation, WORLD.replace('controllers: false', settings))).toMatchObject({
    ok: true,
    errors: [],
  });
});

test('a name that does not resolve is a failure, as the client sees it', () => {
  const { ok, errors, why } = run(`{packet: {${FROM}, to: 'nowhere:80'}}`, '{verdict: dnat}');
  expect([ok, errors]).toEqual([false, []]);
  expect(why.join('\n')).toMatch(/nowhere.*NXDOMAIN/);
});

test.each([
  ["{backends: ['10.0.0.2:8080']}", /to 10\.0\.9\.9:8080: nat PREROUTING KUBE-SVC-.*KUBE-SEP/],
  ['{probabilities: {"10.0.0.2:8080": 1}}', /to 10\.0\.0\.2:8080: .*statistic --mode random --probability 0\.5/],
  ['{masquerade: true}', /to 10\.0\.0\.2:8080: nat POSTROUTING/],
])('a failure of %s names the rules on the way to each backend', (expectation, rule) => {
  const { why } = run(`{packet: {${FROM}, to: '10.96.0.7:80'}}`, expectation);
  expect(why.join('\n')).toMatch(rule);
  expect(why.join('\n')).not.toContain('PREROUTING PREROUTING');
});

describe('makes no sense', () => {
  test.each([
    [
      `{packet: {from: {pod: shop/clint}, to: '10.96.0.7:80'}}`,
      '{verdict: dnat}',
      /there is no Pod shop\/clint.*did you mean/,
    ],
    [`{packet: {from: {external: 1.2.3.4}, to: '10.96.0.7:80'}}`, '{verdict: dnat}', /this says not who sends/],
    [`{packet: {${FROM}, to: '10.96.0.7'}}`, '{verdict: dnat}', /no address and port/],
    [`{packet: {from: {node: n1}, to: 'web:80'}}`, '{verdict: dnat}', /only a Pod of the cluster looks "web" up/],
    [`{packet: {from: {node: n2}, to: '10.96.0.7:80'}}`, '{verdict: dnat}', /there is no Node n2: expected .*n1/],
    [`{packet: {${FROM}, to: '10.96.0.7:80'}}`, '{}', /expects nothing/],
    [`{reach: {from: 198.51.100.5, to: shop/web, port: 80}}`, 'allowed', /from must be a Pod/],
    [`{reach: {from: shop/client, port: 80}}`, 'allowed', /not who reaches whom/],
    [`{reach: {port: 80, columns: [shop/web], matrix: ['shop/client 1 1']}}`, 'matrix', /does not fit/],
    [`{reach: {port: 80, columns: [shop/web], matrix: ['shop/client 1']}}`, 'allowed', /a matrix says itself/],
  ])('%s', (check, expectation, message) => {
    const { ok, errors } = run(check, expectation);
    expect(ok).toBe(false);
    expect(errors.join('\n')).toMatch(message);
  });
});
