import { describe, expect, test } from 'vitest';
import { clusterOf, service, slice } from '../fixture.ts';
import type { RecordType } from '../message.ts';
import { CoreDNS } from './core-dns.ts';
import { type DNSServerSettings, serverSettings } from './settings.ts';

const SECTION = {
  zones: ['cluster.local.', '0.10.in-addr.arpa.', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.'],
  ttl: 5e9,
  pods: 'disabled',
  ignoreEmptyService: false,
  endpointPodNames: false,
  apiSynced: true,
  clusterDomain: 'cluster.local',
  clusterDNS: ['10.96.0.10'],
  external: { 'ext.example': ['192.0.2.7', '2001:db8::7'], 'other.test': ['192.0.2.8'] },
} as const;

const OBJECTS = [
  service('shop/web', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}, {name: metrics, port: 9090}]}'),
  slice(
    'shop/web',
    'addressType: IPv4, ports: [{name: http, port: 8080}], endpoints: [{addresses: [10.0.1.9], hostname: w0}]',
  ),
  service('shop/dual', '{clusterIP: 10.0.0.3, clusterIPs: [10.0.0.3, "fd00::3"], ports: [{name: http, port: 80}]}'),
  service('shop/empty', '{clusterIP: 10.0.0.4, ports: [{port: 80}]}'),
  service('shop/db', '{clusterIP: None, ports: [{name: sql, port: 5432}]}'),
  slice(
    'shop/db',
    `addressType: IPv4, ports: [{name: sql, port: 5432}], endpoints: [
      {addresses: [10.0.2.1], hostname: db-0, conditions: {ready: true}},
      {addresses: [10.0.2.2], hostname: db-1, conditions: {ready: false}},
      {addresses: [10.0.2.3], conditions: {}, targetRef: {kind: Pod, name: db-x}},
      {addresses: [10.0.2.4], conditions: {ready: false, serving: true, terminating: true}}]`,
  ),
  slice('shop/db', 'addressType: IPv6, ports: [{name: sql, port: 5432}], endpoints: [{addresses: ["fd00:0:0:1::"]}]'),
  service('shop/portless', '{clusterIP: None}'),
  slice('shop/portless', 'addressType: IPv4, ports: [], endpoints: [{addresses: [10.0.2.20]}]'),
  service('shop/drained', '{clusterIP: None, ports: [{port: 80}]}'),
  service('shop/ext', '{type: ExternalName, externalName: ext.example}'),
  service('shop/alias', '{type: ExternalName, externalName: web.shop.svc.cluster.local.}'),
  service('shop/loop', '{type: ExternalName, externalName: loop2.shop.svc.cluster.local}'),
  service('shop/loop2', '{type: ExternalName, externalName: loop.shop.svc.cluster.local}'),
  service('shop/by-ip', '{type: ExternalName, externalName: 192.0.2.1}'),
  service('hidden/web', '{clusterIP: 10.0.0.2, ports: [{port: 80}]}'),
  '---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: []}, status: {phase: Running, podIP: 10.0.9.1}}\n',
  '---\n{apiVersion: v1, kind: Pod, metadata: {name: q, namespace: shop, deletionTimestamp: "2026-01-01T00:00:00Z"}, spec: {containers: []}, status: {phase: Running, podIP: 10.0.9.2}}\n',
].join('');

const cluster = clusterOf(OBJECTS);

function ask(name: string, type: RecordType, change: Partial<DNSServerSettings> = {}) {
  const { why, ...answer } = new CoreDNS(cluster, { ...serverSettings(SECTION), ...change }).answer(name, type);
  expect(why).not.toBe('');
  return {
    ...answer,
    records: answer.answers.map((record) => `${record.type} ${record.data}`),
    extra: answer.additionals.map((record) => `${record.name} ${record.type} ${record.data}`),
  };
}

const SVC = 'shop.svc.cluster.local.';

describe('positive answers', () => {
  const cases: [string, RecordType, string[]][] = [
    [`web.${SVC}`, 'A', ['A 10.0.0.1']],
    [`dual.${SVC}`, 'A', ['A 10.0.0.3']],
    [`dual.${SVC}`, 'AAAA', ['AAAA fd00::3']],
    [`_http._tcp.web.${SVC}`, 'A', ['A 10.0.0.1']],
    [`w0.web.${SVC}`, 'A', ['A 10.0.1.9']],
    [`db.${SVC}`, 'A', ['A 10.0.2.1', 'A 10.0.2.3']],
    [`db.${SVC}`, 'AAAA', ['AAAA fd00:0:0:1::']],
    [`db-0.db.${SVC}`, 'A', ['A 10.0.2.1']],
    [`10-0-2-3.db.${SVC}`, 'A', ['A 10.0.2.3']],
    [`fd00-0-0-1--0.db.${SVC}`, 'AAAA', ['AAAA fd00:0:0:1::']],
    [`portless.${SVC}`, 'A', ['A 10.0.2.20']],
    [`ext.${SVC}`, 'CNAME', ['CNAME ext.example.']],
    [`ext.${SVC}`, 'A', ['CNAME ext.example.', 'A 192.0.2.7']],
    [`ext.${SVC}`, 'AAAA', ['CNAME ext.example.', 'AAAA 2001:db8::7']],
    [`alias.${SVC}`, 'A', [`CNAME web.${SVC}`, 'A 10.0.0.1']],
    ['dns-version.cluster.local.', 'TXT', ['TXT 1.1.0']],
    ['1.0.0.10.in-addr.arpa.', 'PTR', [`PTR web.${SVC}`]],
    ['9.1.0.10.in-addr.arpa.', 'PTR', [`PTR w0.web.${SVC}`]],
    ['3.2.0.10.in-addr.arpa.', 'PTR', [`PTR 10-0-2-3.db.${SVC}`]],
    ['cluster.local.', 'NS', ['NS ns.dns.cluster.local.']],
    ['cluster.local.', 'SOA', ['SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5']],
    ['ext.example.', 'A', ['A 192.0.2.7']],
  ];
  test.each(cases)('%s %s', (name, type, records) => {
    expect(ask(name, type)).toMatchObject({ rcode: 'NOERROR', records, authoritySOA: null });
  });
});

describe('negative answers', () => {
  const missing: [string, RecordType][] = [
    [`none.${SVC}`, 'A'],
    [`web.nowhere.svc.cluster.local.`, 'A'],
    [`none.web.${SVC}`, 'A'],
    [`db-1.db.${SVC}`, 'A'],
    [`10-0-2-4.db.${SVC}`, 'A'],
    [`drained.${SVC}`, 'A'],
    [`by-ip.${SVC}`, 'A'],
    [`x.ext.${SVC}`, 'A'],
    [`_http._tcp.ext.${SVC}`, 'SRV'],
    [`_https._tcp.web.${SVC}`, 'SRV'],
    [`_http._udp.web.${SVC}`, 'SRV'],
    [`*.${SVC}`, 'A'],
    [`none.${SVC}`, 'TXT'],
    ['svc.cluster.local.', 'TXT'],
    ['cluster.local.', 'TXT'],
    [`a.b.c.web.${SVC}`, 'A'],
    ['foo.cluster.local.', 'NS'],
    ['10-0-9-1.shop.pod.cluster.local.', 'A'],
    ['99.0.0.10.in-addr.arpa.', 'PTR'],
    ['2.2.0.10.in-addr.arpa.', 'PTR'],
    ['web.shop.svc.0.10.in-addr.arpa.', 'A'],
  ];
  test.each(missing)('%s %s is not there', (name, type) => {
    const zone = name.endsWith('arpa.') ? '0.10.in-addr.arpa.' : 'cluster.local.';
    expect(ask(name, type)).toMatchObject({
      rcode: 'NXDOMAIN',
      records: [],
      authoritySOA: { zone, ttl: 5, minimum: 5 },
    });
  });

  const noData: [string, RecordType][] = [
    [`web.${SVC}`, 'AAAA'],
    [`web.${SVC}`, 'TXT'],
    [`web.${SVC}`, 'MX'],
    [`web.${SVC}`, 'PTR'],
    [`web.${SVC}`, 'SOA'],
    [`portless.${SVC}`, 'SRV'],
    [`ext.${SVC}`, 'SRV'],
    [`ext.${SVC}`, 'TXT'],
    [`loop.${SVC}`, 'A'],
    ['cluster.local.', 'HINFO'],
    ['cluster.local.', 'A'],
    ['svc.cluster.local.', 'A'],
    ['pod.cluster.local.', 'A'],
    ['shop.svc.cluster.local.', 'NS'],
  ];
  test.each(noData)('%s %s is there without data', (name, type) => {
    const authoritySOA = { zone: 'cluster.local.', ttl: 5, minimum: 5 };
    expect(ask(name, type)).toMatchObject({ rcode: 'NOERROR', records: [], authoritySOA });
  });

  test('a zone transfer is refused', () => {
    expect(ask('cluster.local.', 'AXFR')).toMatchObject({ rcode: 'REFUSED', records: [], authoritySOA: null });
  });

  test('a name outside that nobody knows', () => {
    expect(ask('nobody.example.', 'A')).toMatchObject({ rcode: 'NXDOMAIN', authoritySOA: null });
  });
});

describe('SRV', () => {
  test('of a Pod by its address: port 0', () => {
    const name = '10-0-9-1.shop.pod.cluster.local.';
    expect(ask(name, 'SRV', { pods: 'insecure' }).records).toEqual([`SRV 0 100 0 ${name}`]);
  });

  test('a Service with two ports: the weights share 100', () => {
    const { records, extra } = ask(`web.${SVC}`, 'SRV');
    expect(records).toEqual([`SRV 0 50 80 web.${SVC}`, `SRV 0 50 9090 web.${SVC}`]);
    expect(extra).toEqual([`web.${SVC} A 10.0.0.1`]);
  });

  test('a headless Service: a record for each endpoint, a third of the weight rounded down', () => {
    const { records, extra } = ask(`_sql._tcp.db.${SVC}`, 'SRV');
    expect(records).toEqual([
      `SRV 0 33 5432 db-0.db.${SVC}`,
      `SRV 0 33 5432 10-0-2-3.db.${SVC}`,
      `SRV 0 33 5432 fd00-0-0-1--0.db.${SVC}`,
    ]);
    expect(extra).toHaveLength(3);
  });

  test('two families of one Service are one record with two addresses', () => {
    const { records, extra } = ask(`dual.${SVC}`, 'SRV');
    expect(records).toEqual([`SRV 0 50 80 dual.${SVC}`]);
    expect(extra).toEqual([`dual.${SVC} A 10.0.0.3`, `dual.${SVC} AAAA fd00::3`]);
  });
});

describe('configuration', () => {
  test.each([
    ['insecure', '10-0-9-9.shop.pod.cluster.local.', ['A 10.0.9.9']],
    ['insecure', 'blah.shop.pod.cluster.local.', []],
    ['insecure', '10-0-9-9.nowhere.pod.cluster.local.', []],
    ['verified', '10-0-9-1.shop.pod.cluster.local.', ['A 10.0.9.1']],
    ['verified', '10-0-9-1.hidden.pod.cluster.local.', []],
    ['verified', '10-0-9-2.shop.pod.cluster.local.', []],
    ['verified', '10-0-9-9.shop.pod.cluster.local.', []],
  ] as const)('pods %s: %s', (pods, name, records) => {
    expect(ask(name, 'A', { pods })).toMatchObject({ rcode: records.length > 0 ? 'NOERROR' : 'NXDOMAIN', records });
  });

  test('namespaces that are not served are not there', () => {
    const change = { namespaces: ['shop'] };
    expect(ask('web.hidden.svc.cluster.local.', 'A', change).rcode).toBe('NXDOMAIN');
    expect(ask('2.0.0.10.in-addr.arpa.', 'PTR', change).rcode).toBe('NXDOMAIN');
    expect(ask('2.0.0.10.in-addr.arpa.', 'PTR').records).toEqual(['PTR web.hidden.svc.cluster.local.']);
  });

  test.each([undefined, []])('an empty list of namespaces is none at all: all are served', (namespaces) => {
    expect(ask('web.hidden.svc.cluster.local.', 'A', serverSettings({ ...SECTION, namespaces })).records).toEqual([
      'A 10.0.0.2',
    ]);
  });

  test('ignore empty_service', () => {
    const change = { ignoreEmptyService: true };
    expect(ask(`empty.${SVC}`, 'A').rcode).toBe('NOERROR');
    expect(ask(`empty.${SVC}`, 'A', change).rcode).toBe('NXDOMAIN');
    expect(ask(`web.${SVC}`, 'A', change).rcode).toBe('NOERROR');
    expect(ask(`ext.${SVC}`, 'CNAME', change).rcode).toBe('NOERROR');
  });

  test('endpoint_pod_names', () => {
    const change = { endpointPodNames: true };
    expect(ask(`db-x.db.${SVC}`, 'A', change).records).toEqual(['A 10.0.2.3']);
    expect(ask(`10-0-2-3.db.${SVC}`, 'A', change).rcode).toBe('NXDOMAIN');
  });

  test('before it has seen all objects a name that is not there is a failure', () => {
    const change = { apiSynced: false };
    expect(ask(`none.${SVC}`, 'A', change)).toMatchObject({
      rcode: 'SERVFAIL',
      authoritySOA: { zone: 'cluster.local.' },
    });
    expect(ask(`web.${SVC}`, 'A', change).rcode).toBe('NOERROR');
  });

  test('the server is named after its Service, if there is one', () => {
    const { records, extra } = ask('cluster.local.', 'NS', { ownAddresses: ['10.0.0.1'] });
    expect(records).toEqual([`NS web.${SVC}`]);
    expect(extra).toEqual([`web.${SVC} A 10.0.0.1`]);
  });

  test('by default reverse lookups that are not the cluster’s go on upstream', () => {
    const { zones, fallthrough } = serverSettings({ ...SECTION, zones: undefined });
    expect(zones).toEqual(['cluster.local.', 'in-addr.arpa.', 'ip6.arpa.']);
    expect(ask('9.9.9.9.in-addr.arpa.', 'PTR', { zones, fallthrough })).toMatchObject({
      rcode: 'NXDOMAIN',
      authoritySOA: null,
    });
  });
});

test('two zones that send each other round in a circle', () => {
  const circle = clusterOf(
    service('shop/a', '{type: ExternalName, externalName: b.shop.svc.two.test}') +
      service('shop/b', '{type: ExternalName, externalName: a.shop.svc.one.test}'),
  );
  const server = new CoreDNS(circle, serverSettings({ ...SECTION, zones: ['one.test', 'two.test'] }));
  const { rcode, answers } = server.answer('a.shop.svc.one.test.', 'A');
  expect(rcode).toBe('NOERROR');
  expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['CNAME']));
  expect(server.answer('b.shop.svc.two.test.', 'A').answers).toHaveLength(answers.length);
});

test('case does not matter, and is echoed', () => {
  const { answers } = ask('_HTTP._tcp.WEB.Shop.svc.CLUSTER.local', 'SRV');
  expect(answers[0]).toEqual({
    name: '_HTTP._tcp.WEB.Shop.svc.CLUSTER.local.',
    type: 'SRV',
    ttl: 5,
    data: '0 100 80 web.shop.svc.CLUSTER.local.',
  });
  expect(ask('none.shop.svc.CLUSTER.local.', 'A').authoritySOA?.zone).toBe('CLUSTER.local.');
});
