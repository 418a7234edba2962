import { expect, test } from 'vitest';
import { clusterOf, service, slice } from '../fixture.ts';
import type { DNSServer } from '../message.ts';
import { CoreDNS } from '../server/core-dns.ts';
import { serverSettings } from '../server/settings.ts';
import { DNSCache } from './dns-cache.ts';
import {
  type CachePolicy,
  coreDNSCache,
  jvmCache,
  NGINX_AT_START,
  NO_CACHE,
  NODE_LOCAL_DNS_CACHE,
} from './policies.ts';

const SECOND = 1e9;

/** A cluster whose only endpoint goes, or whose missing Service comes, at 500 ms. */
function questions(policies: CachePolicy[], ttl: number, name: string, seconds: number[]) {
  const clock = new Float64Array(1);
  const cluster = clusterOf(
    service('shop/db', '{clusterIP: None, ports: [{port: 5432}]}') +
      slice('shop/db', 'addressType: IPv4, ports: [{port: 5432}], endpoints: [{addresses: [10.244.3.3]}]'),
  );
  const section = {
    ttl: ttl * SECOND,
    pods: 'insecure',
    ignoreEmptyService: false,
    endpointPodNames: false,
    apiSynced: true,
    clusterDomain: 'cluster.local',
    clusterDNS: [],
    external: {},
  } as const;
  let server: DNSServer = new CoreDNS(cluster, serverSettings(section));
  for (const policy of policies) server = new DNSCache(server, policy, clock);
  let changed = false;
  return seconds.map((second) => {
    if (second > 0 && !changed) {
      for (const gone of [...cluster.list('EndpointSlice')]) cluster.remove(gone);
      for (const late of clusterOf(service('shop/new', '{clusterIP: 10.96.0.9, ports: [{port: 80}]}')).list('Service'))
        cluster.add(late);
      changed = true;
    }
    clock[0] = second * SECOND;
    const { rcode, answers } = server.answer(`${name}.shop.svc.cluster.local.`, 'A');
    return rcode === 'NOERROR' ? answers[0]!.ttl : rcode;
  });
}

// the TTLs of the answers, or why there was none
test.each<[string, CachePolicy[], number, number[], unknown[]]>([
  ['without a cache a gone endpoint is gone', [NO_CACHE], 5, [0, 1], [5, 'NXDOMAIN']],
  ['a JVM keeps an address for 30 s, whatever its TTL', [jvmCache()], 5, [0, 29, 31], [5, 5, 'NXDOMAIN']],
  ['nginx that resolved at its start keeps it', [NGINX_AT_START], 5, [0, 3600], [5, 5]],
  [
    'NodeLocal DNSCache keeps it for 30 s and counts the TTL down',
    [NODE_LOCAL_DNS_CACHE],
    30,
    [0, 29, 31],
    [30, 1, 'NXDOMAIN'],
  ],
  ['a shorter TTL is obeyed', [NODE_LOCAL_DNS_CACHE], 10, [0, 9, 11], [10, 1, 'NXDOMAIN']],
  ['but none below 5 s', [coreDNSCache()], 1, [0, 4, 6], [5, 1, 'NXDOMAIN']],
  [
    'two caches in a row: the second gets what is left',
    [coreDNSCache(), NODE_LOCAL_DNS_CACHE],
    30,
    [0, 20, 31],
    [30, 10, 'NXDOMAIN'],
  ],
])('%s', (_, policies, ttl, seconds, expected) => expect(questions(policies, ttl, 'db', seconds)).toEqual(expected));

test.each<[string, CachePolicy[], number[], unknown[]]>([
  ['without a cache a new Service is there at once', [NO_CACHE], [0, 1], ['NXDOMAIN', 30]],
  ['a JVM remembers a failed lookup for 10 s', [jvmCache()], [0, 9, 11], ['NXDOMAIN', 'NXDOMAIN', 30]],
  ['NodeLocal DNSCache for 5 s', [NODE_LOCAL_DNS_CACHE], [0, 4, 6], ['NXDOMAIN', 'NXDOMAIN', 30]],
  [
    'two caches in a row: the second gets what is left',
    [coreDNSCache(), coreDNSCache()],
    [0, 29, 31],
    ['NXDOMAIN', 'NXDOMAIN', 30],
  ],
  ['CoreDNS for 30 s', [coreDNSCache()], [0, 29, 31], ['NXDOMAIN', 'NXDOMAIN', 30]],
])('%s', (_, policies, seconds, expected) => expect(questions(policies, 30, 'new', seconds)).toEqual(expected));

test('case and the dot at the end make no other question', () => {
  let asked = 0;
  const server: DNSServer = {
    answer: (name, type) => {
      asked++;
      return {
        rcode: 'NOERROR',
        answers: [{ name, type, ttl: 30, data: '1.1.1.1' }],
        additionals: [],
        authoritySOA: null,
        why: '',
      };
    },
  };
  const cache = new DNSCache(server, coreDNSCache(), new Float64Array(1));
  for (const name of ['a.test', 'a.test.', 'A.Test.']) cache.answer(name, 'A');
  cache.answer('a.test', 'AAAA');
  expect(asked).toBe(2);
});
