import { z } from 'zod';
import { parseCIDR } from '../cluster/address.ts';
import type { ClusterSettings, DataPlaneSettings, IPVSScheduler, LoadBalancerSettings, NodeGroup } from './scenario.ts';
import { dnsSection } from './scenario-dns.ts';
import {
  bytes,
  cidr,
  complain,
  count,
  cpu,
  duration,
  durationOrNone,
  expecting,
  positiveDuration,
  refuse,
  section,
  share,
} from './scenario-fields.ts';

const groupFields = {
  count: count(0).max(5000).default(3).describe('Nodes at the start.'),
  minCount: count(0).optional().describe('The autoscaler keeps at least so many. Default `count`.'),
  maxCount: count(0).max(5000).optional().describe('The autoscaler makes at most so many. Default `count`.'),
  zones: z.array(z.string().min(1)).min(1).default(['a']).describe('Nodes are spread over them in turn.'),
  cpu: cpu().prefault(8).describe('Allocatable cores of a node.'),
  memory: bytes().prefault('32Gi').describe('Allocatable memory of a node.'),
  pods: count(1).default(110).describe('Pods that a node takes; 110 is the kubelet’s `maxPods`.'),
  labels: z
    .record(z.string(), z.string())
    .default({})
    .describe('Labels of its nodes, beside hostname, zone and group.'),
};

const group = section({
  name: z
    .string()
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label such as spot')
    .default('node')
    .describe('Its nodes are named NAME-0, NAME-1 and so on.'),
  ...groupFields,
});

const network = section({
  sameNode: duration().prefault('50us').describe('One way between Pods on a node: a veth pair and the bridge.'),
  sameZone: duration().prefault('250us').describe('One way between nodes of a zone.'),
  crossZone: duration()
    .prefault('1ms')
    .describe('One way between zones of a region; cloud providers promise less than 2 ms there and back.'),
  external: duration()
    .prefault('20ms')
    .describe('One way between users and the cluster’s load balancer: a continent’s mobile and fixed lines.'),
  deadAddress: z
    .enum(['silent', 'unreachable3s', 'unreachable', 'refused'])
    .default('silent')
    .describe(
      'What a packet to an address that nobody has meets: silence (Calico, Cilium, most clouds), ICMP unreachable after ARP’s 3 s (a bridge) or at once, or a reset.',
    ),
  icmpRateLimit: durationOrNone()
    .prefault('1s')
    .transform((interval) => (interval === Number.POSITIVE_INFINITY ? 0 : interval))
    .describe(
      'net.ipv4.icmp_ratelimit: a node tells one client of unreachable destinations six times at once, then once in this time; what is not told is silence. REJECT answers so too. none: no limit.',
    ),
});

/** Of ip_vs. */
const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'sh',
  'dh',
  'sed',
  'nq',
  'mh',
  'fo',
  'ovf',
  'twos',
] as const satisfies readonly IPVSScheduler[];

const dataPlane = section({
  mode: z
    .enum(['iptables', 'ipvs', 'nftables', 'ebpf'])
    .default('iptables')
    .describe('How Services are programmed on a node: kube-proxy’s `mode`, or an eBPF data plane in its place.'),
  scheduler: z.enum(SCHEDULERS).default('rr').describe('ipvs mode: how a virtual server picks.'),
  algorithm: z
    .enum(['random', 'maglev'])
    .default('random')
    .describe('ebpf mode: how it picks for what comes from outside; inside the cluster always at random.'),
  minSyncPeriod: duration()
    .optional()
    .describe(
      'kube-proxy’s `minSyncPeriod`: two syncs are at least so far apart. Default 1s in iptables and nftables mode, 0s in ipvs and ebpf mode.',
    ),
  syncTime: duration()
    .prefault('20ms')
    .describe('One sync of a node’s rules: the constant part, an assumption about `iptables-restore` on an idle node.'),
  syncTimePerService: duration()
    .prefault('20us')
    .describe(
      'One sync: the part for each Service of the cluster, since iptables mode writes KUBE-SERVICES anew each time. Other modes write what changed.',
    ),
  syncTimePerEndpoint: duration()
    .prefault('0s')
    .describe('One sync: the part for each endpoint of a Service that changed, in every mode.'),
  resetConnections: z
    .boolean()
    .default(false)
    .describe(
      'Connections of Pods to an endpoint that their node does not know any more are reset, as Cilium’s socket termination does. kube-proxy leaves them alone.',
    ),
  ruleTime: duration()
    .prefault('0s')
    .describe(
      'iptables mode: what the first packet of a connection waits for each rule that it is held against. Measured were some 24ns; 0s: rules cost nothing. The Service’s place among all is drawn anew at each sync of a node.',
    ),
});

const conntrack = section({
  limit: z
    .union([z.enum(['none', 'auto']), count(1)], { error: expecting('a number of entries, auto or none') })
    .default('none')
    .describe(
      'net.netfilter.nf_conntrack_max of a node: when so many connections are known, new ones are dropped. auto: what kube-proxy sets, 32768 for each core and at least 131072; none: nobody counts.',
    ),
  timeWait: positiveDuration()
    .prefault('120s')
    .describe('nf_conntrack_tcp_timeout_time_wait: a closed connection keeps its entry so long.'),
  cleanUDP: z
    .boolean()
    .default(true)
    .describe(
      'The proxy deletes UDP entries of an endpoint that has gone, as kube-proxy does; false: they stay as long as datagrams come.',
    ),
  localPorts: z
    .union([z.literal('none').transform(() => Number.POSITIVE_INFINITY), count(1)], {
      error: expecting('a number of ports, or none'),
    })
    .prefault('none')
    .describe(
      'Source ports of a Pod towards one destination; net.ipv4.ip_local_port_range gives 28232. Who closes first keeps one for 60s. none: nobody counts.',
    ),
});

export const loadBalancer = section({
  provider: z
    .enum(['cloud', 'metallb', 'none'])
    .default('cloud')
    .describe(
      'Who makes them: a cloud, which sends to nodes at random; MetalLB, which announces an address from one node; nobody: the address stays <pending>.',
    ),
  provisioning: duration()
    .prefault('30s')
    .describe('From a Service to its load balancer; clouds take 10 s to minutes.'),
  addresses: cidr().default('203.0.113.0/24').describe('The pool of its addresses.'),
  healthCheck: duration()
    .prefault('6s')
    .describe(
      'Under externalTrafficPolicy Local: from a change of a node’s endpoints to what the load balancer does about it, its health checks’ interval times their threshold.',
    ),
});

const autoscaler = section({
  provisioning: positiveDuration()
    .prefault('90s')
    .describe('From a Pod that does not fit to a ready new node; clouds take 60 to 180 s.'),
  scanInterval: positiveDuration().prefault('10s').describe('cluster-autoscaler’s `--scan-interval`.'),
  utilizationThreshold: share()
    .prefault(0.5)
    .describe('`--scale-down-utilization-threshold`: below this share of requests a node is a candidate for removal.'),
  unneededTime: duration().prefault('10m').describe('`--scale-down-unneeded-time`.'),
  delayAfterAdd: duration().prefault('10m').describe('`--scale-down-delay-after-add`.'),
  maxDraining: count(1).default(1).describe('Nodes with Pods drained at once: `--max-drain-parallelism`.'),
});

const hpa = section({
  syncPeriod: positiveDuration().prefault('15s').describe('`--horizontal-pod-autoscaler-sync-period`.'),
  tolerance: share()
    .prefault(0.1)
    .describe('`--horizontal-pod-autoscaler-tolerance`: no change while the ratio is so near to 1.'),
  metricsWindow: positiveDuration()
    .prefault('30s')
    .describe('CPU use is measured over this: two scrapes of metrics-server.'),
  metricsDelay: duration()
    .prefault('15s')
    .describe('Age of the newest figure: metrics-server’s `--metric-resolution`.'),
});

/** `443`, or `30000-32767`. */
const portRange = z
  .union([count(1).max(65535), z.string()], { error: expecting('a port, or a range: 443, 30000-32767') })
  .transform((given, ctx): [number, number] => {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(String(given)) ?? [];
    if (typeof given === 'number') return [given, given];
    if (from !== undefined && Number(from) <= Number(to) && Number(to) <= 65535) return [Number(from), Number(to)];
    return refuse(ctx, `"${given}" is no range of ports`, { expected: '443, 30000-32767' });
  });

export const clusterSection = section({
  nodes: section(groupFields)
    .optional()
    .describe(
      'One group of equal nodes, named node-0, node-1 and so on. Default, without `nodeGroups` and Node manifests: 3 nodes.',
    ),
  nodeGroups: z
    .array(group)
    .optional()
    .describe('Several groups, each of equal nodes, from which the autoscaler takes new ones.'),
  network: network.prefault({}).describe('One-way latencies.'),
  dataPlane: dataPlane.prefault({}).describe('kube-proxy.'),
  conntrack: conntrack.prefault({}).describe('What connections take up in kernels.'),
  loadBalancer: loadBalancer.prefault({}).describe('Load balancers of Services of that type.'),
  controllerSync: duration()
    .prefault('20ms')
    .describe('From a change to a workload controller’s sync: its queue and its API round trips, an assumption.'),
  nodeMonitorGracePeriod: duration()
    .prefault('50s')
    .describe('`--node-monitor-grace-period`: a node may be silent so long until it counts as not ready.'),
  featureGates: z
    .record(z.string(), z.boolean())
    .default({})
    .describe('Feature gates that differ from the defaults of Kubernetes 1.35.'),
  watchDelay: duration().prefault('100ms').describe('From a write in the API server to a watcher, on average.'),
  endpointSlices: section({
    batchPeriod: duration()
      .prefault('0s')
      .describe(
        'The controller waits so long to put changes of a Service together; its `--endpointslice-updates-batch-period`.',
      ),
    syncTime: duration()
      .prefault('10ms')
      .describe('From a change to the controller’s write: its queue, computation and API round trip, an assumption.'),
    maxEndpointsPerSlice: count(1).max(1000).default(100).describe('`--max-endpoints-per-slice`.'),
  })
    .prefault({})
    .describe('The EndpointSlice controller.'),
  dns: dnsSection.prefault({}).describe('Cluster DNS.'),
  nodeFirewall: z
    .array(portRange)
    .optional()
    .describe(
      'Ports of nodes that packets from outside get to: `[443, 30000-32767]`; what comes for others is dropped. Default: there is no firewall.',
    ),
  podIPReuse: duration()
    .prefault('5m')
    .describe(
      'A released Pod address may be given out again after this. CNIs differ: 30 s (AWS VPC), or a lap of the node’s range (host-local).',
    ),
  nodeCIDR: cidr().default('192.168.0.0/16').describe('Addresses of nodes that no manifest brings.'),
  podCIDR: cidr().default('10.244.0.0/16').describe('Pod addresses; each node has a /24 of them.'),
  podCIDRv6: z
    .string()
    .default('')
    .describe('IPv6 addresses of Pods, such as fd00:10:244::/48; empty: they have none.'),
  serviceCIDRv6: z.string().default('fd00:10:96::/112').describe('IPv6 cluster IPs.'),
  serviceCIDR: cidr().default('10.96.0.0/12').describe('Cluster IPs; kubeadm’s default.'),
  kubelet: section({
    schedule: duration().prefault('100ms').describe('From a Pod’s creation to its binding, if it fits.'),
    imagePull: duration()
      .prefault('2s')
      .describe('Pulling the image; warm registries take seconds, cold ones a minute.'),
    containerStart: duration().prefault('1s').describe('Sandbox, network and container start.'),
    initContainer: duration().prefault('1s').describe('Each init container runs so long.'),
    jobDuration: duration().prefault('30s').describe('A Job’s Pod works so long.'),
  })
    .prefault({})
    .describe('From a Pod to a running container.'),
  autoscaler: autoscaler.optional().describe('cluster-autoscaler; without this section there is none.'),
  hpa: hpa.prefault({}).describe('The HorizontalPodAutoscaler controller.'),
});

type GivenCluster = Omit<z.output<typeof clusterSection>, 'loadBalancer'> & {
  loadBalancer?: LoadBalancerSettings | undefined;
};

/**
 * The checked section as the simulator wants it.
 * @param nodeManifests how many Nodes the manifests bring; with any, there are no default nodes
 */
export function clusterSettings(given: GivenCluster, nodeManifests: number, ctx: z.RefinementCtx): ClusterSettings {
  const { nodes, nodeGroups, autoscaler: scaler, ...rest } = given;
  if (nodes !== undefined && nodeGroups !== undefined)
    complain(ctx, 'give nodes or nodeGroups, not both', {}, ['cluster', 'nodeGroups']);
  const single =
    nodes ?? (nodeGroups === undefined && nodeManifests === 0 ? section(groupFields).parse({}) : undefined);
  const groups = nodeGroups ?? (single === undefined ? [] : [{ name: 'node', ...single }]);
  const path = (i: number): PropertyKey[] => ['cluster', ...(nodeGroups === undefined ? ['nodes'] : ['nodeGroups', i])];
  const room = 2 ** (24 - Math.min(24, parseCIDR(rest.podCIDR).bits));
  const most = groups.reduce((sum, { count: now, maxCount = now }) => sum + Math.max(now, maxCount), nodeManifests);
  if (most > room) {
    complain(
      ctx,
      `${most} nodes with a /24 each do not fit in podCIDR ${rest.podCIDR}`,
      { expected: `at most ${room} nodes, or a larger podCIDR` },
      path(0),
    );
  }
  const names = new Set<string>();
  return {
    ...rest,
    dataPlane: {
      ...rest.dataPlane,
      minSyncPeriod: rest.dataPlane.minSyncPeriod ?? minSyncPeriodOf(rest.dataPlane.mode),
    },
    loadBalancer: rest.loadBalancer ?? null,
    nodeFirewall: rest.nodeFirewall ?? null,
    autoscaler: scaler ?? null,
    nodeGroups: groups.map(({ cpu: cpuMilli, memory: memoryBytes, ...group }, i): NodeGroup => {
      const { name, count: now, minCount = now, maxCount = now } = group;
      if (names.has(name)) complain(ctx, `the node group "${name}" is here twice`, {}, [...path(i), 'name']);
      names.add(name);
      if (minCount > now) complain(ctx, `minCount ${minCount} is more than count ${now}`, {}, [...path(i), 'minCount']);
      if (maxCount < now) complain(ctx, `maxCount ${maxCount} is less than count ${now}`, {}, [...path(i), 'maxCount']);
      return { ...group, minCount, maxCount, cpuMilli, memoryBytes };
    }),
  };
}

/** @source kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go; eBPF data planes write what they hear of at once */
function minSyncPeriodOf(mode: DataPlaneSettings['mode']): number {
  return mode === 'iptables' || mode === 'nftables' ? 1e9 : 0;
}
