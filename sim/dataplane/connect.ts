import type { Protocol } from '../cluster/api/meta.ts';
import type { NetworkPolicy } from '../cluster/api/networking.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { inCIDR, joinHostPort } from '../cluster/ip.ts';
import { decidePacket } from './decide-packet.ts';
import { answerAt } from './listening.ts';
import { decidePolicy, type PolicyDecision } from './policy/decide.ts';
import type { NamespaceLabels, Party } from './policy/party.ts';
import { blocksOf, nodeIPs, primaryIP } from './rules/node-addresses.ts';
import type { Candidate, Decision, Packet } from './rules/packet.ts';
import type { ProxyInput } from './rules/proxy-input.ts';
import type { Sender } from './sender.ts';

/** All that decides what becomes of a connection. */
export interface ConnectWorld {
  /** Of the node where the packet meets a data plane. */
  proxy: ProxyInput;
  nodes: readonly Node[];
  pods: readonly Pod[];
  policies: readonly NetworkPolicy[];
  namespaces: NamespaceLabels;
}

export type Outcome = 'allowed' | 'denied' | 'refused' | 'timeout';

/** One destination that the packet may come to. */
export interface Attempt {
  /** `ip:port`. */
  address: string;
  probability: number;
  masquerade: boolean;
  /** Source address that the destination sees. */
  seenFrom: string;
  outcome: Outcome;
  policy: PolicyDecision;
  because: string;
}

export interface Connection {
  /** Of the likeliest kind: `allowed` if any destination takes it. */
  outcome: Outcome;
  /** The destinations that take it. */
  backends: string[];
  decision: Decision;
  attempts: Attempt[];
  because: string;
}

/** One connection on a quiet host: the data plane, then network policies on the Pod's port, then who answers there. */
export function connect(
  world: ConnectWorld,
  sender: Sender,
  to: { ip: string; port: number },
  protocol: Protocol,
): Connection {
  const packet = packetOf(sender, to, protocol);
  const decision = decidePacket(world.proxy, packet);
  const failed = (outcome: Outcome): Connection => ({
    outcome,
    backends: [],
    decision,
    attempts: [],
    because: decision.because,
  });
  if (decision.verdict === 'reject') return failed('refused');
  if (decision.verdict === 'drop') return failed('timeout');
  const untouched: Candidate = {
    ...to,
    address: joinHostPort(to.ip, to.port),
    probability: 1,
    masquerade: false,
    steps: [],
  };
  const targets = decision.verdict === 'accept' ? [untouched] : decision.candidates;
  const attempts = targets.map((target) => attempt(world, sender, packet, target, decision));
  const best = OUTCOMES.find((outcome) => attempts.some((each) => each.outcome === outcome))!;
  const backends = attempts.filter(({ outcome }) => outcome === 'allowed').map(({ address }) => address);
  const because = attempts.find(({ outcome }) => outcome === best)!.because;
  return { outcome: best, backends, decision, attempts, because };
}

const OUTCOMES: readonly Outcome[] = ['allowed', 'denied', 'refused', 'timeout'];

export function packetOf({ party, where }: Sender, to: { ip: string; port: number }, protocol: Protocol): Packet {
  const family = to.ip.includes(':') ? 'IPv6' : 'IPv4';
  return { from: party.ip, where, to: to.ip, port: to.port, protocol, family };
}

function attempt(world: ConnectWorld, sender: Sender, packet: Packet, target: Candidate, decision: Decision): Attempt {
  const { address, probability, masquerade, ip, port } = target;
  const { node } = world.proxy;
  const seenFrom = masquerade ? (primaryIP(node, packet.family) ?? packet.from) : packet.from;
  const destination = partyAt(world, ip, port, packet.protocol, sender.party);
  const connection = { to: destination, port, protocol: packet.protocol };
  let policy = decidePolicy(world.policies, world.namespaces, { ...connection, from: sender.party });
  if (policy.allowed && masquerade && destination.pod !== sender.party.pod) {
    // Egress was decided before the source became the node's; ingress sees that.
    const asNode: Party = { ip: seenFrom, nodeName: node.metadata.name };
    policy = decidePolicy(world.policies, world.namespaces, { ...connection, from: asNode });
  }
  const common = { address, probability, masquerade, seenFrom, policy };
  if (!policy.allowed) return { ...common, outcome: 'denied', because: policy.because };
  if (decision.verdict === 'accept' && destination.pod === undefined) {
    const nobody = nobodyAt(world, ip);
    if (nobody !== null) return { ...common, outcome: 'timeout', because: nobody };
  }
  const answer = answerAt(destination, world, port, packet.protocol);
  return { ...common, outcome: answer.outcome, because: answer.because };
}

/** Who has an address: a Pod, a node (its own Pods by the port that they declare), or somebody unknown. */
function partyAt(world: ConnectWorld, ip: string, port: number, protocol: Protocol, sender: Party): Party {
  const isLoopback = ip === '::1' || ip.startsWith('127.');
  if (isLoopback && sender.pod !== undefined && sender.pod.spec.hostNetwork !== true) return sender;
  const node = isLoopback
    ? world.proxy.node
    : world.nodes.find((each) => nodeIPs(each, ip.includes(':') ? 'IPv6' : 'IPv4').includes(ip));
  const isOnNode = (pod: Pod) => pod.spec.hostNetwork === true && pod.spec.nodeName === node?.metadata.name;
  const holders = world.pods.filter((pod) => (node === undefined ? holds(pod, ip) : isOnNode(pod)));
  const listening = holders.find((pod) =>
    pod.spec.containers.some(({ ports }) =>
      ports?.some((own) => own.containerPort === port && own.protocol === protocol),
    ),
  );
  const pod = listening ?? (node === undefined ? holders[0] : undefined);
  const nodeName = node?.metadata.name ?? pod?.spec.nodeName;
  return pod === undefined ? { ip, nodeName } : { ip, pod, nodeName };
}

function holds({ status, spec }: Pod, ip: string): boolean {
  if (spec.hostNetwork === true || status.phase === 'Succeeded' || status.phase === 'Failed') return false;
  return status.podIP === ip || status.podIPs?.some((each) => each.ip === ip) === true;
}

/** @returns why nobody can have the address; null: somebody may, outside of what is known */
function nobodyAt({ proxy, nodes }: ConnectWorld, ip: string): string | null {
  const family = ip.includes(':') ? 'IPv6' : 'IPv4';
  if (nodes.some((node) => nodeIPs(node, family).includes(ip)) || ip.startsWith('127.') || ip === '::1') return null;
  const isVirtual = proxy.services.some(({ spec }) => (spec.clusterIPs ?? [spec.clusterIP]).includes(ip));
  if (isVirtual) return `${ip} is a ClusterIP, and no Service rule has this port: it is routed away and nobody answers`;
  const isIn = (blocks: readonly string[]) => blocks.some((block) => inCIDR(ip, block));
  if (isIn(blocksOf(proxy.settings.serviceCIDR, family))) return `no Service has the address ${ip}`;
  if (isIn(blocksOf(proxy.settings.clusterCIDR, family))) return `no Pod has the address ${ip}`;
  return null;
}
