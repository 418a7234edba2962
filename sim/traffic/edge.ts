import type { Protocol } from '../cluster/api/meta.ts';
import type { IPFamily } from '../cluster/api/service.ts';
import { keyOf } from '../engine/hash.ts';
import type { ClientPolicy } from '../input/client-policy.ts';
import type { Discovery } from '../input/scenario.ts';
import type { HTTPRequest } from '../routing/http-request.ts';
import { RetryConditions } from './clients/retry.ts';
import { SYN_PATIENCE } from './clients/tcp-syn.ts';

/** Where an edge leads: a port of a Service, as `Edge` says it. */
export interface Target {
  service: string;
  host: string;
  slot: number;
  port: number;
  portIndex: number;
  targetPort: number;
  origin: number;
  protocol: Protocol;
  family: IPFamily;
  /** Packets meet the data plane of a node that they are sent to, and not that of the sender's. */
  entersByNode: boolean;
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
  readonly protocol: Protocol;
  readonly family: IPFamily;
  /** Packets meet the data plane of a node that they are sent to, and not that of the sender's. */
  readonly entersByNode: boolean;
  /** What the Service's Pods listen on, behind that port. */
  targetPort: number;
  readonly share: number;
  /** Its failure does not fail the request that makes it. */
  readonly isOptional: boolean;
  readonly policy: ClientPolicy;
  /** The policy's, or the kernel's, if that gives up before, ns. */
  readonly connectTimeout: number;
  readonly retriesOn: RetryConditions;
  /** Whether a call has a time to end, whatever its attempts. */
  readonly isBounded: boolean;
  readonly discovery: Partial<Record<Discovery, number>>;
  /** The HTTP request that a router in front of the Service is asked; null: the Service itself serves. */
  readonly request: HTTPRequest | null;
  readonly key: number;
  readonly #discoveries = new Map<number, Discovery>();

  constructor(
    index: number,
    from: { name: string; isUser: boolean },
    to: Target,
    call: {
      share: number;
      optional?: boolean;
      policy: ClientPolicy;
      discovery: Partial<Record<Discovery, number>>;
      request?: HTTPRequest | null;
    },
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
    this.protocol = to.protocol;
    this.family = to.family;
    this.entersByNode = to.entersByNode;
    this.targetPort = to.targetPort;
    this.share = call.share;
    this.isOptional = call.optional ?? false;
    this.policy = call.policy;
    this.connectTimeout = Math.min(call.policy.connectTimeout, SYN_PATIENCE);
    this.retriesOn = new RetryConditions(call.policy.retries.on);
    this.isBounded =
      call.policy.totalTimeout < Infinity || call.policy.patience !== null || call.policy.inheritsDeadline;
    this.discovery = call.discovery;
    this.request = call.request ?? null;
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
