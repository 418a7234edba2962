import type { Node } from '../cluster/api/node.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from '../dataplane/rules/proxy-input.ts';
import type { Network } from '../dataplane/walk/network.ts';
import type { TestWorld } from './world.ts';

/** What a packet that meets the data plane of `node` may come upon: the objects as they are now. */
export function networkOf({ store, settings }: TestWorld, node: Node): Network {
  const namespaces = [...store.list('Namespace')].map(({ metadata }) => [metadata.name, metadata.labels] as const);
  return {
    proxy: {
      services: [...store.list('Service')],
      slices: [...store.list('EndpointSlice')],
      node,
      settings: proxySettings(settings),
    },
    nodes: [...store.list('Node')],
    pods: [...store.list('Pod')],
    policies: [...store.list('NetworkPolicy')],
    namespaces: new Map(namespaces),
  };
}

function proxySettings(settings: TestWorld['settings']): ProxySettings {
  const { dataPlane, podCIDR, podCIDRv6, serviceCIDR, serviceCIDRv6 } = settings;
  const { mode, masqueradeAll, clusterCIDR, nodePortAddresses, localhostNodePorts } = dataPlane;
  const { scheduler, algorithm, loadBalancerMode } = dataPlane;
  return {
    ...DEFAULT_PROXY_SETTINGS,
    mode,
    masqueradeAll,
    clusterCIDR: clusterCIDR === undefined ? `${podCIDR},${podCIDRv6}` : clusterCIDR,
    serviceCIDR: dataPlane.serviceCIDR ?? `${serviceCIDR},${serviceCIDRv6}`,
    nodePortAddresses,
    localhostNodePorts,
    scheduler,
    algorithm,
    loadBalancerMode,
  };
}
