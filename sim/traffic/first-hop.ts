import { type DataPlane, placeDrawn } from '../dataplane/data-plane.ts';
import type { NodeProxies } from '../dataplane/node-proxies.ts';
import { mix } from '../engine/hash.ts';
import { type CallStore, OF_MEMBER } from './call-store.ts';
import { type Client, FIRST_DEAD } from './client.ts';
import type { EntryNodes } from './entry-nodes.ts';
import type { PolicyGate } from './policy-gate.ts';
import { NO_PORT, type TrackedFlows } from './tracked-flows.ts';

/** Purposes of draws. */
const PICK = 0x10;
const MEMBER = 0x11;

/** What `admit` says. */
export const ADMITTED = 0;
export const SILENCED = 1;
export const WITHOUT_PORT = 2;

/**
 * What becomes of a SYN where it sets out, or where it enters the cluster: the data plane's pick, network policies, and the room
 * that a connection takes up.
 */
export class FirstHop {
  readonly #store: CallStore;
  readonly #dataPlane: DataPlane;
  readonly #proxies: NodeProxies;
  readonly #entryNodes: EntryNodes;
  readonly #gate: PolicyGate;
  readonly #flows: TrackedFlows;

  constructor(
    world: { dataPlane: DataPlane; entryNodes: EntryNodes; gate: PolicyGate; flows: TrackedFlows },
    store: CallStore,
  ) {
    this.#store = store;
    this.#dataPlane = world.dataPlane;
    this.#proxies = world.dataPlane.proxies;
    this.#entryNodes = world.entryNodes;
    this.#gate = world.gate;
    this.#flows = world.flows;
  }

  /** The client sends to its Service's virtual address. @returns as `DataPlane.pick` */
  pick(call: number, client: Client): number {
    const hash = this.#hash(call);
    const { node, edge } = client;
    if (node < 0 || edge.entersByNode) return this.#ask(call, client, this.#entryNodes.pick(edge, hash), hash);
    const cursor = this.#proxies.cursor(node);
    if (cursor !== client.cursor) this.#learn(client, cursor);
    const from = client.drawnFrom;
    return from === null ? this.#ask(call, client, node, hash) : from[placeDrawn(hash, from.length)]!;
  }

  /** Has the node, as it is programmed now, the address among those that it sends the client's packets to? */
  leadsTo(client: Client, address: number): boolean {
    const { serviceSlot, portIndex, edge } = client;
    if (serviceSlot <= FIRST_DEAD) return true;
    return this.#dataPlane.leadsTo(client.node, serviceSlot, portIndex, edge.origin, address);
  }

  /** Rules that the SYN was held against, as `DataPlane.rulesLooked`. */
  rulesLooked(client: Client): number {
    return client.usesVirtualAddress ? this.#dataPlane.rulesLooked : 0;
  }

  /** Workloads (`namespace/name`) whose certificates have expired. */
  readonly expired = new Set<string>();

  /** Is there anything that `admit` would ask? */
  get isGuarded(): boolean {
    return this.#flows.isOn || !this.#gate.isOpen || this.expired.size > 0;
  }

  /** May the SYN go on to its address? @param pod -1: nobody has it @param last node of the Pod; -1 */
  admit(call: number, client: Client, pod: number, last: number): number {
    const store = this.#store;
    const address = store.address(call);
    const hash = this.#hash(call);
    const isEntry = client.node < 0 || (client.edge.entersByNode && client.usesVirtualAddress);
    const first = isEntry ? this.#entryNodes.pick(client.edge, hash) : client.node;
    if (pod >= 0 && !this.#gate.isOpen && !this.#gate.allows(client, pod, first, address)) return SILENCED;
    if (!this.#flows.isOn || store.tracked(call) >= 0) return ADMITTED;
    const flow = this.#flows.open(client, first, last, address);
    if (flow < 0) return flow === NO_PORT ? WITHOUT_PORT : SILENCED;
    store.setTracked(call, flow);
    return ADMITTED;
  }

  #ask(call: number, client: Client, node: number, hash: number): number {
    const { serviceSlot, portIndex, edge } = client;
    if (serviceSlot <= FIRST_DEAD) return FIRST_DEAD - serviceSlot;
    // A user who tries again is the same user, and one of a closed loop always.
    const isMember = this.#store.job(call) === OF_MEMBER;
    const user = isMember ? mix(this.#store.jobGeneration(call), MEMBER) : this.#store.id(call);
    const source = client.source + (user & client.sourceMask);
    return this.#dataPlane.pick(node, serviceSlot, portIndex, edge.origin, source, hash);
  }

  /** The client's node has programmed something since, or the client knows another Service. */
  #learn(client: Client, cursor: number): void {
    const { node, serviceSlot, portIndex, edge } = client;
    client.cursor = cursor;
    client.drawnFrom = serviceSlot < 0 ? null : this.#dataPlane.drawnFrom(node, serviceSlot, portIndex, edge.origin);
  }

  /** 32 bits that belong to the connection. */
  #hash(call: number): number {
    return mix(mix(this.#store.id(call), this.#store.attempt(call)), PICK);
  }
}
