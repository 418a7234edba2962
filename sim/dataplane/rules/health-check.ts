import { proxiedEndpoints } from './proxied-endpoints.ts';
import type { ProxyInput } from './proxy-input.ts';

export interface HealthCheck {
  /** 200: the load balancer may send; 503: it should not. */
  status: 200 | 503;
  /** Ready ones on this node, each address once. */
  localEndpoints: number;
}

/**
 * What a node answers at the healthCheckNodePort of a Service. Only ready endpoints count: those that drain still take
 * what arrives, but the load balancer is told to go elsewhere.
 * @source kubernetes pkg/proxy/healthcheck/service_health.go; pkg/proxy/endpointschangetracker.go LocalReadyEndpoints
 * @simplifies kube-proxy itself is taken to be healthy
 */
export function healthCheck({ slices, node }: ProxyInput, namespace: string, service: string): HealthCheck {
  const addresses = new Set<string>();
  for (const family of ['IPv4', 'IPv6'] as const) {
    const endpoints = proxiedEndpoints(slices, family, node.metadata.name);
    for (const [key, list] of endpoints) {
      if (!key.startsWith(`${namespace}/${service}:`) && !key.startsWith(`${namespace}/${service}/`)) continue;
      for (const { ip, isLocal, ready } of list) if (isLocal && ready) addresses.add(ip);
    }
  }
  return { status: addresses.size > 0 ? 200 : 503, localEndpoints: addresses.size };
}
