import type { Packet, Step, Verdict } from './packet.ts';

/** A packet on its way, or the share of such packets that took the same turns where rules draw. */
export interface Flow {
  packet: Packet;
  /** Where it goes now: changed by DNAT. */
  to: string;
  port: number;
  mark: number;
  isMasqueraded: boolean;
  probability: number;
  /** `ip:port` that DNAT gave it; null: none did. */
  dnat: string | null;
  /** How many steps came before its endpoint was chosen; null: none was. */
  pickedAt: number | null;
  steps: Step[];
}

/** Where a flow ended. */
export interface Arrival {
  flow: Flow;
  /** `accept`: it went through. */
  verdict: Exclude<Verdict, 'dnat'>;
  /** The rule that ended it early; null: none did. */
  by: string | null;
}

export function startFlow(packet: Packet): Flow {
  const { to, port } = packet;
  return {
    packet,
    to,
    port,
    mark: 0,
    isMasqueraded: false,
    probability: 1,
    dnat: null,
    pickedAt: null,
    steps: [],
  };
}

/** @param address `ip:port`, brackets around an IPv6 address */
export function translate(flow: Flow, address: string): Flow {
  const colon = address.lastIndexOf(':');
  const to = address.slice(0, colon).replace(/[[\]]/g, '');
  return { ...flow, to, port: Number(address.slice(colon + 1)), dnat: address };
}

/** The same flow with a share of its probability, a step further, and steps of its own. */
export function turn(flow: Flow, chance: number, step: Step, isPick: boolean): Flow {
  return {
    ...flow,
    probability: flow.probability * chance,
    pickedAt: isPick ? (flow.pickedAt ?? flow.steps.length) : flow.pickedAt,
    steps: [...flow.steps, step],
  };
}
