import { keyOf } from '../engine/hash.ts';
import type { ClientPolicy, Discovery } from '../input/scenario.ts';

/** Where an edge leads: a port of a Service, as `Edge` says it. */
export interface Target {
  service: string;
  host: string;
  slot: number;
  port: number;
  portIndex: number;
  targetPort: number;
  origin: number;
}

/**
 * One kind of call in the scenario: who (a workload or a traffic source) calls which Service with which policy. All
 * clients of it share the policy and the books.
 */
export class Edge {
  readonly index: number;
  /** `namespace/name` of the calling Deployment, or the name of the traffic source. */
  readonly from: string;
  readonly isUser: boolean;
  /** `namespace/name`, slot and port of the Service; the slot is that of the last that had the name, -1 while none has had. */
  readonly service: string;
  serviceSlot: number;
  /** Whether a Service has the name now. */
  hasService = false;
  /** As the caller spells it: what is looked up. */
  readonly host: string;
  readonly port: number;
  /** The port's place in the Service's spec. */
  portIndex: number;
  /** Where its packets come from, for the data plane. */
  readonly origin: number;
  /** What the Service's Pods listen on, behind that port. */
  targetPort: number;
  readonly share: number;
  readonly policy: ClientPolicy;
  readonly discovery: Partial<Record<Discovery, number>>;
  readonly key: number;
  readonly #discoveries = new Map<number, Discovery>();

  constructor(
    index: number,
    from: { name: string; isUser: boolean },
    to: Target,
    call: { share: number; policy: ClientPolicy; discovery: Partial<Record<Discovery, number>> },
  ) {
    this.index = index;
    this.from = from.name;
    this.isUser = from.isUser;
    this.service = to.service;
    this.serviceSlot = to.slot;
    this.host = to.host;
    this.port = to.port;
    this.portIndex = to.portIndex;
    this.origin = to.origin;
    this.targetPort = to.targetPort;
    this.share = call.share;
    this.policy = call.policy;
    this.discovery = call.discovery;
    this.key = keyOf(`${from.name} > ${to.service}:${to.port}`);
  }

  /** How a Pod's client of this edge finds its target: it is in the Pod's image, so a restart of the container keeps it. */
  discoveryOf(pod: number): Discovery {
    const known = this.#discoveries.get(pod);
    if (known !== undefined) return known;
    const discovery = this.#nextDiscovery();
    this.#discoveries.set(pod, discovery);
    return discovery;
  }

  /**
   * Shares are kept as evenly as can be along the sequence of clients
   * (the golden ratio's multiples spread over [0, 1)), so that 20 clients at 85 % are 17.
   */
  #nextDiscovery(): Discovery {
    const place = ((this.#discoveries.size + 0.5) * 0.6180339887498949) % 1;
    let sum = 0;
    let last: Discovery = 'dns';
    for (const [discovery, share] of Object.entries(this.discovery) as [Discovery, number][]) {
      sum += share;
      last = discovery;
      if (place < sum) return discovery;
    }
    return last;
  }
}
