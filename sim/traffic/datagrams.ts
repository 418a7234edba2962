import type { AddressBook } from '../dataplane/address-book.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import { NO_ADDRESS, REJECTED } from '../dataplane/port-routes.ts';
import { mix } from '../engine/hash.ts';
import { grown } from '../engine/slots.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { DNS_FAILURE, REFUSED, UNREACHABLE } from '../trace/outcomes.ts';
import { type CallStore, SENT } from './call-store.ts';
import type { Client } from './client.ts';
import { ADMITTED, type FirstHop } from './first-hop.ts';
import type { Connecting, Handshakes } from './handshakes.ts';
import type { Ledger } from './ledger.ts';
import type { Links } from './links.ts';
import type { Network } from './network.ts';
import type { RightBackend } from './right-backend.ts';
import type { Servers } from './servers.ts';

/** An entry that has seen an answer lives so long after its last datagram, one that has not so long, ns. @source linux nf_conntrack_udp_timeout_stream, nf_conntrack_udp_timeout */
const STREAM_TIMEOUT = 120e9;
const UNREPLIED_TIMEOUT = 30e9;
/** Purpose of a draw: whether it is lost. */
const DATAGRAM = 0x44;
/** @source linux net/netfilter/ipvs: IP_VS_S_UDP */
const IPVS_TIMEOUT = 300e9;

/**
 * Requests by UDP: a datagram, and one that answers. Each client has one socket, so that all of its datagrams are one flow to
 * its node: connection tracking sends them where the first one went, as long as they come often enough. kube-proxy deletes such
 * entries when an endpoint has gone; where nobody does, a busy client sends into nothing for ever.
 * @source kubernetes pkg/proxy/conntrack/cleanup.go; of ip_vs net.ipv4.vs.expire_nodest_conn = 1, which kube-proxy sets; eBPF: a
 *   connected socket keeps its backend until the agent closes it
 * @simplifies each request is one datagram, and nobody sends one again that is lost, but by a retry of the client's policy; users outside have a socket each and are never remembered; an error that comes for one
 *   datagram ends that request alone
 */
export class Datagrams {
  readonly #clock: Float64Array;
  readonly #due: Float64Array;
  readonly #store: CallStore;
  readonly #caller: Connecting;
  readonly #handshakes: Handshakes;
  readonly #hop: FirstHop;
  readonly #addresses: AddressBook;
  readonly #network: Network;
  readonly #links: Links;
  readonly #servers: Servers;
  readonly #ledger: Ledger;
  readonly #rightBackend: RightBackend;
  readonly #dead: ClusterSettings['network']['deadAddress'];
  readonly #mode: ClusterSettings['dataPlane']['mode'];
  readonly #isCleaned: boolean;
  /** By client: where its flow goes (-1: there is none), when it last sent, and whether it was answered. */
  #to = new Int32Array(16).fill(-1);
  #sentAt = new Float64Array(16);
  #replied = new Uint8Array(16);

  constructor(
    world: {
      clock: Float64Array;
      due: Float64Array;
      dataPlane: DataPlane;
      network: Network;
      links: Links;
      servers: Servers;
      ledger: Ledger;
      rightBackend: RightBackend;
    },
    settings: ClusterSettings,
    store: CallStore,
    caller: Connecting,
    handshakes: Handshakes,
  ) {
    this.#clock = world.clock;
    this.#due = world.due;
    this.#store = store;
    this.#caller = caller;
    this.#handshakes = handshakes;
    this.#hop = handshakes.hop;
    this.#addresses = world.dataPlane.addresses;
    this.#network = world.network;
    this.#links = world.links;
    this.#servers = world.servers;
    this.#ledger = world.ledger;
    this.#rightBackend = world.rightBackend;
    this.#dead = settings.network.deadAddress;
    this.#mode = settings.dataPlane.mode;
    this.#isCleaned = settings.conntrack.cleanUDP;
  }

  /** The call sends its datagram: to the address that it has, or to the Service's. */
  send(call: number, client: Client): void {
    const store = this.#store;
    if (client.usesVirtualAddress) {
      const address = this.#pick(call, client);
      if (address < 0) return this.#notSent(call, client, address);
      store.setAddress(call, address);
    }
    const address = store.address(call);
    const pod = this.#addresses.holder(address);
    if (pod < 0) this.#ledger.sentToAddress(store, call, client.edge, address);
    else this.#ledger.sentToPod(store, call, client.edge, pod);
    const { rows } = this.#servers;
    const node = pod < 0 ? -1 : rows.node(pod);
    if (this.#hop.isGuarded && this.#hop.admit(call, client, pod, node) !== ADMITTED) return;
    if (pod < 0) return this.#toNobody(call, client);
    if (this.#network.isDown(node)) return;
    const distance = this.#network.distance(client.node, node);
    store.setPod(call, pod);
    store.setIncarnation(call, rows.incarnation(pod));
    store.setDistance(call, distance);
    const lag = this.#links.isOn ? this.#links.packetLag(client.node, node, this.#hashOf(call)) : 0;
    if (lag === Infinity) return;
    const outcome = this.#rightBackend.outcome(pod, client.edge);
    if (outcome === REFUSED) {
      return this.#caller.resultAfter(call, REFUSED, this.#network.lane(2, distance));
    }
    store.setPhase(call, SENT);
    store.setResult(call, outcome);
    store.setConnectedAt(call, this.#clock[0]!);
    if (lag === 0) return this.#caller.requestAfter(call, this.#network.lane(1, distance));
    this.#due[0] = this.#clock[0]! + this.#network.latency[distance]! + lag;
    this.#caller.requestWhenDue(call);
  }

  /** 32 bits of the datagram of the call's attempt. */
  #hashOf(call: number): number {
    return mix(mix(this.#store.id(call), this.#store.attempt(call)), DATAGRAM);
  }

  /** A datagram of the client was answered. */
  answered({ number }: Client): void {
    if (number < this.#replied.length) this.#replied[number] = 1;
  }

  #pick(call: number, client: Client): number {
    if (client.pod < 0) return this.#hop.pick(call, client);
    const { number } = client;
    if (number >= this.#to.length) this.#grow(number);
    const now = this.#clock[0]!;
    const known = this.#to[number]!;
    const isLeft = known >= 0 && now - this.#sentAt[number]! < this.#timeout(number);
    this.#sentAt[number] = now;
    if (isLeft && (!this.#isCleaned || this.#hop.leadsTo(client, known))) return known;
    const address = this.#hop.pick(call, client);
    this.#to[number] = address;
    this.#replied[number] = 0;
    return address;
  }

  #timeout(client: number): number {
    if (this.#mode === 'ebpf') return Infinity;
    if (this.#mode === 'ipvs') return IPVS_TIMEOUT;
    return this.#replied[client] === 1 ? STREAM_TIMEOUT : UNREPLIED_TIMEOUT;
  }

  /** What is dropped, or told to nobody, the client waits for until its timeout. */
  #notSent(call: number, client: Client, verdict: number): void {
    const { errorLane } = this.#handshakes;
    if (verdict === REJECTED) {
      if (this.#mode === 'ebpf' || this.#handshakes.mayTell(client))
        this.#caller.resultAfter(call, REFUSED, errorLane(client));
    } else if (verdict === NO_ADDRESS) this.#caller.resultAfter(call, DNS_FAILURE, errorLane(client));
  }

  #toNobody(call: number, client: Client): void {
    const { errorLane } = this.#handshakes;
    if (this.#dead === 'refused') return this.#caller.resultAfter(call, REFUSED, errorLane(client));
    if (this.#dead === 'unreachable' && this.#handshakes.mayTell(client)) {
      this.#caller.resultAfter(call, UNREACHABLE, errorLane(client));
    }
  }

  #grow(number: number): void {
    const before = this.#to.length;
    this.#to = grown(this.#to, 2 * number).fill(-1, before);
    this.#sentAt = grown(this.#sentAt, 2 * number);
    this.#replied = grown(this.#replied, 2 * number);
  }
}
