import type { AddressBook } from '../dataplane/address-book.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import { ICMPRateLimit } from '../dataplane/icmp-rate-limit.ts';
import { NO_ADDRESS, REJECTED } from '../dataplane/port-routes.ts';
import type { Engine } from '../engine/engine.ts';
import { mix } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { CONNECT_TIMEOUT, DNS_FAILURE, OK, REFUSED, RESET, UNREACHABLE } from '../trace/outcomes.ts';
import { ACCEPTED, type CallStore, CONNECTING, DOUBTED, FORESEEN, SENT } from './call-store.ts';
import type { Client } from './client.ts';
import { synTimeout } from './clients/tcp-syn.ts';
import type { EntryNodes } from './entry-nodes.ts';
import { ADMITTED, FirstHop, SILENCED, WITHOUT_PORT } from './first-hop.ts';
import type { Ledger } from './ledger.ts';
import type { Links } from './links.ts';
import { EXTERNAL, type Network, SAME_NODE } from './network.ts';
import type { PolicyGate } from './policy-gate.ts';
import type { RightBackend } from './right-backend.ts';
import { LISTENING } from './server.ts';
import type { Servers } from './servers.ts';
import type { TrackedFlows } from './tracked-flows.ts';

/** ARP gives up after three probes, a second apart. @source measured 3.05 s; ip-sysctl neigh mcast_solicit */
const ARP_TIME = 3.05e9;

/** Purposes of draws: what is sent. */
const SYN = 0x41;
const SYN_ACK = 0x42;
const REQUEST = 0x43;

const kinds = {
  'call.syn': { a: 'call', b: 'generation', run: (h, call, generation) => h.arrived(call, generation) },
  'call.synAgain': { a: 'call', b: 'generation', run: (h, call, generation) => h.again(call, generation) },
} satisfies Kinds<Handshakes>;

/** What a handshake leads to; `calls.ts` is it. */
export interface Connecting {
  clientOf(call: number): Client;
  /** The request is on its way to the Pod. @param lane its delay */
  requestAfter(call: number, lane: number): void;
  /** The same, there at the engine's `due`. */
  requestWhenDue(call: number): void;
  /** The outcome is on its way to the client. @param lane its delay */
  resultAfter(call: number, outcome: number, lane: number): void;
  /** The same, known to the client at the engine's `due`. */
  resultWhenDue(call: number, outcome: number): void;
}

/**
 * From an address to a connection: the data plane picks for a Service's address, rejects or drops; the SYN goes to whoever has
 * the address when it arrives, and is accepted, refused, dropped, or lost. Where nothing answers it is sent again.
 *
 * A SYN to a Pod that listens and has room is foreseen to be accepted: the arrival of the request is scheduled at once, and that
 * of the SYN is no event. Whatever might prove that wrong (the process ends or drains, the address is released,
 * the node dies, the backlog fills) calls `disturbed`, and the SYN's arrival then decides.
 * @simplifies users outside have an address each, so that nobody rations what they are told; a connection has its place in the backlog from
 *   the SYN on, where Linux looks at the SYN and takes the place with the last packet of the handshake
 */
export class Handshakes {
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #due: Float64Array;
  readonly #store: CallStore;
  readonly #caller: Connecting;
  readonly #addresses: AddressBook;
  readonly #network: Network;
  readonly #links: Links;
  readonly #servers: Servers;
  readonly #ledger: Ledger;
  readonly #rightBackend: RightBackend;
  readonly hop: FirstHop;
  readonly #errors: ICMPRateLimit;
  readonly #dead: ClusterSettings['network']['deadAddress'];
  readonly #failsConnect: boolean;
  /** What a rule that is looked at costs, ns; 0: nothing. */
  readonly #ruleTime: number;
  readonly #kind;

  constructor(
    world: {
      engine: Engine;
      dataPlane: DataPlane;
      network: Network;
      links: Links;
      servers: Servers;
      ledger: Ledger;
      rightBackend: RightBackend;
      entryNodes: EntryNodes;
      gate: PolicyGate;
      flows: TrackedFlows;
    },
    settings: ClusterSettings,
    store: CallStore,
    caller: Connecting,
  ) {
    this.#engine = world.engine;
    this.#clock = world.engine.clock;
    this.#due = world.engine.due;
    this.#store = store;
    this.#caller = caller;
    this.#addresses = world.dataPlane.addresses;
    this.hop = new FirstHop(world, store);
    this.#network = world.network;
    this.#links = world.links;
    this.#servers = world.servers;
    this.#ledger = world.ledger;
    this.#rightBackend = world.rightBackend;
    this.#dead = settings.network.deadAddress;
    this.#errors = new ICMPRateLimit(settings.network.icmpRateLimit);
    this.#failsConnect = settings.dataPlane.mode === 'ebpf';
    this.#ruleTime = settings.dataPlane.ruleTime;
    this.#kind = world.engine.define<Handshakes, typeof kinds>(this, kinds);
  }

  /** The call sends its first SYN: to the address that it has, or to the Service's. */
  begin(call: number, client: Client): void {
    this.#store.setSynAt(call, this.#clock[0]!);
    this.#send(call, client);
  }

  /** Nothing answered. What the data plane does not send on leaves no trace in it, so it decides anew. */
  again(call: number, generation: number): void {
    if (this.#store.generation[call] === generation) this.#send(call, this.#caller.clientOf(call));
  }

  #send(call: number, client: Client): void {
    if (client.usesVirtualAddress) {
      const address = this.hop.pick(call, client);
      if (address < 0) return this.#notSent(call, client, address);
      this.#store.setAddress(call, address);
    }
    this.#toAddress(call, client);
  }

  #notSent(call: number, client: Client, verdict: number): void {
    // An eBPF program fails the connect() itself: no packet, no ration.
    if (verdict === REJECTED && this.#failsConnect && client.pod >= 0) {
      return this.#caller.resultAfter(call, REFUSED, this.errorLane(client));
    }
    if (verdict === REJECTED) return this.#error(call, client, REFUSED);
    if (verdict === NO_ADDRESS) return this.#caller.resultAfter(call, DNS_FAILURE, this.errorLane(client));
    this.#silence(call, client);
  }

  /** @remarks what is rare is elsewhere: V8 puts a function of more than 500 bytes into no other */
  #toAddress(call: number, client: Client): void {
    const store = this.#store;
    const pod = this.#addresses.holder(store.address(call));
    if (pod < 0) return this.#toNobody(call, client);
    const { rows } = this.#servers;
    const node = rows.node(pod);
    store.setPod(call, pod);
    store.setIncarnation(call, rows.incarnation(pod));
    if (store.flow(call) < 0) this.#ledger.sentToPod(store, call, client.edge, pod);
    if (this.hop.isGuarded && !this.#isAdmitted(call, client, pod, node)) return;
    if (this.#network.isDown(node)) return this.#deadEnd(call, client, 'silent');
    const distance = this.#network.distance(client.node, node);
    store.setDistance(call, distance);
    const latency = this.#network.latency[distance]!;
    if (this.#links.isOn || this.#ruleTime > 0) return this.#sendOtherwise(call, client, node, latency);
    if (!this.#isForeseen(pod, client, latency)) {
      return this.#engine.push(this.#network.lane(1, distance), this.#kind['call.syn'], call, store.generation[call]!);
    }
    store.setConnectedAt(call, this.#clock[0]! + 2 * latency);
    store.setPhase(call, FORESEEN);
    store.setResult(call, OK);
    this.#caller.requestAfter(call, this.#network.lane(3, distance));
    this.#servers.reserve(pod);
  }

  /** Will the Pod accept the SYN, as things stand? */
  #isForeseen(pod: number, client: Client, latency: number): boolean {
    return (
      this.#servers.rows.state(pod) === LISTENING &&
      this.#servers.hasHadRoom(pod) &&
      2 * latency < synTimeout(0) && // or the request would arrive after a second SYN
      latency > 0 &&
      this.#rightBackend.is(pod, client.edge)
    );
  }

  #sendOtherwise(call: number, client: Client, node: number, latency: number): void {
    if (this.#links.isOn) this.#sendDisturbed(call, client, node, latency);
    else this.#sendLate(call, client, latency, this.#isForeseen(this.#store.pod(call), client, latency));
  }

  #toNobody(call: number, client: Client): void {
    const store = this.#store;
    if (store.flow(call) < 0) this.#ledger.sentToAddress(store, call, client.edge, store.address(call));
    if (this.hop.isGuarded && !this.#isAdmitted(call, client, -1, -1)) return;
    this.#deadEnd(call, client, this.#dead);
  }

  #isAdmitted(call: number, client: Client, pod: number, node: number): boolean {
    const verdict = this.hop.admit(call, client, pod, node);
    if (verdict === WITHOUT_PORT) this.#caller.resultAfter(call, UNREACHABLE, this.errorLane(client));
    if (verdict === SILENCED) this.#silence(call, client);
    if (verdict !== ADMITTED) return false;
    if (pod < 0 || this.hop.expired.size === 0 || !this.#isExpired(pod)) return true;
    this.#distrusts(call, client, node);
    return false;
  }

  #isExpired(pod: number): boolean {
    return this.#servers.rows.state(pod) === LISTENING && this.hop.expired.has(this.#servers.at(pod)!.workload);
  }

  /**
   * The client reads the server's certificate two round trips after its SYN, and closes the connection.
   * @source RFC 8446, 2: the certificate is in the server's first flight
   * @simplifies every connection to the workload is held to be over TLS; the server does no work for it
   */
  #distrusts(call: number, client: Client, node: number): void {
    this.#due[0] = this.#clock[0]! + 4 * this.#network.latency[this.#network.distance(client.node, node)]!;
    this.#caller.resultWhenDue(call, RESET);
  }

  /** The SYN sets out when the node has held it against all rules. */
  #sendLate(call: number, client: Client, latency: number, foreseen: boolean): void {
    const store = this.#store;
    const setsOut = this.#clock[0]! + this.#ruleTime * this.hop.rulesLooked(client);
    if (foreseen) {
      store.setConnectedAt(call, setsOut + 2 * latency);
      store.setPhase(call, FORESEEN);
      store.setResult(call, OK);
      this.#due[0] = setsOut + 3 * latency;
      this.#caller.requestWhenDue(call);
      return this.#servers.reserve(store.pod(call));
    }
    this.#due[0] = setsOut + latency;
    this.#engine.schedule(this.#kind['call.syn'], call, store.generation[call]!);
  }

  /** The SYN goes over a network that may lose it, or have it come late. */
  #sendDisturbed(call: number, client: Client, node: number, latency: number): void {
    const lag = this.#links.packetLag(client.node, node, this.#hashNow(call, SYN));
    if (lag === Infinity) return this.#silence(call, client);
    this.#due[0] = this.#clock[0]! + latency + lag;
    this.#engine.schedule(this.#kind['call.syn'], call, this.#store.generation[call]!);
  }

  /** The connection stands, and the request follows, over a network that may lose what is sent or have it come late. */
  #acceptDisturbed(call: number, client: Client, node: number, latency: number): void {
    const back = this.#links.dataLag(node, client.node, this.#hashNow(call, SYN_ACK));
    const forth = this.#links.dataLag(client.node, node, this.#hashNow(call, REQUEST));
    if (back === Infinity || forth === Infinity) return this.#timesOut(call, client);
    this.#store.setConnectedAt(call, this.#clock[0]! + latency + back);
    this.#due[0] = this.#clock[0]! + 2 * latency + back + forth;
    this.#caller.requestWhenDue(call);
  }

  /** 32 bits of what the call sends now. */
  #hashNow(call: number, purpose: number): number {
    return mix(mix(this.#store.id(call), this.#clock[0]! / 1e3), purpose);
  }

  /** The Pod may no longer accept what it was foreseen to: SYNs that have not yet arrived decide when they do. */
  disturbed(pod: number, isFull = false): void {
    const store = this.#store;
    const now = this.#clock[0]!;
    const standing = this.#turnsAway(pod) ? ACCEPTED : SENT;
    for (let call = 0; call < store.used; call++) {
      if (store.pod(call) !== pod || store.phase(call) !== FORESEEN || !store.isOpen(call)) continue;
      const arrival = store.connectedAt(call) - this.#network.latency[store.distance(call)]!;
      if (arrival < now) {
        if (!isFull) continue;
        if (standing === SENT) this.#servers.unreserve(pod, store.incarnation(call));
        store.setPhase(call, standing);
        continue;
      }
      this.#servers.unreserve(pod, store.incarnation(call));
      store.setPhase(call, DOUBTED);
      store.setConnectedAt(call, -1);
      this.#due[0] = arrival;
      this.#engine.schedule(this.#kind['call.syn'], call, store.generation[call]!);
    }
  }

  /** An error that the first node makes: the client's own, or the one by which users come in. @returns the lane to the client */
  readonly errorLane = (client: Client): number =>
    client.node < 0 ? this.#network.lane(2, EXTERNAL) : this.#network.lane(1, SAME_NODE);

  /** Nobody has the address: the CNI decides what the client sees. */
  #deadEnd(call: number, client: Client, how: ClusterSettings['network']['deadAddress']): void {
    if (how === 'refused') return this.#caller.resultAfter(call, REFUSED, this.errorLane(client));
    if (how === 'unreachable') return this.#error(call, client, UNREACHABLE);
    const limit = client.edge.connectTimeout;
    const gaveUp = how === 'unreachable3s' && ARP_TIME < limit;
    if (gaveUp && !this.mayTell(client)) return this.#silence(call, client);
    const outcome = gaveUp ? UNREACHABLE : CONNECT_TIMEOUT;
    const delay = gaveUp ? ARP_TIME : limit;
    if (delay < Infinity) this.#caller.resultAfter(call, outcome, this.#engine.lane(delay));
  }

  /** A node answers by an ICMP error, if it has one left for this client. */
  #error(call: number, client: Client, outcome: number): void {
    if (this.mayTell(client)) this.#caller.resultAfter(call, outcome, this.errorLane(client));
    else this.#silence(call, client);
  }

  /** Has a node an error left for this client? */
  mayTell(client: Client): boolean {
    return client.pod < 0 || this.#errors.allows(client.pod, this.#clock);
  }

  /** The client sends its SYN again when the time has come, if it still waits then. */
  #silence(call: number, client: Client): void {
    const sentAfter = this.#clock[0]! - this.#store.synAt(call);
    const wait = synTimeout(sentAfter);
    if (sentAfter + wait >= client.edge.connectTimeout) return this.#timesOut(call, client);
    this.#due[0] = this.#clock[0]! + wait;
    this.#engine.schedule(this.#kind['call.synAgain'], call, this.#store.generation[call]!);
  }

  /** A SYN has arrived at the Pod's node. */
  arrived(call: number, generation: number): void {
    const store = this.#store;
    if (store.generation[call] !== generation) return;
    const pod = store.pod(call);
    const server = this.#servers.at(pod)!;
    const distance = store.distance(call);
    const client = this.#caller.clientOf(call);
    // A request that was sent in foresight finds the call connecting, and is nothing, unless this SYN is accepted.
    const sent = store.phase(call) === DOUBTED;
    store.setPhase(call, CONNECTING);
    if (this.#addresses.holder(store.address(call)) !== pod || this.#network.isDown(server.node)) {
      return this.#timesOut(call, client);
    }
    const outcome = this.#rightBackend.outcome(pod, client.edge);
    if (server.state !== LISTENING || outcome === REFUSED) {
      return this.#caller.resultAfter(call, REFUSED, this.#network.lane(1, distance));
    }
    const turnsAway = this.#turnsAway(pod);
    if (turnsAway && this.#servers.isFull(pod)) return this.#turnAway(call, client, pod);
    if (server.connections >= server.behaviour.maxConnections) {
      return this.#caller.resultAfter(call, REFUSED, this.#network.lane(1, distance));
    }
    if (this.#servers.countsConnections) this.#servers.opened(pod);
    store.setIncarnation(call, server.incarnation);
    store.setPhase(call, turnsAway ? ACCEPTED : SENT);
    if (turnsAway) this.#servers.reserve(pod);
    store.setResult(call, outcome);
    if (this.#links.isOn && !sent)
      return this.#acceptDisturbed(call, client, server.node, this.#network.latency[distance]!);
    store.setConnectedAt(call, this.#clock[0]! + this.#network.latency[distance]!);
    if (!sent) this.#caller.requestAfter(call, this.#network.lane(2, distance));
  }

  /** Whether a full backlog turns connections away, and not their requests. */
  #turnsAway(pod: number): boolean {
    return this.#servers.at(pod)!.behaviour.backlogFull !== 'unavailable';
  }

  /** The backlog is full. */
  #turnAway(call: number, client: Client, pod: number): void {
    if (this.#servers.at(pod)!.behaviour.backlogFull === 'drop') return this.#dropped(call, client);
    this.#caller.resultAfter(call, REFUSED, this.#network.lane(1, this.#store.distance(call)));
  }

  /** The client sends the SYN again, if it has the patience to see it arrive. */
  #dropped(call: number, client: Client): void {
    const store = this.#store;
    const now = this.#clock[0]!;
    const first = store.synAt(call);
    const sentAfter = now - this.#network.latency[store.distance(call)]! - first;
    const wait = synTimeout(sentAfter);
    if (now + wait >= first + client.edge.connectTimeout) return this.#timesOut(call, client);
    this.#due[0] = now + wait;
    this.#engine.schedule(this.#kind['call.syn'], call, this.#store.generation[call]!);
  }

  /** Nothing answers the SYN: the client gives up when its time is over. */
  #timesOut(call: number, client: Client): void {
    const first = this.#store.synAt(call);
    this.#due[0] = Math.max(this.#clock[0]!, first + client.edge.connectTimeout);
    this.#caller.resultWhenDue(call, CONNECT_TIMEOUT);
  }
}
