import type { Node } from '../cluster/api/node.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxyInput, type ProxySettings } from '../dataplane/rules/proxy-input.ts';
import type { LiveState, Network, Surroundings } from '../dataplane/walk/network.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import type { TestCluster } from './cluster.ts';
import type { TestWorld } from './world.ts';

/** What a packet that meets the data plane of `node` may come upon: the objects as they are now. */
export function networkOf(store: ObjectStore, node: Node, settings: ProxySettings, around: Surroundings): Network {
  const namespaces = [...store.list('Namespace')].map(({ metadata }) => [metadata.name, metadata.labels] as const);
  return {
    proxy: proxyInputOf(store, node, settings),
    nodes: [...store.list('Node')],
    pods: [...store.list('Pod')],
    policies: [...store.list('NetworkPolicy')],
    namespaces: new Map(namespaces),
    around,
  };
}

/** What the proxy of a node knows. */
export function proxyInputOf(store: ObjectStore, node: Node, settings: ProxySettings): ProxyInput {
  return { services: [...store.list('Service')], slices: [...store.list('EndpointSlice')], node, settings };
}

/** What lies around the nodes, by the settings of their cluster. @param live of a run */
export function surroundingsOf(
  {
    network,
    nodeFirewall,
  }: { network: Pick<ClusterSettings['network'], 'deadAddress'> } & {
    nodeFirewall?: ClusterSettings['nodeFirewall'] | undefined;
  },
  live: LiveState | null,
): Surroundings {
  return { deadAddress: network.deadAddress, nodeFirewall: nodeFirewall ?? null, live };
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

/** What a packet that meets the data plane of `node` may come upon in the world of a Test. */
export function testNetwork({ store, settings }: TestWorld, node: Node): Network {
  return networkOf(store, node, testProxySettings(settings), surroundingsOf(settings, null));
}

/** The proxies of a Test. */
function testProxySettings(settings: TestCluster): ProxySettings {
  const { dataPlane } = settings;
  const { mode, masqueradeAll, clusterCIDR, serviceCIDR, nodePortAddresses, localhostNodePorts } = dataPlane;
  const { scheduler, algorithm, loadBalancerMode, externalClusterIP } = dataPlane;
  return {
    ...proxySettings(settings),
    mode,
    masqueradeAll,
    nodePortAddresses,
    localhostNodePorts,
    scheduler,
    algorithm,
    loadBalancerMode,
    externalClusterIP,
    ...(clusterCIDR !== undefined && { clusterCIDR }),
    ...(serviceCIDR !== undefined && { serviceCIDR }),
  };
}
