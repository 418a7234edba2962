import type { IPFamily } from '../../cluster/api/service.ts';
import { type Categories, categorize } from './categorize.ts';
import { blocksOf } from './node-addresses.ts';
import { type ProxiedEndpoint, proxiedEndpoints } from './proxied-endpoints.ts';
import type { ProxyInput } from './proxy-input.ts';
import { isExternallyAccessible, type ProxiedPort, proxiedPorts } from './service-port.ts';

/** What becomes of a packet that finds no endpoint: REJECT if there is none anywhere, DROP if only elsewhere. */
export type EmptyVerdict = 'reject' | 'drop';

/** A Service port on this node: who may be reached from where. */
export interface PortView extends Categories {
  port: ProxiedPort;
  /** Of ClusterIP traffic. */
  internal: ProxiedEndpoint[];
  /** null: there are some. */
  internalVerdict: EmptyVerdict | null;
  /** Of what comes from outside to an external address. */
  external: ProxiedEndpoint[];
  externalVerdict: EmptyVerdict | null;
  /** Are there rules for external addresses? Under policy Local even where outsiders find no endpoint: for the node's own. */
  isExposed: boolean;
}

export interface ProxyView {
  input: ProxyInput;
  family: IPFamily;
  ports: PortView[];
  /** Endpoints of all Service ports together: above 1000 a cluster counts as large. */
  endpointCount: number;
  /** The block that tells Pod traffic; null: nothing does. */
  podBlock: string | null;
}

/** The world as the proxier of one family on one node sees it. */
export function proxyView(input: ProxyInput, family: IPFamily): ProxyView {
  const endpoints = proxiedEndpoints(input.slices, family, input.node.metadata.name);
  let endpointCount = 0;
  const ports = proxiedPorts(input.services, family).map((port) => {
    const own = endpoints.get(port.key) ?? [];
    endpointCount += own.length;
    return portView(port, categorize(own, port, input.node));
  });
  const podBlock = blocksOf(input.settings.clusterCIDR, family)[0] ?? null;
  return { input, family, ports, endpointCount, podBlock };
}

/** A Service port on one node, from what `categorize` leaves of its endpoints there. */
export function portView(port: ProxiedPort, categories: Categories): PortView {
  const { cluster, local, hasAny } = categories;
  const internal = port.internalPolicyLocal ? local : cluster;
  const external = port.externalPolicyLocal ? local : cluster;
  const verdictOf = (endpoints: readonly ProxiedEndpoint[]): EmptyVerdict | null => {
    if (!hasAny) return 'reject';
    return endpoints.length === 0 ? 'drop' : null;
  };
  return {
    ...categories,
    port,
    internal,
    internalVerdict: verdictOf(internal),
    external,
    externalVerdict: verdictOf(external),
    isExposed: hasAny && isExternallyAccessible(port),
  };
}
