import { z } from 'zod';
import { familyOf, isCIDR } from '../cluster/ip.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { clusterSection, clusterSettings, loadBalancer } from '../input/scenario-cluster.ts';
import { duration, expecting, section } from '../input/scenario-fields.ts';

const cidr = z.string().refine(isCIDR, 'must be a block of addresses such as 10.244.0.0/16 or fd00::/64');
const ip = z.string().refine((text) => familyOf(text) !== null, 'must be an IP address such as 10.96.0.10 or fd00::10');
const { dataPlane, dns, endpointSlices } = clusterSection.shape;

const resolvConf = section({
  nameservers: z.array(ip).default([]).describe('Addresses, the first is asked first.'),
  search: z.array(z.string()).default([]).describe('Search domains.'),
  options: z.array(z.string()).default([]).describe('Such as ndots:2.'),
});

/** Its shape. */
export const testClusterSection = section({
  ...clusterSection.shape,
  version: z
    .string()
    .regex(/^v?1\.\d+(\.\d+)?$/, 'must be a version of Kubernetes such as 1.35')
    .default('1.35')
    .describe('The version of Kubernetes.'),
  validation: z.boolean().default(true).describe('false: objects are taken as they are, for states made by hand.'),
  controllers: z.boolean().default(true).describe('false: nothing changes by itself; objects are what they are.'),
  dataPlane: section({
    ...dataPlane.unwrap().shape,
    masqueradeAll: z.boolean().default(false).describe('Masquerade all that goes to a cluster IP.'),
    clusterCIDR: z
      .union([cidr, z.null()], { error: expecting('a block of addresses, or null') })
      .optional()
      .describe('Addresses of Pods; null: no way to tell Pod traffic. Default `podCIDR`.'),
    serviceCIDR: cidr.optional().describe('Default that of the cluster.'),
    nodePortAddresses: z
      .array(z.union([cidr, z.literal('primary')]))
      .default([])
      .describe('Which addresses of a node take node ports; empty: the default of the mode.'),
    localhostNodePorts: z.boolean().default(true).describe('iptables mode: node ports on 127.0.0.1.'),
    loadBalancerMode: z.enum(['snat', 'dsr']).default('snat').describe('ebpf mode: on the way to another node.'),
    externalClusterIP: z
      .boolean()
      .default(false)
      .describe(
        'ebpf mode: what comes from outside to a cluster IP is balanced, not dropped (bpf-lb-external-clusterip).',
      ),
  }).prefault({}),
  loadBalancer: loadBalancer.optional().describe('Without it nobody gives addresses to load balancers, or says so.'),
  dns: section({
    ...dns.unwrap().shape,
    zones: z
      .array(z.string())
      .optional()
      .describe('Zones that the server answers for. Default: clusterDomain, reverse.'),
    pods: z.enum(['disabled', 'insecure', 'verified']).default('insecure').describe('Names of Pods by address.'),
    namespaces: z.array(z.string()).optional().describe('Namespaces that are served. Default: all.'),
    ignoreEmptyService: z.boolean().default(false).describe('No name for a Service without endpoints.'),
    endpointPodNames: z.boolean().default(false).describe('Endpoints are named after their Pods.'),
    apiSynced: z.boolean().default(true).describe('false: the server has not seen all objects yet.'),
    clusterDomain: z.string().default('cluster.local').describe('The kubelet’s `--cluster-domain`.'),
    clusterDNS: z.array(ip).default(['10.96.0.10']).describe('The kubelet’s `--cluster-dns`.'),
    hostResolvConf: resolvConf.prefault({ nameservers: ['192.0.2.53'] }).describe('The node’s /etc/resolv.conf.'),
    external: z.record(z.string(), z.array(ip)).default({}).describe('Names outside the cluster and their addresses.'),
  }).prefault({}),
  endpointSlices: section({
    ...endpointSlices.unwrap().shape,
    batchPeriod: duration().prefault('0s'),
  }).prefault({}),
});

/** The `cluster` section of a Test: as a Scenario's, with every delay 0 unless it is given, and what tests look at. */
export const testCluster = z.preprocess((given) => {
  const filled = underlay(given, NO_DELAYS) as { loadBalancer?: unknown } | null;
  if (filled?.loadBalancer === undefined) return filled;
  return { ...filled, loadBalancer: underlay(filled.loadBalancer, NO_LOAD_BALANCER_DELAYS) };
}, testClusterSection);

export type TestCluster = z.output<typeof testClusterSection>;

/** What the cluster under test is made by: Nodes are those of the input, unless the section asks for some. */
export function settingsOf({ dataPlane, dns, ...given }: TestCluster): ClusterSettings {
  const ctx = { addIssue: () => {} } as unknown as z.RefinementCtx;
  const nodes = given.nodes ?? given.nodeGroups;
  const plain = { ...given, dataPlane, dns };
  const settings = clusterSettings(plain, nodes === undefined ? 1 : 0, ctx);
  const serviceCIDR = dataPlane.serviceCIDR?.split(',').find((cidr) => !cidr.includes(':'));
  return { ...settings, ...(serviceCIDR !== undefined && { serviceCIDR }) };
}

const NO_DELAYS = {
  watchDelay: '0s',
  podCIDRv6: 'fd00:10:244::/48',
  controllerSync: '0s',
  endpointSlices: { batchPeriod: '0s', syncTime: '0s' },
  dataPlane: { minSyncPeriod: '0s', syncTime: '0s', syncTimePerService: '0s' },
  dns: { cache: '0s', latency: '0s' },
  kubelet: { schedule: '0s', imagePull: '0s', containerStart: '0s', initContainer: '0s' },
  hpa: { metricsDelay: '0s' },
};

/** Where the section is given at all. */
const NO_LOAD_BALANCER_DELAYS = { provisioning: '0s', healthCheck: '0s' };

/** `given` with the fields of `defaults` that it leaves out, at any depth; what is no mapping stays as it is. */
function underlay(given: unknown, defaults: Readonly<Record<string, unknown>>): unknown {
  if (given === undefined) return defaults;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const filled: Record<string, unknown> = { ...given };
  for (const [name, fallback] of Object.entries(defaults)) {
    const isSection = typeof fallback === 'object' && fallback !== null;
    filled[name] = isSection
      ? underlay(filled[name], fallback as Readonly<Record<string, unknown>>)
      : (filled[name] ?? fallback);
  }
  return filled;
}
