import type { Protocol } from '../../cluster/api/meta.ts';
import type { NetworkPolicy } from '../../cluster/api/networking.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { type NamespaceLabels, type Party, partyName, visiblePod } from './party.ts';
import { isPeer, isPortAllowed } from './peer-match.ts';

export interface PolicyDecision {
  allowed: boolean;
  /** The side that denied; null: none did. */
  deniedBy: 'egress' | 'ingress' | null;
  /** A sentence that names the policies that decided. */
  because: string;
}

interface SideDecision {
  allowed: boolean;
  because: string;
}

/**
 * May a connection be made? Both sides must allow it: egress of the source, ingress of the destination. A Pod that no
 * policy of a direction selects is open in it; one that some select may do what any of them allows.
 * @param port of the Pod: policies see a packet after its destination was translated
 * @source Kubernetes docs, concepts/services-networking/network-policies; test/e2e/network/netpol
 * @simplifies Pods in their node's network are never selected and look like their node, as in most network plugins; what
 *   a node exchanges with its own Pods is always allowed
 */
export function decidePolicy(
  policies: readonly NetworkPolicy[],
  namespaces: NamespaceLabels,
  connection: { from: Party; to: Party; port: number; protocol: Protocol },
): PolicyDecision {
  const { from, to } = connection;
  if (from.pod !== undefined && from.pod === to.pod) return open('a Pod always reaches itself');
  if (isOwnNode(from, to) || isOwnNode(to, from)) return open('a node and its own Pods always reach each other');
  const egress = decideSide('Egress', from, to);
  if (!egress.allowed) return { ...egress, deniedBy: 'egress' };
  const ingress = decideSide('Ingress', to, from);
  if (!ingress.allowed) return { ...ingress, deniedBy: 'ingress' };
  return open(`${egress.because}; ${ingress.because}`);

  function decideSide(direction: 'Egress' | 'Ingress', own: Party, peer: Party): SideDecision {
    const way = direction.toLowerCase();
    const selecting = policies.filter((policy) => isSelected(policy, direction, own));
    if (selecting.length === 0) return { allowed: true, because: `no policy selects ${partyName(own)} for ${way}` };
    const allowing = selecting.find((policy) =>
      rulesOf(policy, direction).some(
        ({ peers, ports }) =>
          isPeer(peers, peer, policy.metadata.namespace, namespaces) &&
          isPortAllowed(ports, to, connection.port, connection.protocol),
      ),
    );
    if (allowing !== undefined) return { allowed: true, because: `policy ${nameOf(allowing)} allows the ${way}` };
    const names = selecting.map(nameOf).join(', ');
    const what = `${connection.protocol} ${connection.port} ${direction === 'Egress' ? 'to' : 'from'} ${partyName(peer)}`;
    const because = `${names} ${selecting.length === 1 ? 'isolates' : 'isolate'} ${partyName(own)} for ${way} and no rule allows ${what}`;
    return { allowed: false, because };
  }
}

function open(because: string): PolicyDecision {
  return { allowed: true, deniedBy: null, because };
}

function isOwnNode(node: Party, other: Party): boolean {
  return (
    visiblePod(node) === undefined && node.nodeName !== undefined && node.nodeName === visiblePod(other)?.spec.nodeName
  );
}

function isSelected({ metadata, spec }: NetworkPolicy, direction: 'Egress' | 'Ingress', party: Party): boolean {
  const pod = visiblePod(party);
  return (
    pod !== undefined &&
    pod.metadata.namespace === metadata.namespace &&
    spec.policyTypes.includes(direction) &&
    selectorMatches(spec.podSelector, pod.metadata.labels)
  );
}

function rulesOf({ spec }: NetworkPolicy, direction: 'Egress' | 'Ingress') {
  return direction === 'Egress'
    ? (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    : (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

function nameOf({ metadata }: NetworkPolicy): string {
  return `${metadata.namespace}/${metadata.name}`;
}
