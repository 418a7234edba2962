import { type Endpoint, type EndpointSlice, SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import type { IPFamily } from '../../cluster/api/service.ts';
import { canonicalIP, familyOf, joinHostPort } from '../../cluster/ip.ts';
import { isWatched, portKey } from './service-port.ts';

/** An endpoint of one Service port as a proxier sees it. */
export interface ProxiedEndpoint {
  ip: string;
  port: number;
  /** `ip:port`, brackets around an IPv6 address. */
  address: string;
  ready: boolean;
  serving: boolean;
  terminating: boolean;
  /** On the proxier's own node. An endpoint that names no node is on none. */
  isLocal: boolean;
  nodeName: string | undefined;
  zoneHints: readonly string[];
  nodeHints: readonly string[];
}

/**
 * The endpoints of every Service port by its key, each list sorted by the text `ip:port`: that order decides which draw
 * means which backend.
 * @source kubernetes pkg/proxy/endpointslicecache.go: the slices of a Service are merged, of two equal `ip:port` a
 *   local one wins; only the first address of an endpoint counts
 */
export function proxiedEndpoints(
  slices: readonly EndpointSlice[],
  family: IPFamily,
  nodeName: string,
): Map<string, ProxiedEndpoint[]> {
  const found = new Map<string, Map<string, ProxiedEndpoint>>();
  for (const slice of slices) {
    const { namespace, labels } = slice.metadata;
    const service = labels[SERVICE_NAME_LABEL];
    if (service === undefined || slice.addressType !== family || !isWatched(labels)) continue;
    for (const { name, protocol, port } of slice.ports) {
      if (port === undefined || port === 0) continue;
      const key = portKey(namespace, service, name ?? '', protocol);
      const endpoints = found.get(key) ?? new Map<string, ProxiedEndpoint>();
      found.set(key, endpoints);
      for (const endpoint of slice.endpoints) {
        const ip = endpoint.addresses[0];
        if (ip === undefined || familyOf(ip) !== family) continue;
        const proxied = proxiedEndpoint(endpoint, canonicalIP(ip), port, nodeName);
        if (proxied.isLocal || !endpoints.has(proxied.address)) endpoints.set(proxied.address, proxied);
      }
    }
  }
  return new Map([...found].map(([key, endpoints]) => [key, [...endpoints.values()].sort(byAddress)]));
}

export function byAddress(a: ProxiedEndpoint, b: ProxiedEndpoint): number {
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

function proxiedEndpoint(endpoint: Endpoint, ip: string, port: number, nodeName: string): ProxiedEndpoint {
  const { conditions, hints } = endpoint;
  return {
    ip,
    port,
    address: joinHostPort(ip, port),
    ready: conditions.ready ?? true,
    serving: conditions.serving ?? true,
    terminating: conditions.terminating ?? false,
    isLocal: endpoint.nodeName === nodeName,
    nodeName: endpoint.nodeName,
    zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
  };
}
