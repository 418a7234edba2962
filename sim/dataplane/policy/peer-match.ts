import type { Protocol } from '../../cluster/api/meta.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../cluster/api/networking.ts';
import type { ContainerPort, Pod } from '../../cluster/api/pod.ts';
import { inCIDR } from '../../cluster/ip.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { labelsOfNamespace, type NamespaceLabels, type Party, visiblePod } from './party.ts';

/**
 * Is the party one of the peers? None given: everybody is.
 * @param namespace of the policy: where a Pod selector looks that comes without a namespace selector
 * @source Kubernetes API, NetworkPolicyPeer: the two selectors of one entry must both match; entries are alternatives
 */
export function isPeer(
  peers: readonly NetworkPolicyPeer[] | undefined,
  party: Party,
  namespace: string,
  namespaces: NamespaceLabels,
): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, podSelector, namespaceSelector }) => {
    if (ipBlock !== undefined) {
      const { cidr, except = [] } = ipBlock;
      return inCIDR(party.ip, cidr) && !except.some((block) => inCIDR(party.ip, block));
    }
    const pod = visiblePod(party);
    if (pod === undefined) return false;
    const isInNamespace =
      namespaceSelector === undefined
        ? pod.metadata.namespace === namespace
        : selectorMatches(namespaceSelector, labelsOfNamespace(namespaces, pod.metadata.namespace));
    return isInNamespace && (podSelector === undefined || selectorMatches(podSelector, pod.metadata.labels));
  });
}

/**
 * Does a rule's list of ports hold this one? None given: every port of every protocol. A name means the container port
 * of that name and protocol in the destination's Pod, so it may be another number in another Pod.
 */
export function isPortAllowed(
  ports: readonly NetworkPolicyPort[] | undefined,
  destination: Party,
  port: number,
  protocol: Protocol,
): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((allowed) => {
    if (allowed.protocol !== protocol) return false;
    if (allowed.port === undefined) return true;
    if (typeof allowed.port === 'number') return port >= allowed.port && port <= (allowed.endPort ?? allowed.port);
    const pod = visiblePod(destination);
    return (
      pod !== undefined &&
      declaredPorts(pod).some(
        (own) => own.name === allowed.port && own.protocol === protocol && own.containerPort === port,
      )
    );
  });
}

/** The ports that containers and sidecars of a Pod declare. */
export function declaredPorts({ spec }: Pod): ContainerPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].flatMap(({ ports }) => ports ?? []);
}
