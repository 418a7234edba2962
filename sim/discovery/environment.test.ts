import { describe, expect, test } from 'vitest';
import { containerEnvironment, variablesOfService } from './environment.ts';
import { clusterOf, service } from './fixture.ts';

describe('the variables of one Service', () => {
  const of = (name: string, spec: string) => {
    const [own] = [...clusterOf(service(`shop/${name}`, spec)).list('Service')];
    return variablesOfService(own!).map(({ name, value }) => `${name}=${value}`);
  };

  test('in the kubelet’s order: host, ports, links', () => {
    expect(
      of('web-2', '{clusterIP: 10.0.0.1, ports: [{name: ht-tp, port: 80}, {name: "9090", port: 9090, protocol: UDP}]}'),
    ).toEqual([
      'WEB_2_SERVICE_HOST=10.0.0.1',
      'WEB_2_SERVICE_PORT=80',
      'WEB_2_SERVICE_PORT_HT_TP=80',
      'WEB_2_SERVICE_PORT_9090=9090',
      'WEB_2_PORT=tcp://10.0.0.1:80',
      'WEB_2_PORT_80_TCP=tcp://10.0.0.1:80',
      'WEB_2_PORT_80_TCP_PROTO=tcp',
      'WEB_2_PORT_80_TCP_PORT=80',
      'WEB_2_PORT_80_TCP_ADDR=10.0.0.1',
      'WEB_2_PORT_9090_UDP=udp://10.0.0.1:9090',
      'WEB_2_PORT_9090_UDP_PROTO=udp',
      'WEB_2_PORT_9090_UDP_PORT=9090',
      'WEB_2_PORT_9090_UDP_ADDR=10.0.0.1',
    ]);
  });

  test('an IPv6 address is bracketed in the URL', () => {
    expect(of('six', '{clusterIP: "fd00::1", ports: [{port: 80}]}')).toContain('SIX_PORT=tcp://[fd00::1]:80');
  });

  test('the first cluster IP of a dual-stack Service', () => {
    expect(of('dual', '{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, "fd00::1"], ports: [{port: 80}]}')[0]).toBe(
      'DUAL_SERVICE_HOST=10.0.0.1',
    );
  });
});

describe('which Services a container is told of', () => {
  const SERVICES = [
    service('default/kubernetes', '{clusterIP: 10.96.0.1, ports: [{port: 443}]}'),
    service('default/other', '{clusterIP: 10.96.0.2, ports: [{port: 80}]}'),
    service('shop/web', '{clusterIP: 10.96.0.3, ports: [{port: 80}]}'),
    service('shop/db', '{clusterIP: None, ports: [{port: 5432}]}'),
    service('shop/ext', '{type: ExternalName, externalName: example.com}'),
    service('own/kubernetes', '{clusterIP: 10.96.0.4, ports: [{port: 6443}]}'),
  ].join('');

  function hosts(namespace: string, spec = '', env = '[]') {
    const cluster = clusterOf(
      `${SERVICES}---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ${namespace}}, spec: {containers: [{name: c, image: i, env: ${env}}], ${spec}}}\n`,
    );
    const pod = cluster.get('Pod', namespace, 'p')!;
    const variables = containerEnvironment(pod, pod.spec.containers[0]!, cluster);
    return variables.filter(({ name }) => /_HOST$|^[a-z]/.test(name)).map(({ name, value }) => `${name}=${value}`);
  }

  const API = 'KUBERNETES_SERVICE_HOST=10.96.0.1';
  test.each([
    ['those of its namespace, and default/kubernetes', 'shop', '', [API, 'WEB_SERVICE_HOST=10.96.0.3']],
    ['enableServiceLinks: false leaves default/kubernetes', 'shop', 'enableServiceLinks: false', [API]],
    ['in default', 'default', '', [API, 'OTHER_SERVICE_HOST=10.96.0.2']],
    ['in default without links', 'default', 'enableServiceLinks: false', [API]],
    ['one of its own that is called kubernetes', 'own', '', ['KUBERNETES_SERVICE_HOST=10.96.0.4']],
    ['… but not without links', 'own', 'enableServiceLinks: false', [API]],
    ['a namespace without Services', 'empty', '', [API]],
  ])('%s', (_, namespace, spec, expected) => expect(hosts(namespace, spec)).toEqual(expected));

  test('its own variables come first and win; references know Services and what stands before', () => {
    const env =
      '[{name: WEB_SERVICE_HOST, value: "1.2.3.4"}, {name: a, value: $(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)}, {name: b, value: "$(a) $$(a) $(none)"}]';
    expect(hosts('shop', '', env)).toEqual([
      'WEB_SERVICE_HOST=1.2.3.4',
      'a=1.2.3.4:80',
      'b=1.2.3.4:80 $(a) $(none)',
      API,
    ]);
  });

  test('fields of the Pod', () => {
    const env =
      '[{name: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: b, valueFrom: {fieldRef: {fieldPath: "metadata.labels[\'x\']"}}}, {name: c, valueFrom: {secretKeyRef: {name: s, key: k}}}]';
    expect(hosts('shop', 'enableServiceLinks: false', env)).toEqual(['a=p', 'b=', API]);
  });
});

test('a Service that comes later is only in what starts later', () => {
  const cluster = clusterOf(
    '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: c, image: i}]}}',
  );
  const pod = cluster.get('Pod', 'shop', 'p')!;
  const names = () => containerEnvironment(pod, pod.spec.containers[0]!, cluster).map(({ name }) => name);
  const before = names();
  for (const late of clusterOf(service('shop/checkout', '{clusterIP: 10.0.0.20, ports: [{port: 80}]}')).list('Service'))
    cluster.add(late);
  expect(before).toEqual([]);
  expect(names()).toContain('CHECKOUT_SERVICE_HOST');
});
