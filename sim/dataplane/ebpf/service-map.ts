import type { Protocol } from '../../cluster/api/meta.ts';
import type { IPFamily } from '../../cluster/api/service.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';

/** What a frontend is, which decides who may use it and how. */
export type FrontendType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalIPs';

/** An entry of the service map: an address and port, and the backends for whom is inside and outside of the cluster. */
export interface Frontend {
  type: FrontendType;
  /** The Service port that it is for. */
  text: string;
  /** Picked in connect(), so by who runs in the cluster. */
  inside: ProxiedEndpoint[];
  /** Picked by the program at the network device, so by who comes from outside. */
  outside: ProxiedEndpoint[];
  /** Who may come from outside; empty: everybody. */
  sourceRanges: readonly string[];
  /** Seconds that a client stays with its backend; null: no affinity. */
  affinitySeconds: number | null;
  isLocalOnly: boolean;
  /** false: what comes from outside for it is dropped. */
  isRoutable: boolean;
}

/** The maps of one node and family. */
export interface ServiceMaps {
  family: IPFamily;
  /** By `frontendKey`. */
  frontends: Map<string, Frontend>;
  algorithm: 'random' | 'maglev';
  loadBalancerMode: 'snat' | 'dsr';
}

export function frontendKey(ip: string, port: number, protocol: Protocol): string {
  return `${ip}:${port}/${protocol}`;
}
