import type { Protocol } from '../../cluster/api/meta.ts';
import { joinHostPort } from '../../cluster/ip.ts';
import { type PolicyDecision, PolicyJudge } from '../policy/decide.ts';
import type { Party } from '../policy/party.ts';
import { primaryIP } from '../rules/node-addresses.ts';
import type { Candidate, Decision, Packet } from '../rules/packet.ts';
import { answerOf, deadEnd } from './answer.ts';
import { decidePacket } from './decide-packet.ts';
import { type Network, nobodyAt, partyAt } from './network.ts';
import { packetOf, type Sender, type Target } from './sender.ts';
import { lostBefore, lostUnderway } from './silence.ts';

export type Outcome = 'allowed' | 'denied' | 'refused' | 'unreachable' | 'timeout';

/** One destination that the packet may come to. */
export interface Attempt extends Candidate {
  destination: Party;
  /** The source address that the destination sees. */
  seenFrom: string;
  outcome: Outcome;
  policy: PolicyDecision;
  /** A sentence. */
  because: string;
}

export interface Connection {
  packet: Packet;
  decision: Decision;
  /** No rule ever sees the packet: `decision` is no data plane's. */
  isLost: boolean;
  /** Empty where the data plane rejects or drops. */
  attempts: Attempt[];
  /** `allowed` if any destination takes it, else the first of `denied`, `refused`, `unreachable`, `timeout` that one meets. */
  outcome: Outcome;
  /** `ip:port` of the destinations that take it. */
  backends: string[];
  because: string;
}

const OUTCOMES: readonly Outcome[] = ['allowed', 'denied', 'refused', 'unreachable', 'timeout'];

/** One connection on a quiet host: the data plane, then network policies on the Pod's port, then who answers there. */
export function connect(network: Network, sender: Sender, to: Target, protocol: Protocol): Connection {
  const packet = packetOf(sender, to, protocol);
  const { decision, isLost } = decideAtNode(network, sender, packet);
  if (decision.verdict === 'reject' || decision.verdict === 'drop') {
    const outcome = decision.verdict === 'reject' ? 'refused' : 'timeout';
    return { packet, decision, isLost, attempts: [], outcome, backends: [], because: decision.because };
  }
  const asAddressed: Candidate = {
    ...to,
    address: joinHostPort(to.ip, to.port),
    probability: 1,
    masquerade: false,
    steps: [],
  };
  const targets = decision.verdict === 'dnat' ? decision.candidates : [asAddressed];
  const attempts = targets.map((target) => attempt(network, sender, packet, target));
  const outcome = OUTCOMES.find((each) => attempts.some((one) => one.outcome === each))!;
  const backends = attempts.filter((each) => each.outcome === 'allowed').map(({ address }) => address);
  const { because } = attempts.find((each) => each.outcome === outcome)!;
  return { packet, decision, isLost, attempts, outcome, backends, because };
}

/** What becomes of a packet at the node that it meets first: lost before any rule (`isLost`), or what the data plane does with it. */
export function decideAtNode(
  network: Network,
  sender: Sender,
  packet: Packet,
): Pick<Connection, 'decision' | 'isLost'> {
  const because = lostBefore(network, sender, packet);
  if (because === null) return { decision: decidePacket(network.proxy, packet), isLost: false };
  return { decision: { verdict: 'drop', candidates: [], steps: [], because }, isLost: true };
}

function attempt(network: Network, sender: Sender, packet: Packet, target: Candidate): Attempt {
  const { node } = network.proxy;
  const { ip, port, masquerade } = target;
  const destination = partyAt(network, ip, port, packet.protocol, sender.party);
  const seenFrom = masquerade ? (primaryIP(node, packet.family) ?? packet.from) : packet.from;
  const connection = { from: sender.party, to: destination, port, protocol: packet.protocol };
  const judge = new PolicyJudge(network.policies, network.namespaces);
  // Egress was decided before the source became the node's; ingress sees that.
  const asNode: Party = { ip: seenFrom, nodeName: node.metadata.name };
  const policy = masquerade ? judge.decide(connection, asNode) : judge.decide(connection);
  const common = { ...target, destination, seenFrom, policy };
  if (!policy.allowed) return { ...common, outcome: 'denied', because: policy.because };
  // An endpoint without a Pod may be all that is known of one, unless it is a run that is looked at.
  const isHeld = destination.pod !== undefined || (ip !== packet.to && network.around.live === null);
  const nobody = isHeld ? null : nobodyAt(network, ip);
  if (nobody !== null) return { ...common, ...deadEnd(network.around.deadAddress, nobody) };
  const silence = lostUnderway(network, sender, destination.nodeName);
  if (silence !== null) return { ...common, outcome: 'timeout', because: silence };
  return { ...common, ...answerOf(destination, network, port, packet.protocol) };
}
