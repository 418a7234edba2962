import { nodeIPs } from '../rules/node-addresses.ts';
import type { PortView, ProxyView } from '../rules/proxy-view.ts';
import { type Frontend, type FrontendType, frontendKey, type ServiceMaps } from './service-map.ts';

/**
 * The maps of a replacement of kube-proxy that balances in the socket layer, as Cilium does.
 * @source cilium Documentation/network/kubernetes/kubeproxy-free.rst
 */
export function compileEbpf(view: ProxyView): ServiceMaps {
  const { family, input } = view;
  const { node, settings } = input;
  const frontends = new Map<string, Frontend>();
  for (const port of view.ports) {
    const { clusterIP, protocol, port: number, nodePort, externalIPs, loadBalancerVIPs } = port.port;
    const add = (ip: string, at: number, type: FrontendType) =>
      frontends.set(frontendKey(ip, at, protocol), frontendOf(port, type, settings.externalClusterIP));
    add(clusterIP, number, 'ClusterIP');
    for (const ip of externalIPs) add(ip, number, 'ExternalIPs');
    for (const ip of loadBalancerVIPs) add(ip, number, 'LoadBalancer');
    const loopback = family === 'IPv4' ? '127.0.0.1' : '::1';
    if (nodePort !== 0) for (const ip of [...nodeIPs(node, family), loopback]) add(ip, nodePort, 'NodePort');
  }
  const { algorithm, loadBalancerMode } = settings;
  return { family, frontends, algorithm, loadBalancerMode };
}

/** externalTrafficPolicy holds for whom comes from outside; inside the cluster all endpoints are reached. */
function frontendOf(view: PortView, type: FrontendType, externalClusterIP: boolean): Frontend {
  const { port } = view;
  const isInternal = type === 'ClusterIP';
  return {
    type,
    text: port.text,
    inside: isInternal ? view.internal : view.cluster,
    outside: isInternal ? view.internal : view.external,
    sourceRanges: type === 'LoadBalancer' ? port.sourceRanges : [],
    affinitySeconds: port.affinitySeconds,
    isLocalOnly: isInternal ? port.internalPolicyLocal : port.externalPolicyLocal,
    isRoutable: !isInternal || externalClusterIP,
  };
}
