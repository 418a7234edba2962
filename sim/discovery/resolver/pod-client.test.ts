import { expect, test } from 'vitest';
import { clusterOf, service } from '../fixture.ts';
import { lookUp } from './look-up.ts';
import { podClient } from './pod-client.ts';

const SECTION = {
  ttl: 30e9,
  pods: 'insecure',
  ignoreEmptyService: false,
  endpointPodNames: false,
  apiSynced: true,
  clusterDomain: 'cluster.local',
  clusterDNS: ['10.96.0.10'],
  external: { 'www.example.com': ['192.0.2.80'] },
} as const;

function from(spec: string, name: string) {
  const cluster = clusterOf(
    `{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: shop}, spec: {containers: [], ${spec}}, status: {podIP: 10.244.0.5}}\n${service('shop/web', '{clusterIP: 10.96.0.20, ports: [{port: 80}]}')}`,
  );
  const section = { ...SECTION, hostResolvConf: { nameservers: ['192.0.2.53'], search: [], options: [] } };
  const { client, server } = podClient(cluster.get('Pod', 'shop', 'client')!, cluster, section, 'glibc', ['A', 'AAAA']);
  return lookUp(name, client, server).addresses;
}

test.each([
  ['a Service by its short name', '', 'web', ['10.96.0.20']],
  ['a name outside, through the cluster’s server', '', 'www.example.com', ['192.0.2.80']],
  ['the node’s server knows no Service', 'dnsPolicy: Default', 'web.shop.svc.cluster.local', []],
  ['and so does that of a Pod on the host network', 'hostNetwork: true', 'web.shop.svc.cluster.local', []],
  ['unless it asks for the cluster’s', 'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet', 'web', ['10.96.0.20']],
  ['its own name', '', 'client', ['10.244.0.5']],
  ['its own name in full', 'subdomain: db, hostname: db-0', 'db-0.db.shop.svc.cluster.local', ['10.244.0.5']],
  ['a host alias', 'hostAliases: [{ip: 10.1.1.1, hostnames: [legacy]}]', 'legacy', ['10.1.1.1']],
  ['localhost', '', 'localhost', ['127.0.0.1', '::1']],
])('%s', (_, spec, name, addresses) => expect(from(spec, name)).toEqual(addresses));
