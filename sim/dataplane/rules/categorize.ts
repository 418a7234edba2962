import type { Node } from '../../cluster/api/node.ts';
import { byAddress, type ProxiedEndpoint } from './proxied-endpoints.ts';
import { type ProxiedPort, usesClusterEndpoints, usesLocalEndpoints } from './service-port.ts';

export interface Categories {
  /** For traffic policy Cluster. */
  cluster: ProxiedEndpoint[];
  /** For traffic policy Local. */
  local: ProxiedEndpoint[];
  /** Either: the endpoints that the node programs. */
  reachable: ProxiedEndpoint[];
  /** Is there a usable endpoint anywhere? If not, packets are rejected; if it is only elsewhere, dropped. */
  hasAny: boolean;
}

/**
 * Which endpoints of a Service port may be used on this node? Each set takes the ready ones, and those that serve while
 * they terminate only where it has no ready one.
 * @param endpoints sorted by address
 * @source kubernetes pkg/proxy/topology.go CategorizeEndpoints; KEP-1669, KEP-2433, KEP-3015
 */
export function categorize(endpoints: readonly ProxiedEndpoint[], port: ProxiedPort, node: Node): Categories {
  const [isCluster, isLocal] = [usesClusterEndpoints(port), usesLocalEndpoints(port)];
  const isAllowed = isCluster ? topologyOf(endpoints, node) : null;
  let cluster: ProxiedEndpoint[] = [];
  if (isCluster) {
    cluster = endpoints.filter((endpoint) => endpoint.ready && (isAllowed === null || isAllowed(endpoint)));
    // The fallback knows no hints: it takes them from anywhere.
    if (cluster.length === 0) cluster = endpoints.filter(isDraining);
  }
  if (!isLocal) return { cluster, local: [], reachable: cluster, hasAny: cluster.length > 0 };

  const hasAny = cluster.length > 0 || endpoints.some((endpoint) => endpoint.ready || isDraining(endpoint));
  const here = endpoints.filter((endpoint) => endpoint.isLocal);
  const ready = here.filter((endpoint) => endpoint.ready);
  const local = ready.length > 0 ? ready : here.filter(isDraining);
  return { cluster, local, reachable: union(cluster, local), hasAny };
}

function isDraining(endpoint: ProxiedEndpoint): boolean {
  return !endpoint.ready && endpoint.serving && endpoint.terminating;
}

/**
 * Which ready endpoints do the hints leave for this node? Node hints come before zone hints; a kind of hint counts only if
 * every ready endpoint has it and one names this node or its zone.
 * @returns null: hints are not used
 */
function topologyOf(
  endpoints: readonly ProxiedEndpoint[],
  node: Node,
): ((endpoint: ProxiedEndpoint) => boolean) | null {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const zone = node.metadata.labels['topology.kubernetes.io/zone'];
  const forNode = ({ nodeHints }: ProxiedEndpoint) => nodeHints.includes(node.metadata.name);
  const forZone = ({ zoneHints }: ProxiedEndpoint) => zone !== undefined && zoneHints.includes(zone);
  if (ready.every(({ nodeHints }) => nodeHints.length > 0) && ready.some(forNode)) return forNode;
  if (ready.every(({ zoneHints }) => zoneHints.length > 0) && ready.some(forZone)) return forZone;
  return null;
}

function union(a: readonly ProxiedEndpoint[], b: readonly ProxiedEndpoint[]): ProxiedEndpoint[] {
  const byText = new Map([...a, ...b].map((endpoint) => [endpoint.address, endpoint]));
  return [...byText.values()].sort(byAddress);
}
