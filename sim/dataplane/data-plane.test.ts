import { describe, expect, test } from 'vitest';
import { nodeOf, type ServiceOptions, serviceOf, sliceOf } from '../../test/kubernetes-objects.ts';
import type { Endpoint } from '../cluster/api/endpoint-slice.ts';
import { ClusterIndex } from '../cluster/cluster-index.ts';
import { Registry } from '../cluster/registry.ts';
import { ObjectStore } from '../cluster/store.ts';
import { mix } from '../engine/hash.ts';
import type { ClusterSettings, DataPlaneSettings } from '../input/scenario.ts';
import { DataPlane, FROM_POD } from './data-plane.ts';
import { DROPPED, REJECTED } from './port-routes.ts';

const COSTS = { minSyncPeriod: 0, syncTime: 10, syncTimePerService: 0, syncTimePerEndpoint: 0, ruleTime: 0 };

/** Nodes node-0 to node-4 in the zones a, b, a, b, a, and the Service x/web. */
function world(service: ServiceOptions = {}, dataPlane: Partial<DataPlaneSettings> = {}) {
  const clock = new Float64Array(1);
  const store = new ObjectStore(clock);
  const index = new ClusterIndex(store);
  const services = new Registry(store, 'Service');
  const nodes = new Registry(store, 'Node');
  const settings = {
    watchDelay: 100,
    podCIDR: '10.0.0.0/16',
    serviceCIDR: '172.30.0.0/16',
    dataPlane: { mode: 'iptables', scheduler: 'rr', algorithm: 'random', ...COSTS, ...dataPlane },
  } as ClusterSettings;
  const subject = new DataPlane({ store, index, services, nodes, clock }, settings, 1);
  for (let i = 0; i < 5; i++) {
    const zone = { 'topology.kubernetes.io/zone': 'ab'[i % 2]! };
    store.add(nodeOf(`node-${i}`, [`192.168.0.${i + 2}`], zone));
  }
  store.add(serviceOf('x/web', { clusterIP: '172.30.0.1', ...service }));
  const ip = (address: number) => subject.addresses.ip(address) & 0xff;
  const pick = (node: number, hash = 1, { port = 0, source = 7, origin = FROM_POD } = {}) =>
    subject.pick(node, 0, port, origin, source, hash);
  /** The last bytes of all that a node picks for many connections, in order. */
  const picked = (node: number, options = {}) => {
    const found = Array.from({ length: 200 }, (_, i) => pick(node, mix(i, 99), options)).filter((pick) => pick >= 0);
    return [...new Set(found.map(ip))].sort((a, b) => a - b);
  };
  return { clock, store, dataPlane: subject, pick, picked };
}

type State = 'ready' | 'draining' | 'gone';

function endpoint(
  last: number,
  state: State = 'ready',
  more: Partial<Endpoint> = {},
): Partial<Endpoint> & { ip: string } {
  const conditions = { ready: state === 'ready', serving: state !== 'gone', terminating: state !== 'ready' };
  return { ip: `10.0.0.${last}`, conditions, ...more };
}

test('each endpoint has its share of connections, in every mode', () => {
  for (const dataPlane of [
    {},
    { mode: 'nftables' },
    { mode: 'ipvs' },
    { mode: 'ipvs', scheduler: 'mh' },
    { mode: 'ebpf' },
  ] as const) {
    const { store, pick } = world({}, dataPlane);
    store.add(
      sliceOf(
        'x/web',
        [1, 2, 3].map((last) => endpoint(last)),
        { name: 'x/a' },
      ),
    );
    store.add(
      sliceOf(
        'x/web',
        [4, 5, 6, 7].map((last) => endpoint(last)),
        { name: 'x/b' },
      ),
    );
    const counts = new Map<number, number>();
    const draws = 1e5;
    for (let i = 0; i < draws; i++) {
      const address = pick(3, mix(i, 99), { source: mix(i, 98) });
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    expect(counts.size).toBe(7);
    const expected = draws / 7;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(22.5); // six degrees of freedom: above that in one of a thousand
  }
});

test('the order of the rules is that of `address:port` as text, over all slices', () => {
  const { dataPlane, store } = world();
  store.add(sliceOf('x/web', ['10.2.2.2', '10.2.2.22'], { name: 'x/a' }));
  store.add(sliceOf('x/web', ['10.2.10.3'], { name: 'x/b' }));
  const rules = Array.from(dataPlane.published(0, 'IPv4'), (index) => dataPlane.addresses.ip(index) & 0xffff);
  expect(rules).toEqual([0x0a03, 0x0216, 0x0202]);
});

test('a node rejects where there is no endpoint; draining ones are the last resort; each node at its own time', () => {
  const { clock, dataPlane, store, pick } = world();
  expect(pick(0)).toBe(REJECTED);
  const only = sliceOf('x/web', [endpoint(1, 'draining'), endpoint(2, 'gone')]);
  store.add(only);
  const draining = dataPlane.addresses.indexOf(0x0a000001);
  expect(pick(0)).toBe(draining);
  clock[0] = 1000;
  only.endpoints = [];
  store.update(only);
  expect([...dataPlane.published(0, 'IPv4')]).toEqual([]);
  const left = (at: number) => {
    clock[0] = at;
    return [0, 1, 2, 3, 4].filter((node) => pick(node) === draining).length;
  };
  expect(left(1059)).toBe(5); // half the watch delay and a sync
  expect(left(1110)).toBeGreaterThan(0);
  expect(left(1110)).toBeLessThan(5);
  expect(left(1160)).toBe(0);
});

test('ports have endpoints of their own', () => {
  const ports = [
    { name: 'web', port: 80 },
    { name: 'admin', port: 9000 },
    { name: 'unused', port: 9001 },
  ];
  const { store, pick, picked } = world({ ports });
  store.add(sliceOf('x/web', [endpoint(1)], { name: 'x/a', ports: [{ name: 'web', protocol: 'TCP', port: 8080 }] }));
  store.add(sliceOf('x/web', [endpoint(2)], { name: 'x/b', ports: [{ name: 'admin', protocol: 'TCP', port: 9000 }] }));
  expect(picked(0, { port: 0 })).toEqual([1]);
  expect(picked(0, { port: 1 })).toEqual([2]);
  expect(pick(0, 1, { port: 2 })).toBe(REJECTED);
});

test('topology hints: a node keeps to its zone; one ready endpoint without a hint turns that off', () => {
  const { store, picked } = world();
  const hinted = (last: number, zone: string) => endpoint(last, 'ready', { hints: { forZones: [{ name: zone }] } });
  const slice = sliceOf('x/web', [hinted(1, 'a'), hinted(2, 'b'), hinted(3, 'b')]);
  store.add(slice);
  expect(picked(0)).toEqual([1]);
  expect(picked(1)).toEqual([2, 3]);
  slice.endpoints = [...slice.endpoints, ...sliceOf('x/web', [endpoint(4)]).endpoints];
  store.update(slice);
  expect(picked(0)).toEqual([1, 2, 3, 4]);
});

describe('internalTrafficPolicy Local', () => {
  const local = (mode: DataPlaneSettings['mode']) => {
    const { store, pick, picked } = world({ internalTrafficPolicy: 'Local' }, { mode });
    store.add(
      sliceOf('x/web', [
        endpoint(1, 'ready', { nodeName: 'node-0' }),
        endpoint(2, 'draining', { nodeName: 'node-0' }),
        endpoint(3, 'draining', { nodeName: 'node-1' }),
      ]),
    );
    return { pick, picked };
  };

  test.each([{ mode: 'iptables' }, { mode: 'nftables' }] as const)(
    '$mode: its own, draining ones if it must, else silence',
    ({ mode }) => {
      const { pick, picked } = local(mode);
      expect(picked(0)).toEqual([1]);
      expect(picked(1)).toEqual([3]);
      expect(pick(2)).toBe(DROPPED);
    },
  );

  test('ebpf: an error at once where there is none', () => expect(local('ebpf').pick(2)).toBe(REJECTED));

  test('ipvs: an ICMP error where there is none', () => {
    expect(local('ipvs').picked(0)).toEqual([1]);
    expect(local('ipvs').pick(2)).toBe(REJECTED);
  });
});

test('externalTrafficPolicy Local: outsiders find the node’s own or silence; Pods find all', () => {
  const { store, dataPlane, pick, picked } = world({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    ports: [{ name: 'p80', port: 80, nodePort: 30080 }],
    ingress: [{ ip: '203.0.113.1' }],
  });
  store.add(
    sliceOf('x/web', [endpoint(1, 'ready', { nodeName: 'node-0' }), endpoint(2, 'ready', { nodeName: 'node-1' })]),
  );
  const origin = dataPlane.originOf('198.18.0.0', null);
  expect(picked(0, { origin })).toEqual([1]);
  expect(pick(2, 1, { origin })).toBe(DROPPED);
  expect(picked(2)).toEqual([1, 2]);
});

test('source ranges: the load balancer’s address is silent to others', () => {
  const { store, dataPlane, pick, picked } = world({
    type: 'LoadBalancer',
    loadBalancerSourceRanges: ['198.18.0.0/15'],
    ingress: [{ ip: '203.0.113.1' }],
  });
  store.add(sliceOf('x/web', [endpoint(1)]));
  expect(picked(0, { origin: dataPlane.originOf('198.18.0.0', null) })).toEqual([1]);
  expect(pick(0, 1, { origin: dataPlane.originOf('192.0.2.1', null) })).toBe(DROPPED);
});

test('affinity: a client stays, on each node for itself, until it has not connected for the timeout', () => {
  const affinity = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } } as const;
  const { store, clock, pick, picked } = world(affinity);
  const endpoints = Array.from({ length: 20 }, (_, i) => endpoint(i + 1));
  store.add(sliceOf('x/web', endpoints));
  const first = pick(0, 5);
  expect(picked(0, { source: 7 }).length).toBe(1);
  expect(new Set(Array.from({ length: 50 }, (_, i) => pick(0, mix(i, 3), { source: 100 + i }))).size).toBeGreaterThan(
    10,
  );
  clock[0] = 1e9;
  expect(pick(0, mix(1, 1))).toBe(first);
  clock[0] = 2e9 + 1;
  expect(
    Array.from({ length: 3 }, (_, i) => pick(0, mix(i, 77))).filter((each) => each !== first).length,
  ).toBeGreaterThan(0);
});

test('rules cost time by the Service’s place, which a sync draws anew', () => {
  const { store, clock, dataPlane, pick } = world({}, { ruleTime: 24 });
  for (let i = 0; i < 999; i++)
    store.add(serviceOf(`x/other-${i}`, { clusterIP: `172.30.${1 + (i >> 8)}.${i & 255}` }));
  const slice = sliceOf('x/web', [endpoint(1)]);
  store.add(slice);
  const looked = (at: number, node: number) => {
    clock[0] = at;
    pick(node);
    return dataPlane.rulesLooked;
  };
  expect(looked(0, 0)).toBe(looked(0, 0));
  const places = [0, 1, 2, 3, 4].map((node) => looked(0, node));
  expect(new Set(places).size).toBe(5);
  for (const place of places) expect(place).toBeLessThanOrEqual(1000 + 4);
  store.update(slice);
  expect(looked(1000, 0)).not.toBe(places[0]);
});

test('DNS of a headless Service lags by the watch delay', () => {
  const { clock, dataPlane, store } = world({ clusterIP: 'None' });
  clock[0] = 1000;
  store.add(sliceOf('x/web', [endpoint(1)], {}));
  clock[0] = 1099;
  expect(dataPlane.headlessAnswer(0, 'IPv4').length).toBe(0);
  clock[0] = 1100;
  expect(dataPlane.headlessAnswer(0, 'IPv4').length).toBe(1);
});
