import { inCIDR } from '../../cluster/ip.ts';
import type { Flow } from '../rules/flow.ts';
import type { ConnectionState, Not, Rule } from './rule.ts';

/** What rules ask about the node. */
export interface Surroundings {
  isLocal(ip: string): boolean;
  /** Is a packet in an ipset? Only IPVS has some. */
  isInSet?(set: NonNullable<Rule['set']>, flow: Flow): boolean;
}

/** The chance that the rule matches, 0 to 1: between them only at a random rule. */
export function matchChance(rule: Rule, flow: Flow, around: Surroundings): number {
  const { packet } = flow;
  const isMatch =
    (rule.protocol === undefined || rule.protocol === packet.protocol.toLowerCase()) &&
    (rule.destinationPort === undefined || rule.destinationPort === flow.port) &&
    holds(rule.destination, (block) => inBlock(flow.to, block)) &&
    holds(rule.source, (block) => inBlock(packet.from, block)) &&
    holds(rule.mark, (mark) => (flow.mark & mark) === mark) &&
    holds(rule.states, (states) => states.some((state) => isInState(flow, state))) &&
    (rule.sourceIsLocal === undefined || isOwn(flow, around) === rule.sourceIsLocal) &&
    (rule.notFromBridge !== true || packet.where !== 'pod') &&
    (rule.destinationIsLocal !== true || around.isLocal(flow.to)) &&
    (rule.set === undefined || around.isInSet?.(rule.set, flow) === true) &&
    (rule.recent?.seconds === undefined || packet.remembered?.has(rule.recent.list) === true);
  if (!isMatch) return 0;
  return rule.oneOf === undefined ? 1 : 1 / rule.oneOf;
}

/** A process of the node sends from an address of the node, were it a load balancer's that was given to it. */
function isOwn({ packet }: Flow, around: Surroundings): boolean {
  return packet.where === 'node' || around.isLocal(packet.from);
}

function holds<T>(test: Not<T> | undefined, isTrue: (value: T) => boolean): boolean {
  return test === undefined || isTrue(test.value) !== (test.not === true);
}

function inBlock(ip: string, block: string): boolean {
  // Most blocks of a rule set are single addresses in their canonical spelling.
  return block.endsWith(ip.includes(':') ? '/128' : '/32')
    ? block.slice(0, block.indexOf('/')) === ip
    : inCIDR(ip, block);
}

/** Only the first packet of a connection is looked at. */
function isInState(flow: Flow, state: ConnectionState): boolean {
  return state === 'NEW' || (state === 'DNAT' && flow.dnat !== null);
}
