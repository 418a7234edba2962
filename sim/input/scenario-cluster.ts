import { z } from 'zod';
import { parseCIDR } from '../cluster/address.ts';
import type { ClusterSettings, NodeGroup } from './scenario.ts';
import { dnsSection } from './scenario-dns.ts';
import { bytes, complain, count, cpu, duration, positiveDuration, section, share } from './scenario-fields.ts';

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
});

const dataPlane = section({
  mode: z.literal('iptables').default('iptables').describe('How Services are programmed on a node.'),
  minSyncPeriod: duration()
    .prefault('1s')
    .describe('kube-proxy’s `minSyncPeriod`: two syncs are at least so far apart.'),
  syncTime: duration()
    .prefault('20ms')
    .describe('One sync of a node’s rules: the constant part, an assumption about `iptables-restore` on an idle node.'),
  syncTimePerService: duration().prefault('20us').describe('One sync: the part for each Service of the cluster.'),
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
  podIPReuse: duration()
    .prefault('5m')
    .describe(
      'A released Pod address may be given out again after this. CNIs differ: 30 s (AWS VPC), or a lap of the node’s range (host-local).',
    ),
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

/**
 * The checked section as the simulator wants it.
 * @param nodeManifests how many Nodes the manifests bring; with any, there are no default nodes
 */
export function clusterSettings(
  given: z.output<typeof clusterSection>,
  nodeManifests: number,
  ctx: z.RefinementCtx,
): ClusterSettings {
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

function cidr() {
  return z.string().superRefine((text, ctx) => {
    try {
      parseCIDR(text);
    } catch (error) {
      complain(ctx, (error as Error).message);
    }
  });
}
