import type { Node } from '../cluster/api/node.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from '../dataplane/rules/proxy-input.ts';
import type { Network } from '../dataplane/walk/network.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import type { TestCluster } from './cluster.ts';

/** What a packet that meets the data plane of `node` may come upon: the objects as they are now. */
export function networkOf(store: ObjectStore, node: Node, settings: ProxySettings): Network {
  const namespaces = [...store.list('Namespace')].map(({ metadata }) => [metadata.name, metadata.labels] as const);
  return {
    proxy: { services: [...store.list('Service')], slices: [...store.list('EndpointSlice')], node, settings },
    nodes: [...store.list('Node')],
    pods: [...store.list('Pod')],
    policies: [...store.list('NetworkPolicy')],
    namespaces: new Map(namespaces),
  };
}

type Blocks = Pick<ClusterSettings, 'podCIDR' | 'podCIDRv6' | 'serviceCIDR' | 'serviceCIDRv6'>;

/** A proxy that knows the cluster's blocks of both families. */
export function proxySettings({ podCIDR, podCIDRv6, serviceCIDR, serviceCIDRv6 }: Blocks): ProxySettings {
  return {
    ...DEFAULT_PROXY_SETTINGS,
    clusterCIDR: `${podCIDR},${podCIDRv6}`,
    serviceCIDR: `${serviceCIDR},${serviceCIDRv6}`,
  };
}

/** The proxies of a Test. */
export function testProxySettings(settings: TestCluster): ProxySettings {
  const { dataPlane } = settings;
  const { mode, masqueradeAll, clusterCIDR, serviceCIDR, nodePortAddresses, localhostNodePorts } = dataPlane;
  const { scheduler, algorithm, loadBalancerMode } = dataPlane;
  return {
    ...proxySettings(settings),
    mode,
    masqueradeAll,
    nodePortAddresses,
    localhostNodePorts,
    scheduler,
    algorithm,
    loadBalancerMode,
    ...(clusterCIDR !== undefined && { clusterCIDR }),
    ...(serviceCIDR !== undefined && { serviceCIDR }),
  };
}
