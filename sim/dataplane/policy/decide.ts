import type { Protocol } from '../../cluster/api/meta.ts';
import type { NetworkPolicy } from '../../cluster/api/networking.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { type NamespaceLabels, type Party, partyName, visiblePod } from './party.ts';
import { isPeer, isPortAllowed } from './peer-match.ts';

export interface PolicyConnection {
  from: Party;
  to: Party;
  /** Of the Pod: policies see a packet after its destination was translated. */
  port: number;
  protocol: Protocol;
}

export interface SideDecision {
  allowed: boolean;
  /** A sentence that names the policies that decided. */
  because: string;
}

export interface PolicyDecision extends SideDecision {
  egress: SideDecision;
  ingress: SideDecision;
}

/**
 * May a connection be made? Both sides must allow it: egress of the source, ingress of the destination. A Pod that no
 * policy of a direction selects is open in it; one that some select may do what any of them allows.
 * @source Kubernetes docs, concepts/services-networking/network-policies; test/e2e/network/netpol
 * @simplifies Pods in their node's network are never selected and look like their node, as in most network plugins; what
 *   a node exchanges with its own Pods is always allowed
 */
export class PolicyJudge {
  readonly #policies: readonly NetworkPolicy[];
  readonly #namespaces: NamespaceLabels;

  constructor(policies: readonly NetworkPolicy[], namespaces: NamespaceLabels) {
    this.#policies = policies;
    this.#namespaces = namespaces;
  }

  /** @param seenFrom who the destination sees, if that is not the sender: a node that masquerades */
  decide(connection: PolicyConnection, seenFrom: Party = connection.from): PolicyDecision {
    const egress = this.#side('Egress', connection.from, connection.to, connection);
    const ingress = this.#side('Ingress', connection.to, seenFrom, connection);
    if (!egress.allowed) return { ...egress, egress, ingress };
    if (!ingress.allowed) return { ...ingress, egress, ingress };
    return { allowed: true, because: `${egress.because}; ${ingress.because}`, egress, ingress };
  }

  #side(direction: Direction, own: Party, peer: Party, { from, to, port, protocol }: PolicyConnection): SideDecision {
    const way = direction.toLowerCase();
    if (from.pod !== undefined && from.pod === to.pod) return open('a Pod always reaches itself');
    if (isOwnNode(own, peer) || isOwnNode(peer, own)) return open('a node and its own Pods always reach each other');
    const selecting = this.#policies.filter((policy) => isSelected(policy, direction, own));
    if (selecting.length === 0) return open(`no policy selects ${partyName(own)} for ${way}`);
    const allowing = selecting.find((policy) =>
      rulesOf(policy, direction).some(
        ({ peers, ports }) =>
          isPeer(peers, peer, policy.metadata.namespace, this.#namespaces) && isPortAllowed(ports, to, port, protocol),
      ),
    );
    if (allowing !== undefined) return open(`policy ${nameOf(allowing)} allows the ${way}`);
    const names = `${selecting.length === 1 ? 'policy' : 'policies'} ${selecting.map(nameOf).join(', ')}`;
    const isolation = `${selecting.length === 1 ? 'isolates' : 'isolate'} ${partyName(own)} for ${way}`;
    const what = `${protocol} ${port} ${direction === 'Egress' ? 'to' : 'from'} ${partyName(peer)}`;
    return { allowed: false, because: `${names} ${isolation} and no rule allows ${what}` };
  }
}

type Direction = 'Egress' | 'Ingress';

function open(because: string): SideDecision {
  return { allowed: true, because };
}

function isOwnNode(node: Party, other: Party): boolean {
  const pod = visiblePod(other);
  return visiblePod(node) === undefined && node.nodeName !== undefined && node.nodeName === pod?.spec.nodeName;
}

function isSelected({ metadata, spec }: NetworkPolicy, direction: Direction, party: Party): boolean {
  const pod = visiblePod(party);
  return (
    pod !== undefined &&
    pod.metadata.namespace === metadata.namespace &&
    spec.policyTypes.includes(direction) &&
    selectorMatches(spec.podSelector, pod.metadata.labels)
  );
}

function rulesOf({ spec }: NetworkPolicy, direction: Direction) {
  return direction === 'Egress'
    ? (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    : (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

function nameOf({ metadata }: NetworkPolicy): string {
  return `${metadata.namespace}/${metadata.name}`;
}
