import { expect, test } from 'vitest';
import { clusterOf } from './fixture.ts';
import { type KubeletDNS, podResolvConf, type ResolvConf } from './resolv-conf.ts';

const KUBELET: KubeletDNS = {
  clusterDomain: 'cluster.local',
  clusterDNS: ['10.96.0.10'],
  hostResolvConf: {
    nameservers: ['192.0.2.53'],
    search: ['corp.example.', 'cluster.local'],
    options: ['rotate', 'ndots:1'],
  },
};
const OWN = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];

function resolvConf(spec: string, change: Partial<KubeletDNS> = {}) {
  const cluster = clusterOf(
    `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [], ${spec}}}`,
  );
  return podResolvConf(cluster.get('Pod', 'shop', 'p')!, { ...KUBELET, ...change });
}

const HOST: ResolvConf = {
  nameservers: ['192.0.2.53'],
  search: ['corp.example', 'cluster.local'],
  options: ['rotate', 'ndots:1'],
};
const CLUSTER: ResolvConf = { nameservers: ['10.96.0.10'], search: [...OWN, 'corp.example'], options: ['ndots:5'] };

test.each<[string, string, ResolvConf]>([
  ['no policy is ClusterFirst', '', CLUSTER],
  ['Default takes the node’s', 'dnsPolicy: Default', HOST],
  ['ClusterFirst on the host network is Default', 'hostNetwork: true', HOST],
  ['ClusterFirstWithHostNet', 'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet', CLUSTER],
  ['None is empty', 'dnsPolicy: None', { nameservers: [], search: [], options: [] }],
  [
    'dnsConfig comes after, without repetitions; its options win',
    'dnsConfig: {nameservers: [10.96.0.10, 1.1.1.1], searches: [svc.cluster.local, extra], options: [{name: ndots, value: "2"}, {name: edns0}]}',
    {
      nameservers: ['10.96.0.10', '1.1.1.1'],
      search: [...OWN, 'corp.example', 'extra'],
      options: ['ndots:2', 'edns0'],
    },
  ],
  [
    'dnsConfig on the node’s file',
    'dnsPolicy: Default, dnsConfig: {options: [{name: ndots, value: "3"}]}',
    { ...HOST, options: ['rotate', 'ndots:3'] },
  ],
])('%s', (_, spec, file) => expect(resolvConf(spec)).toMatchObject({ file, warnings: [] }));

test('a kubelet without a cluster DNS server falls back to the node’s file and says so', () => {
  const { file, warnings } = resolvConf('', { clusterDNS: [] });
  expect(file).toEqual(HOST);
  expect(warnings[0]).toMatch(/does not have ClusterDNS IP configured/);
});

test('without a cluster domain the search list is the node’s', () => {
  expect(resolvConf('', { clusterDomain: '' }).file.search).toEqual(HOST.search);
});

test.each([
  ['three nameservers', 'nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]', { nameservers: 3 }],
  ['32 search domains', `searches: [${Array.from({ length: 40 }, (_, i) => `d${i}`)}]`, { search: 32 }],
  ['no domain beyond 253 characters', `searches: [${'a'.repeat(254)}, b]`, { search: 1 }],
  [
    '2048 characters of search line',
    `searches: [${Array.from({ length: 12 }, (_, i) => `${i}${'x'.repeat(199)}`)}]`,
    { search: 10 },
  ],
])('at most %s', (_, config, lengths: { nameservers?: number; search?: number }) => {
  const { file, warnings } = resolvConf(`dnsPolicy: None, dnsConfig: {${config}}`);
  if (lengths.nameservers !== undefined) expect(file.nameservers).toHaveLength(lengths.nameservers);
  if (lengths.search !== undefined) expect(file.search).toHaveLength(lengths.search);
  expect(warnings).toHaveLength(1);
});
