import type { Protocol } from '../../cluster/api/meta.ts';
import { partyName } from '../policy/party.ts';
import type { Step } from '../rules/packet.ts';
import type { ProxyMode } from '../rules/proxy-input.ts';
import { type Attempt, type Connection, connect, type Outcome } from './connect.ts';
import type { Network } from './network.ts';
import type { Sender, Target } from './sender.ts';

/** How a name became the address: from whoever knows DNS. */
export interface Resolution {
  name: string;
  /** Each question and its answer. */
  steps: readonly string[];
}

export interface WalkRequest {
  sender: Sender;
  to: Target;
  protocol: Protocol;
  /** Absent: it was an address from the start. */
  resolution?: Resolution;
  /** Which of the candidates, at least 0, below 1: a draw. */
  pick: number;
}

export type StageKind =
  | 'resolution'
  | 'route'
  | 'rules'
  | 'candidates'
  | 'pick'
  | 'translation'
  | 'masquerade'
  | 'egress'
  | 'ingress'
  | 'arrival';

export interface Stage {
  kind: StageKind;
  text: string;
  details: string[];
  /** false: the packet ends here. */
  ok: boolean;
}

/** What happens in one place: the sender, a node. */
export interface WalkGroup {
  place: string;
  stages: Stage[];
}

/** The way of one packet. */
export interface PacketWalk {
  from: string;
  to: string;
  protocol: Protocol;
  mode: ProxyMode;
  groups: WalkGroup[];
  candidates: { address: string; name: string; probability: number; masquerade: boolean; outcome: Outcome }[];
  /** The candidate that was picked; null: there was nothing to pick. */
  pick: string | null;
  outcome: Outcome;
  /** The stage at which it failed; null: it arrived. */
  failedAt: StageKind | null;
  /** What became of it and why. */
  sentence: string;
}

/** Follows one packet from its sender to its end. */
export function walkPacket(network: Network, request: WalkRequest): PacketWalk {
  const { sender, to, protocol, resolution } = request;
  const connection = connect(network, sender, to, protocol);
  const { decision, attempts } = connection;
  const { node, settings } = network.proxy;
  const chosen = drawn(attempts, ({ probability }) => probability, request.pick);
  const name = nameOf(network, to.ip);
  const home: Stage[] = [];
  if (resolution !== undefined) {
    home.push(stage('resolution', `${resolution.name} is ${to.ip}`, [...resolution.steps]));
  }
  const groups: WalkGroup[] = [{ place: partyName(sender.party), stages: home }];
  const here: Stage[] = [];
  groups.push({ place: `node ${node.metadata.name}`, stages: here });
  here.push(stage('route', routeText(sender, node.metadata.name, `${name}:${to.port}`)));
  here.push(rulesStage(connection));
  if (chosen !== undefined) {
    if (decision.verdict === 'dnat') here.push(...pickStages(network, attempts, chosen));
    here.push(policyStage('egress', chosen));
    if (chosen.policy.egress.allowed) {
      const end = destinationGroup(network, chosen, protocol);
      if (end.place === groups.at(-1)!.place) here.push(...end.stages);
      else groups.push(end);
    }
  }
  const outcome = chosen?.outcome ?? connection.outcome;
  const failed = groups.flatMap(({ stages }) => stages).find(({ ok }) => !ok);
  return {
    from: `${partyName(sender.party)} (${sender.party.ip})`,
    to: `${name}:${to.port}`,
    protocol,
    mode: settings.mode,
    groups: groups.filter(({ stages }) => stages.length > 0),
    candidates: decision.verdict === 'dnat' ? attempts.map((each) => candidateOf(network, each)) : [],
    pick: decision.verdict === 'dnat' ? (chosen?.address ?? null) : null,
    outcome,
    failedAt: failed?.kind ?? null,
    sentence: sentenceOf(outcome, connection, chosen),
  };
}

/** Pods, nodes and Services by name, with the address behind it. */
export function nameOf({ proxy, nodes, pods }: Network, ip: string): string {
  const pod = pods.find(({ spec, status }) => spec.hostNetwork !== true && status.podIPs?.some((own) => own.ip === ip));
  if (pod !== undefined) return `${partyName({ pod, ip })} (${ip})`;
  const node = nodes.find(({ status }) => status.addresses.some(({ address }) => address === ip));
  if (node !== undefined) return `node ${node.metadata.name} (${ip})`;
  const service = proxy.services.find(({ spec, status }) =>
    [...(spec.clusterIPs ?? [spec.clusterIP]), ...(spec.externalIPs ?? [])]
      .concat((status.loadBalancer.ingress ?? []).map((ingress) => ingress.ip))
      .includes(ip),
  );
  return service === undefined ? ip : `Service ${service.metadata.namespace}/${service.metadata.name} (${ip})`;
}

function stage(kind: StageKind, text: string, details: string[] = [], ok = true): Stage {
  return { kind, text, details, ok };
}

/** @param draw 0 to 1 @returns the item whose share of the whole it falls into; undefined: there is none */
export function drawn<T>(items: readonly T[], shareOf: (item: T) => number, draw: number): T | undefined {
  let left = draw;
  for (const each of items) {
    left -= shareOf(each);
    if (left < 0) return each;
  }
  return items.at(-1);
}

function routeText({ where }: Sender, node: string, to: string): string {
  if (where === 'pod') return `the Pod's default route leads to node ${node}, which looks at packets for ${to}`;
  if (where === 'node') return `a process of node ${node} itself sends to ${to}`;
  return `the packet for ${to} arrives at node ${node} from outside`;
}

function rulesStage({ decision, isLost }: Connection): Stage {
  const { verdict, because, steps } = decision;
  if (isLost) return stage('rules', `no rule sees it: ${because}`, [], false);
  const text = {
    dnat: `taken by: ${because}`,
    accept: `no Service rule takes it: it goes where it is addressed`,
    reject: `rejected by: ${because}`,
    drop: `dropped by: ${because}`,
  }[verdict];
  return stage('rules', text, steps.map(stepText), verdict === 'dnat' || verdict === 'accept');
}

/** Where, and what matched. */
export function stepText({ hook, chain, matched, looked }: Step): string {
  // The kernel's own chains have the names of their hooks.
  const place = hook.endsWith(` ${chain}`) ? hook : `${hook} ${chain}`;
  if (matched !== null) return `${place}: ${matched}`;
  return `${place}: ${looked === 1 ? 'no match' : `none of ${looked} rules matches`}`;
}

function pickStages(network: Network, attempts: readonly Attempt[], chosen: Attempt): Stage[] {
  const { node } = network.proxy;
  const listed = attempts.map(({ ip, address, probability, outcome }) => {
    const end = outcome === 'allowed' ? '' : `, ${outcome}`;
    return `${nameOf(network, ip)} ${address}: ${percent(probability)}${end}`;
  });
  const source = chosen.masquerade
    ? `the source becomes ${chosen.seenFrom}, an address of node ${node.metadata.name}`
    : `the source stays ${chosen.seenFrom}`;
  return [
    stage('candidates', `${attempts.length} ${attempts.length === 1 ? 'candidate' : 'candidates'}`, listed),
    stage('pick', `${nameOf(network, chosen.ip)} is picked`, chosen.steps.map(stepText)),
    stage('translation', `the destination becomes ${chosen.address}`),
    stage('masquerade', source),
  ];
}

function policyStage(kind: 'egress' | 'ingress', { policy }: Attempt): Stage {
  const { allowed, because } = policy[kind];
  return stage(kind, `${kind} ${allowed ? 'allowed' : 'denied'}: ${because}`, [], allowed);
}

function destinationGroup(network: Network, chosen: Attempt, protocol: Protocol): WalkGroup {
  const { destination, outcome, because } = chosen;
  const isHere = destination.nodeName === network.proxy.node.metadata.name;
  const place = destination.nodeName === undefined ? 'the network' : `node ${destination.nodeName}`;
  const stages = [stage('route', `${partyName(destination)} ${isHere ? 'is on the same node' : `is at ${place}`}`)];
  stages.push(policyStage('ingress', chosen));
  if (chosen.policy.ingress.allowed) {
    stages.push(stage('arrival', `${protocol} ${chosen.port}: ${because}`, [], outcome === 'allowed'));
  }
  return { place, stages };
}

function candidateOf(network: Network, { ip, address, probability, masquerade, outcome }: Attempt) {
  return { address, name: nameOf(network, ip), probability, masquerade, outcome };
}

function sentenceOf(outcome: Outcome, { because }: Connection, chosen: Attempt | undefined): string {
  const reason = chosen?.because ?? because;
  switch (outcome) {
    case 'allowed':
      return `The packet arrives: ${reason}.`;
    case 'denied':
      return `The packet is dropped by a network policy, and the client waits until it gives up: ${reason}.`;
    case 'refused':
      return `The connection is refused at once: ${reason}.`;
    case 'unreachable':
      return `The client is told that the address cannot be reached: ${reason}.`;
    case 'timeout':
      return `Nobody answers, and the client waits until it gives up: ${reason}.`;
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}
