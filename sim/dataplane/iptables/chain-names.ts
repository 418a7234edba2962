import { chainHash } from '../rules/chain-hash.ts';
import type { ProxiedPort } from '../rules/service-port.ts';

export interface PortChains {
  /** Endpoints under traffic policy Cluster. */
  cluster: string;
  /** Endpoints under traffic policy Local. */
  local: string;
  /** What comes to an external address. */
  external: string;
  /** The source ranges of a load balancer. */
  firewall: string;
}

/** @source kubernetes pkg/proxy/iptables/proxier.go servicePortPolicyClusterChain and its neighbours */
export function portChains(port: Pick<ProxiedPort, 'text' | 'protocol'>): PortChains {
  const hash = chainHash(port.text + port.protocol.toLowerCase(), 16);
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** @param address `ip:port` @source kubernetes pkg/proxy/iptables/proxier.go servicePortEndpointChainName */
export function endpointChain(port: Pick<ProxiedPort, 'text' | 'protocol'>, address: string): string {
  return `KUBE-SEP-${chainHash(port.text + port.protocol.toLowerCase() + address, 16)}`;
}
