import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import {
  ABANDONED,
  CANCELLED,
  CIRCUIT_OPEN,
  DNS_FAILURE,
  HTTP_ERROR,
  OK,
  OK_AFTER_RETRY,
  POOL_TIMEOUT,
  REFUSED,
  REQUEST_TIMEOUT,
  RESET,
  WRONG_BACKEND,
} from '../trace/outcomes.ts';
import {
  ACCEPTED,
  BACKING_OFF,
  CallStore,
  CONNECTING,
  FORESEEN,
  OF_HEDGE,
  OF_MEMBER,
  SENT,
  WAITING,
} from './call-store.ts';
import { type Client, NO_SERVICE } from './client.ts';
import type { ConnectionKeeper } from './clients/connection-keeper.ts';
import { type HedgeCaller, Hedges } from './clients/hedges.ts';
import { outcomeOf, UNAVAILABLE } from './clients/http-status.ts';
import { Policies } from './clients/policies.ts';
import { SharedConnections, type StreamCaller } from './clients/shared-connections.ts';
import { ConnectionResets } from './connection-resets.ts';
import { Connections } from './connections.ts';
import { Datagrams } from './datagrams.ts';
import type { Asker } from './dns/lookups.ts';
import type { NameAnswer } from './dns/questions.ts';
import type { Edge } from './edge.ts';
import type { EntryNodes } from './entry-nodes.ts';
import { type Connecting, Handshakes } from './handshakes.ts';
import type { Ledger } from './ledger.ts';
import { DATA_PATIENCE, type Links } from './links.ts';
import { type Network, SAME_NODE } from './network.ts';
import { OpenCalls } from './open-calls.ts';
import type { PolicyGate } from './policy-gate.ts';
import type { Resolver } from './resolver.ts';
import type { RightBackend } from './right-backend.ts';
import { DOWN, type Server } from './server.ts';
import type { Caller, Servers } from './servers.ts';
import { CLOSED_BY_CLIENT, CLOSED_BY_RESET, NEVER_ANSWERED, type TrackedFlows } from './tracked-flows.ts';

/** Purposes of draws. */
const LIFETIME = 0x24;
const REQUEST = 0x27;
const ANSWER = 0x28;
/** How often connections are looked at whose other end may be dead, ns. */
const SILENCE_PERIOD = 1e9;

const kinds = {
  'call.resolved': { a: 'call', b: 'generation', run: (c, call, generation) => c.resolved(call, generation) },
  'call.request': { a: 'call', b: 'generation', run: (c, call, generation) => c.request(call, generation) },
  'call.result': { a: 'call', b: 'generation', run: (c, call, generation) => c.arrived(call, generation) },
  'call.timeout': { a: 'call', b: 'generation', run: (c, call, generation) => c.timedOut(call, generation) },
  'call.readTimeout': { a: 'call', b: 'generation', run: (c, call, generation) => c.readTimedOut(call, generation) },
  'call.poolTimeout': { a: 'call', b: 'generation', run: (c, call, generation) => c.poolTimedOut(call, generation) },
  'calls.breakSilent': { a: '-', b: '-', run: (c) => c.breakSilent() },
  'call.retry': { a: 'call', b: 'generation', run: (c, call, generation) => c.retry(call, generation) },
} satisfies Kinds<Calls>;

/** Those who wait for an answer before they go on; `closed-loops.ts` is it. */
export interface AnsweredMembers {
  answered(member: number, ok: boolean): void;
}

interface Lanes {
  timeout: number;
  readTimeout: number;
  poolTimeout: number;
}

/**
 * Calls: what a client wants from a Service, attempt by attempt: a connection from the pool or a wait for one, name
 * resolution, the data plane's pick, the handshake, the request, the answer or a timeout, a retry after a back-off.
 *
 * A call is a slot in `CallStore`; each step that ends an attempt makes its generation grow, so that timers and answers
 * that come later are known to be stale.
 * @simplifies answers are never lost; a client knows at once that the other end has closed an idle connection; one to a wrong
 *   backend is not kept
 */
export class Calls implements Caller, Connecting, Asker, StreamCaller, HedgeCaller {
  readonly store = new CallStore();
  readonly open: OpenCalls;
  /** Hears how the requests of closed loops ended. */
  closed!: AnsweredMembers;
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #due: Float64Array;
  readonly #dataPlane: DataPlane;
  readonly #network: Network;
  readonly #links: Links;
  readonly #servers: Servers;
  readonly #resolver: Resolver;
  readonly #ledger: Ledger;
  readonly #edgesOf: (workload: string) => readonly Edge[];
  readonly #handshakes: Handshakes;
  readonly #datagrams: Datagrams;
  readonly #connections: Connections;
  readonly #shared: SharedConnections;
  readonly #hedges: Hedges;
  readonly #policies: Policies;
  /** Whether any client shares connections. */
  #isShared = false;
  readonly #flows: TrackedFlows;
  readonly #clients: Client[] = [];
  readonly #living: Client[][] = [];
  readonly #lanes: Lanes[] = [];
  readonly #kind;

  constructor(
    world: {
      engine: Engine;
      dataPlane: DataPlane;
      network: Network;
      links: Links;
      servers: Servers;
      resolver: Resolver;
      ledger: Ledger;
      rightBackend: RightBackend;
      entryNodes: EntryNodes;
      gate: PolicyGate;
      flows: TrackedFlows;
    },
    settings: ClusterSettings,
    edgesOf: (workload: string) => readonly Edge[],
  ) {
    this.#engine = world.engine;
    this.#clock = world.engine.clock;
    this.#due = world.engine.due;
    this.#dataPlane = world.dataPlane;
    this.#network = world.network;
    this.#links = world.links;
    this.#servers = world.servers;
    this.#resolver = world.resolver;
    this.#ledger = world.ledger;
    this.#flows = world.flows;
    this.#connections = new Connections(this.#clock, world.servers, world.flows);
    this.#edgesOf = edgesOf;
    const { network } = world;
    this.#kind = world.engine.define<Calls, typeof kinds>(this, kinds);
    this.#handshakes = new Handshakes(world, settings, this.store, this);
    const { clock, due } = world.engine;
    this.#shared = new SharedConnections({ ...world, clock, latency: network.latency }, this.store, this);
    this.#policies = new Policies(this.#clock, this.store, world.servers, this.#clients);
    this.#hedges = new Hedges(world.engine, this.store, this, this.#policies);
    this.#datagrams = new Datagrams({ ...world, clock, due }, settings, this.store, this, this.#handshakes);
    if (settings.dataPlane.resetConnections) {
      const { store } = this;
      const { hop } = this.#handshakes;
      const clients = this.#clients;
      new ConnectionResets({ engine: world.engine, network, store, clients, hop }, this);
    }
    this.open = new OpenCalls(this.store, this.#clients);
  }

  /** Workloads (`namespace/name`) whose certificates have expired: new connections to them fail. */
  get expired(): Set<string> {
    return this.#handshakes.hop.expired;
  }

  /** Every client that there was. */
  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** For the audit: what calls and idle connections have in `TrackedFlows`, where it is on. */
  countTracked(): number {
    const { store } = this;
    let count = this.#connections.inUse + this.#shared.countTracked();
    for (let call = 0; call < store.used; call++) if (store.isOpen(call) && store.tracked(call) >= 0) count++;
    return count;
  }

  /** The clients of an edge whose process lives. */
  living(edge: Edge): Client[] {
    this.#living[edge.index] ??= [];
    return this.#living[edge.index]!;
  }

  addClient(client: Client): void {
    client.number = this.#clients.push(client) - 1;
    this.living(client.edge).push(client);
    if (client.sharesConnections && !this.#isShared) this.#watchSilence();
    const { timeout, readTimeout, poolTimeout } = client.edge.policy;
    const lane = (time: number) => (time === Infinity ? -1 : this.#engine.timeoutLane(time, this.store));
    this.#lanes[client.edge.index] ??= {
      timeout: lane(timeout),
      // One that cannot be over before the attempt's is none.
      readTimeout: lane(readTimeout < timeout ? readTimeout : Infinity),
      poolTimeout: lane(poolTimeout),
    };
  }

  // What servers ask

  clientsStart(server: Server): void {
    const start = (edge: Edge) => {
      const { pod, node } = server;
      const address = this.#dataPlane.addresses.ip(server.address);
      const client = this.#resolver.newClient(edge, { pod, node, address, addressCount: 1 });
      this.addClient(client);
      return client;
    };
    const edges = this.#edgesOf(server.workload);
    const clients = edges.filter((edge) => !edge.isUser).map(start);
    const senders = edges.filter((edge) => edge.isUser).map(start);
    server.setClients(clients, senders);
  }

  begin(client: Client, job: number, jobGeneration: number, id: number, request: number): void {
    const { store } = this;
    const call = store.open(this.#clock);
    store.setClient(call, client.number);
    store.setJob(call, job);
    store.setJobGeneration(call, jobGeneration);
    store.setId(call, id);
    store.setRequest(call, request);
    this.#ledger.callBegins(client.edge);
    if (!client.isPlain) this.#prepare(call, client, job);
    this.#attempt(call, client);
  }

  edgeOf(call: number, generation: number): Edge | undefined {
    return this.store.generation[call] === generation ? this.clientOf(call).edge : undefined;
  }

  urgencyOf(call: number): number {
    return this.clientOf(call).edge.policy.priority;
  }

  served(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] === generation) store.setServedAt(call, this.#clock[0]!);
  }

  answer(call: number, generation: number, distance: number, result: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return; // the caller gave up meanwhile
    if (this.#isSilent(store.pod(call))) return; // lost on the way
    if (store.result(call) !== WRONG_BACKEND) store.setResult(call, result);
    if (this.#links.isOn) return this.#answerDisturbed(call, distance);
    this.#engine.push(this.#network.lane(1, distance), this.#kind['call.result'], call, generation);
  }

  reset(call: number, generation: number, distance: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    if (this.#isSilent(store.pod(call))) return;
    this.resultAfter(call, RESET, this.#network.lane(1, distance));
  }

  /** Nothing is heard of the Pod: its node is dead, or a link to it is cut. */
  hearsNothing(client: Client, pod: number): boolean {
    return this.#isSilent(pod) || this.#links.isCut(client.node, this.#servers.rows.node(pod));
  }

  /** The Pod's node is dead: nothing comes out of it. */
  #isSilent(pod: number): boolean {
    return this.#network.isDown(this.#servers.rows.node(pod));
  }

  disturbed(pod: number): void {
    this.#handshakes.disturbed(pod);
  }

  filled(pod: number): void {
    this.#handshakes.disturbed(pod, true);
  }

  clientsGone(server: Server): void {
    const { store } = this;
    const gone = [...server.clients, ...server.senders];
    server.setClients([], []);
    for (const client of gone) {
      client.alive = false;
      const living = this.living(client.edge);
      living.splice(living.indexOf(client), 1);
      client.waitingCount = 0;
      this.keeperOf(client).closeAll(client);
    }
    if (gone.length === 0) return;
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call)) continue;
      const client = this.clientOf(call);
      if (client.pod !== server.pod || client.alive) continue;
      if (store.phase(call) !== BACKING_OFF) this.#record(call, client, CANCELLED);
      if (this.#isReserved(call)) this.#unreserve(call);
      if (client.sharesConnections) this.#shared.ended(call, client, CANCELLED);
      if (store.job(call) === OF_HEDGE) {
        this.#letGo(call, client);
        store.close(call);
      } else this.#close(call, client, CANCELLED);
    }
  }

  // An attempt, step by step

  #attempt(call: number, client: Client): void {
    const { store } = this;
    store.setAttempt(call, store.attempt(call) + 1);
    store.setFlow(call, -1);
    store.setPod(call, -1);
    store.setAttemptAt(call, this.#clock[0]!);
    store.setConnectedAt(call, -1);
    store.setServedAt(call, -1);
    if (this.#flows.isOn) store.setTracked(call, -1);
    this.#ledger.attemptBegins(client.edge);
    if (!client.isPlain && !this.#isAdmitted(call, client)) return;
    if (client.inUse < client.limit) return this.#acquire(call, client);
    this.#wait(call, client);
  }

  /** No place in the pool is free. */
  #wait(call: number, client: Client): void {
    const { store } = this;
    if (client.waitingCount >= client.edge.policy.maxWaiting) return this.#reject(call, CIRCUIT_OPEN);
    store.setPhase(call, WAITING);
    client.enqueue(call, store.generation[call]!);
    if (client.edge.isBounded)
      return this.#limitTime(call, client.edge.policy.poolTimeout, this.#kind['call.poolTimeout']);
    const lane = this.#lanes[client.edge.index]!.poolTimeout;
    if (lane >= 0) this.#engine.push(lane, this.#kind['call.poolTimeout'], call, store.generation[call]!);
  }

  /** The call has its place in the pool. */
  #acquire(call: number, client: Client): void {
    const { store } = this;
    const { edge } = client;
    const generation = store.generation[call]!;
    client.inUse++;
    store.setHolds(call, 1);
    store.setPhase(call, CONNECTING);
    const { timeout, readTimeout } = this.#lanes[edge.index]!;
    if (!client.isPlain && edge.isBounded) this.#limitTime(call, edge.policy.timeout, this.#kind['call.timeout']);
    else if (timeout >= 0) this.#engine.push(timeout, this.#kind['call.timeout'], call, generation);
    if (readTimeout >= 0) this.#engine.push(readTimeout, this.#kind['call.readTimeout'], call, generation);
    if (this.#resolver.mustAsk(client, this.keeperOf(client))) {
      const { lookups } = this.#resolver;
      if (lookups !== null) return lookups.begin(call, generation, client);
      this.#engine.push(this.#resolver.lane, this.#kind['call.resolved'], call, generation);
    } else this.#connect(call, client);
  }

  resolved(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    const client = this.clientOf(call);
    if (!this.#resolver.answer(client, this.keeperOf(client))) return this.#end(call, client, DNS_FAILURE);
    this.#connect(call, client);
  }

  // What a lookup asks and leads to

  keyOf(call: number): number {
    return mix(this.store.id(call), this.store.attempt(call));
  }

  clientAt(number: number): Client {
    return this.#clients[number]!;
  }

  learned(client: Client, answer: NameAnswer | null): void {
    this.#resolver.learned(client, answer, this.keeperOf(client));
  }

  looked(call: number, generation: number, found: boolean): void {
    if (this.store.generation[call] !== generation) return;
    const client = this.clientOf(call);
    if (!found) return this.#end(call, client, DNS_FAILURE);
    this.#connect(call, client);
  }

  /** Takes an idle connection to the address whose turn it is, or opens one. */
  #connect(call: number, client: Client): void {
    const { store } = this;
    const { edge } = client;
    let position = 0;
    if (!client.usesVirtualAddress) {
      position = client.turn;
      if (client.addresses.length === 0)
        return this.#end(call, client, client.discovery === 'endpoints' ? REFUSED : DNS_FAILURE);
      if (client.balancer === null) client.turn = (position + 1) % client.addresses.length;
      else position = this.#policies.balance(call, client);
    }
    store.setPosition(call, position);
    if (!client.isPlain && this.#connectsOtherwise(call, client, position)) return;
    if (client.idleCount > 0) {
      const connection = this.#connections.takeIdle(client, position);
      if (connection >= 0) return this.#reuse(call, client, connection);
      // The pool may be full of idle connections to other addresses: one of them makes room.
      if (client.inUse + client.idleCount > edge.policy.pool) this.#connections.closeAny(client);
    }
    if (client.usesVirtualAddress) {
      // The name led nowhere, or the variable is empty, so that a program fails where it looks for the name of nothing.
      if (client.serviceSlot === NO_SERVICE) {
        return this.resultAfter(call, DNS_FAILURE, this.#network.lane(1, SAME_NODE));
      }
    } else store.setAddress(call, client.addresses[position]!);
    if (edge.protocol === 'UDP') this.#datagrams.send(call, client);
    else this.#handshakes.begin(call, client);
  }

  /** The request goes out over an idle connection, which is the call's from now on. */
  #reuse(call: number, client: Client, connection: number): void {
    const { store } = this;
    const connections = this.#connections;
    const pod = connections.pod(connection);
    const distance = connections.distance(connection);
    store.setAddress(call, connections.address(connection));
    store.setPod(call, pod);
    store.setIncarnation(call, connections.incarnation(connection));
    store.setDistance(call, distance);
    store.setPhase(call, SENT);
    store.setResult(call, OK);
    store.setConnectedAt(call, this.#clock[0]!);
    if (this.#flows.isOn) store.setTracked(call, connections.tracked(connection));
    if (!client.isPlain) store.setExpiresAt(call, connections.expiresAt(connection));
    connections.close(connection);
    this.#ledger.sentToPod(store, call, client.edge, pod);
    if (this.#links.isOn) this.#requestDisturbed(call, this.#clock[0]! + this.#network.latency[distance]!);
    else this.requestAfter(call, this.#network.lane(1, distance));
  }

  /** The request has arrived at the Pod, over an established connection. */
  request(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    if (this.#isReserved(call)) this.#unreserve(call);
    else if (store.phase(call) !== SENT) return; // the SYN was not accepted as foreseen
    const pod = store.pod(call);
    const { rows } = this.#servers;
    if (this.#network.isDown(rows.node(pod))) return; // silence
    const distance = store.distance(call);
    if (rows.state(pod) === DOWN || rows.incarnation(pod) !== store.incarnation(call)) {
      return this.#nobodyThere(call, distance);
    }
    if (this.#isShared) this.#established(call);
    const id = store.id(call);
    const attempt = store.attempt(call);
    const user = store.request(call);
    if (!this.#servers.accept(pod, call, generation, distance, id, attempt, user)) this.#noRoom(call, distance);
  }

  /** Does its connection, which stands or is foreseen to, hold a place for its request? */
  #isReserved(call: number): boolean {
    const phase = this.store.phase(call);
    return phase === FORESEEN || phase === ACCEPTED;
  }

  /** The request takes the place in the backlog that its connection held, or will not come. */
  #unreserve(call: number): void {
    const { store } = this;
    this.#servers.unreserve(store.pod(call), store.incarnation(call));
    store.setPhase(call, SENT);
  }

  /** The process that accepted the connection is gone. */
  #nobodyThere(call: number, distance: number): void {
    this.resultAfter(call, this.#isDatagram(call) ? REFUSED : RESET, this.#network.lane(1, distance));
  }

  /** The application answers 503; of datagrams it never hears. */
  #noRoom(call: number, distance: number): void {
    if (!this.#isDatagram(call)) this.resultAfter(call, UNAVAILABLE, this.#network.lane(1, distance));
  }

  #isDatagram(call: number): boolean {
    return this.clientOf(call).edge.protocol === 'UDP';
  }

  arrived(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.clientOf(call), this.store.result(call));
  }

  timedOut(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.clientOf(call), REQUEST_TIMEOUT);
  }

  /**
   * No answer for so long, if the request was sent when this was scheduled. If it was sent since, or is not yet, the time is not over: it
   * is looked at again at the first moment at which it may be.
   */
  readTimedOut(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    const client = this.clientOf(call);
    const now = this.#clock[0]!;
    const sentAt = store.connectedAt(call);
    const due = (sentAt < 0 ? now : sentAt) + client.edge.policy.readTimeout;
    if (due <= now) return this.#end(call, client, REQUEST_TIMEOUT);
    this.#due[0] = due;
    this.#engine.schedule(this.#kind['call.readTimeout'], call, generation);
  }

  poolTimedOut(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation || store.phase(call) !== WAITING) return;
    const client = this.clientOf(call);
    client.waitingCount--;
    this.#ledger.waited(client.edge, this.#clock[0]! - store.attemptAt(call));
    this.#end(call, client, POOL_TIMEOUT);
  }

  retry(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#attempt(call, this.clientOf(call));
  }

  // What a handshake leads to

  clientOf(call: number): Client {
    return this.#clients[this.store.client(call)]!;
  }

  requestAfter(call: number, lane: number): void {
    this.#engine.push(lane, this.#kind['call.request'], call, this.store.generation[call]!);
  }

  requestWhenDue(call: number): void {
    this.#engine.schedule(this.#kind['call.request'], call, this.store.generation[call]!);
  }

  resultAfter(call: number, outcome: number, lane: number): void {
    this.store.setResult(call, outcome);
    this.#engine.push(lane, this.#kind['call.result'], call, this.store.generation[call]!);
  }

  resultWhenDue(call: number, outcome: number): void {
    this.store.setResult(call, outcome);
    this.#engine.schedule(this.#kind['call.result'], call, this.store.generation[call]!);
  }

  // What only some clients do

  /** Who keeps the client's connections. */
  keeperOf(client: Client): ConnectionKeeper {
    return client.sharesConnections ? this.#shared : this.#connections;
  }

  #watchSilence(): void {
    this.#isShared = true;
    this.#engine.due[0] = this.#clock[0]! + SILENCE_PERIOD;
    this.#engine.every(SILENCE_PERIOD, this.#kind['calls.breakSilent'], 0, 0);
  }

  #established(call: number): void {
    const client = this.clientOf(call);
    if (client.sharesConnections) this.#shared.established(call, client);
  }

  breakSilent(): void {
    this.#shared.breakSilent(this.#clients);
  }

  /** A call begins of a client that is not plain. */
  #prepare(call: number, client: Client, job: number): void {
    this.#policies.begins(call, client, job);
    if (client.edge.policy.hedging !== null) this.#hedges.begins(call, client);
  }

  /** The event comes after the time given, or at the deadline. */
  #limitTime(call: number, timeout: number, kind: number): void {
    const { store } = this;
    const due = Math.min(this.#clock[0]! + timeout, store.deadline(call));
    if (due === Infinity) return;
    this.#engine.due[0] = Math.max(due, this.#clock[0]!);
    this.#engine.schedule(kind, call, store.generation[call]!);
  }

  /** Do the client's guards let the attempt through? If not, it is over. */
  #isAdmitted(call: number, client: Client): boolean {
    const verdict = this.#policies.admits(call, client);
    if (verdict !== OK) this.#reject(call, verdict);
    return verdict === OK;
  }

  /** The attempt is not sent: its caller is told at once. */
  #reject(call: number, outcome: number): void {
    this.store.setPhase(call, CONNECTING);
    this.resultAfter(call, outcome, this.#network.lane(1, SAME_NODE));
  }

  /** @returns false: the client connects as a plain one does */
  #connectsOtherwise(call: number, client: Client, position: number): boolean {
    const { store } = this;
    const { maxLifetime, lifetimeJitter } = client.edge.policy;
    if (!client.sharesConnections) {
      // Of the connection that it may make; one that it reuses has its own.
      const lifetime = maxLifetime * (1 - lifetimeJitter * uniform(mix(this.keyOf(call), LIFETIME)));
      store.setExpiresAt(call, this.#clock[0]! + lifetime);
      return false;
    }
    if (client.usesVirtualAddress && client.serviceSlot === NO_SERVICE) {
      this.resultAfter(call, DNS_FAILURE, this.#network.lane(1, SAME_NODE));
    } else this.#shared.take(call, client, position);
    return true;
  }

  connects(call: number, client: Client): void {
    this.#handshakes.begin(call, client);
  }

  streams(call: number, client: Client, at: number): void {
    this.#ledger.sentToPod(this.store, call, client.edge, this.store.pod(call));
    if (this.#links.isOn) return this.#requestDisturbed(call, at);
    this.#engine.due[0] = Math.max(at, this.#clock[0]!);
    this.requestWhenDue(call);
  }

  /** The request goes out over a network that may lose it or have it come late. @param at ns: when it would be there */
  #requestDisturbed(call: number, at: number): void {
    const { store } = this;
    const { node } = this.clientOf(call);
    const lag = this.#links.dataLag(node, this.#servers.rows.node(store.pod(call)), mix(this.keyOf(call), REQUEST));
    if (lag === Infinity) return this.#unheard(call);
    this.#due[0] = Math.max(at, this.#clock[0]!) + lag;
    this.requestWhenDue(call);
  }

  #answerDisturbed(call: number, distance: number): void {
    const { store } = this;
    const { node } = this.clientOf(call);
    const from = this.#servers.rows.node(store.pod(call));
    const hash = mix(this.keyOf(call), ANSWER);
    const isDatagram = this.#isDatagram(call);
    const lag = isDatagram ? this.#links.packetLag(from, node, hash) : this.#links.dataLag(from, node, hash);
    if (lag === Infinity) {
      if (!isDatagram) this.#unheard(call);
      return;
    }
    this.#due[0] = this.#clock[0]! + this.#network.latency[distance]! + lag;
    this.#engine.schedule(this.#kind['call.result'], call, store.generation[call]!);
  }

  /** Nothing is heard of the other end until the kernel gives the connection up. */
  #unheard(call: number): void {
    this.#due[0] = this.#clock[0]! + DATA_PATIENCE;
    this.resultWhenDue(call, RESET);
  }

  fails(call: number, client: Client, result: number): void {
    this.#end(call, client, result);
  }

  attemptAgain(call: number, client: Client): void {
    this.#ledger.retries(client.edge);
    this.#attempt(call, client);
  }

  cancel(call: number, client: Client): void {
    const { store } = this;
    if (store.phase(call) === WAITING) client.waitingCount--;
    this.#record(call, client, CANCELLED);
    if (!client.isPlain) this.#policies.learn(call, client, CANCELLED);
    store.outdate(call);
    this.#release(call, client, CANCELLED);
  }

  close(call: number, client: Client, outcome: number): void {
    this.#close(call, client, outcome);
  }

  // The end of an attempt, and of the call

  /** @param result as `http-status.ts` has it */
  #end(call: number, client: Client, result: number): void {
    const { store } = this;
    const outcome = outcomeOf(result);
    this.#record(call, client, outcome);
    if (!client.isPlain) this.#policies.learn(call, client, result);
    store.outdate(call);
    this.#release(call, client, result);
    if (!client.isPlain && client.edge.policy.hedging !== null) return this.#hedges.ended(call, client, result);
    if (outcome !== OK) return this.#failed(call, client, result);
    if (client.edge.protocol === 'UDP') this.#datagrams.answered(client);
    this.#close(call, client, store.attempt(call) === 1 ? OK : OK_AFTER_RETRY);
  }

  /** Another attempt, after a pause, or none. */
  #failed(call: number, client: Client, result: number): void {
    const { store } = this;
    if (store.attempt(call) <= client.maxRetries && this.#policies.mayTryAgain(call, client, result)) {
      const pause = this.#policies.pauseAfter(call, client, result);
      if (pause >= 0) {
        store.setPhase(call, BACKING_OFF);
        this.#ledger.retries(client.edge);
        this.#due[0] = this.#clock[0]! + pause;
        return this.#engine.schedule(this.#kind['call.retry'], call, store.generation[call]!);
      }
    }
    const outcome = outcomeOf(result);
    this.#close(call, client, client.pod < 0 && outcome === REQUEST_TIMEOUT ? ABANDONED : outcome);
  }

  /** Gives the connection back, or closes it, and lets a waiting call have the place. */
  #release(call: number, client: Client, result: number): void {
    const { store } = this;
    if (store.holds(call) === 0) return;
    store.setHolds(call, 0);
    client.inUse--;
    const outcome = outcomeOf(result);
    const answered = outcome === OK || outcome === HTTP_ERROR;
    if (!answered && this.#isReserved(call)) this.#unreserve(call);
    if (client.sharesConnections) this.#shared.ended(call, client, result);
    else if (!(answered && this.#keeps(call, client)) && this.#servers.countsConnections) this.#closed(call, client);
    if (this.#flows.isOn) this.#endFlow(call, client, outcome);
    if (client.waitingCount > 0) this.#serveWaiting(client);
  }

  /** Keeps the connection of the attempt for the next one, if the policy and the address allow. @returns whether it does */
  #keeps(call: number, client: Client): boolean {
    const { store } = this;
    const { keepAlive, maxIdle } = client.edge.policy;
    if (keepAlive === 0 || !client.alive) return false;
    if (client.idleCount >= maxIdle && !this.#connections.mayKeep(client, store.position(call))) return false;
    const known = client.usesVirtualAddress || client.addresses[store.position(call)] === store.address(call);
    if (!known) return false;
    this.#connections.giveBack(client, store, call);
    if (this.#flows.isOn) store.setTracked(call, -1);
    return true;
  }

  /** The Pod that accepted the attempt's connection sees it end. */
  #closed(call: number, client: Client): void {
    const { store } = this;
    if (store.phase(call) !== SENT || client.edge.protocol === 'UDP') return;
    this.#servers.closed(store.pod(call), store.incarnation(call));
  }

  /** The connection of the attempt, if it made one and nobody keeps it. */
  #endFlow(call: number, client: Client, outcome: number): void {
    const { store } = this;
    const flow = store.tracked(call);
    if (flow < 0) return;
    const isReset = outcome === RESET || outcome === REFUSED;
    const stood = store.connectedAt(call) >= 0 && store.connectedAt(call) <= this.#clock[0]!;
    this.#flows.end(flow, client, isReset ? CLOSED_BY_RESET : stood ? CLOSED_BY_CLIENT : NEVER_ANSWERED);
    store.setTracked(call, -1);
  }

  #serveWaiting(client: Client): void {
    while (client.waitingCount > 0 && client.inUse < client.limit) {
      const call = client.dequeue(this.store.generation);
      if (call < 0) return;
      this.#ledger.waited(client.edge, this.#clock[0]! - this.store.attemptAt(call));
      this.#acquire(call, client);
    }
  }

  #record(call: number, client: Client, outcome: number): void {
    this.#ledger.attemptEnds(this.store, call, client.edge, outcome);
  }

  /** Of a call that is no longer wanted: its place, and its connection if there is one. */
  #letGo(call: number, client: Client): void {
    const { store } = this;
    if (store.holds(call) === 0) return;
    client.inUse--;
    if (this.#isReserved(call)) this.#unreserve(call);
    if (this.#servers.countsConnections && !client.sharesConnections) this.#closed(call, client);
    if (this.#flows.isOn) this.#endFlow(call, client, CANCELLED);
  }

  #close(call: number, client: Client, outcome: number): void {
    const { store } = this;
    const job = store.job(call);
    const jobGeneration = store.jobGeneration(call);
    const ok = outcome === OK || outcome === OK_AFTER_RETRY;
    this.#ledger.callEnds(store, call, client.edge, outcome);
    if (outcome === CANCELLED) this.#letGo(call, client);
    store.close(call);
    if (job >= 0) this.#servers.resume(job, jobGeneration, ok || client.edge.isOptional);
    else if (job === OF_MEMBER) this.closed.answered(jobGeneration, ok);
  }
}
