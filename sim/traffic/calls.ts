import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import {
  ABANDONED,
  CANCELLED,
  CONNECT_TIMEOUT,
  DNS_FAILURE,
  HTTP_ERROR,
  IN_FLIGHT,
  OK,
  OK_AFTER_RETRY,
  POOL_TIMEOUT,
  REFUSED,
  REQUEST_TIMEOUT,
  RESET,
  UNREACHABLE,
  WRONG_BACKEND,
} from '../trace/outcomes.ts';
import { BACKING_OFF, CallStore, CONNECTING, SENT, WAITING } from './call-store.ts';
import type { Client } from './client.ts';
import { Connections } from './connections.ts';
import type { Edge } from './edge.ts';
import type { Ledger } from './ledger.ts';
import type { Network } from './network.ts';
import { EXTERNAL, SAME_NODE } from './network.ts';
import type { Resolver } from './resolver.ts';
import { retryable, retryDelay } from './retry.ts';
import type { RightBackend } from './right-backend.ts';
import { DOWN, LISTENING, type Server } from './server.ts';
import { type Caller, isFull, type Servers } from './servers.ts';

/** A SYN that was dropped is sent again after a second, five times; then the waits double. @source Linux >= 6.5, tcp_syn_linear_timeouts 4 */
const SYN_RETRY = 1e9;
const SYN_LINEAR = 5e9;
/** ARP gives up after three probes, a second apart. @source measured 3.05 s; ip-sysctl neigh mcast_solicit */
const ARP_TIME = 3.05e9;

/** Purposes of draws. */
const PICK = 0x10;
const BACKOFF = 0x20;
const PRESS_AGAIN = 0x30;
const ENTRY = 0x40;

const kinds = {
  'call.resolved': { a: 'call', b: 'generation', run: (c, call, generation) => c.resolved(call, generation) },
  'call.syn': { a: 'call', b: 'generation', run: (c, call, generation) => c.syn(call, generation) },
  'call.request': { a: 'call', b: 'generation', run: (c, call, generation) => c.request(call, generation) },
  'call.result': { a: 'call', b: 'generation', run: (c, call, generation) => c.arrived(call, generation) },
  'call.timeout': { a: 'call', b: 'generation', run: (c, call, generation) => c.timedOut(call, generation) },
  'call.poolTimeout': { a: 'call', b: 'generation', run: (c, call, generation) => c.poolTimedOut(call, generation) },
  'call.retry': { a: 'call', b: 'generation', run: (c, call, generation) => c.retry(call, generation) },
} satisfies Kinds<Calls>;

interface Lanes {
  timeout: number;
  poolTimeout: number;
}

/**
 * Calls: what a client wants from a Service, attempt by attempt: a connection from the pool or a wait for one, name
 * resolution, the data plane's pick, the handshake, the request, the answer or a timeout, a retry after a back-off.
 *
 * A call is a slot in `CallStore`; each step that ends an attempt makes its generation grow, so that timers and answers
 * that come later are known to be stale.
 * @simplifies REJECT is not rate-limited, so clients of an empty Service fail faster than in life; answers are never lost;
 *   a client knows at once that the other end has closed an idle connection; one to a wrong backend is not kept
 */
export class Calls implements Caller {
  readonly store = new CallStore();
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #due: Float64Array;
  readonly #dataPlane: DataPlane;
  readonly #network: Network;
  readonly #servers: Servers;
  readonly #resolver: Resolver;
  readonly #ledger: Ledger;
  readonly #dead: ClusterSettings['network']['deadAddress'];
  readonly #edgesOf: (workload: string) => readonly Edge[];
  readonly #rightBackend: RightBackend;
  readonly #connections: Connections;
  readonly #clients: Client[] = [];
  readonly #living: Client[][] = [];
  readonly #lanes: Lanes[] = [];
  readonly #kind;
  /** Slots of the nodes that an outside packet may enter by. */
  readonly #entryNodes: () => readonly number[];

  constructor(
    world: {
      engine: Engine;
      dataPlane: DataPlane;
      network: Network;
      servers: Servers;
      resolver: Resolver;
      ledger: Ledger;
      rightBackend: RightBackend;
      entryNodes: () => readonly number[];
    },
    settings: ClusterSettings,
    edgesOf: (workload: string) => readonly Edge[],
  ) {
    this.#engine = world.engine;
    this.#clock = world.engine.clock;
    this.#due = world.engine.due;
    this.#dataPlane = world.dataPlane;
    this.#network = world.network;
    this.#servers = world.servers;
    this.#resolver = world.resolver;
    this.#ledger = world.ledger;
    this.#rightBackend = world.rightBackend;
    this.#connections = new Connections(this.#clock, world.servers);
    this.#entryNodes = world.entryNodes;
    this.#dead = settings.network.deadAddress;
    this.#edgesOf = edgesOf;
    this.#kind = world.engine.define<Calls, typeof kinds>(this, kinds);
  }

  /** Every client that there was. */
  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** The clients of an edge whose process lives. */
  living(edge: Edge): Client[] {
    this.#living[edge.index] ??= [];
    return this.#living[edge.index]!;
  }

  addClient(client: Client): void {
    client.number = this.#clients.push(client) - 1;
    this.living(client.edge).push(client);
    const { timeout, poolTimeout } = client.edge.policy;
    this.#lanes[client.edge.index] ??= {
      timeout: timeout === Infinity ? -1 : this.#engine.timeoutLane(timeout, this.store),
      poolTimeout: poolTimeout === Infinity ? -1 : this.#engine.timeoutLane(poolTimeout, this.store),
    };
  }

  // What servers ask

  clientsStart(server: Server): void {
    const start = (edge: Edge) => {
      const client = this.#resolver.newClient(edge, server.pod, server.node);
      this.addClient(client);
      return client;
    };
    const edges = this.#edgesOf(server.workload);
    server.clients = edges.filter((edge) => !edge.isUser).map(start);
    server.senders = edges.filter((edge) => edge.isUser).map(start);
  }

  begin(client: Client, job: number, jobGeneration: number, id: number, request: number): void {
    const { store } = this;
    const call = store.open(this.#clock);
    store.client[call] = client.number;
    store.job[call] = job;
    store.jobGeneration[call] = jobGeneration;
    store.id[call] = id;
    store.request[call] = request;
    this.#ledger.callBegins(client.edge);
    this.#attempt(call, client);
  }

  served(call: number, generation: number): void {
    if (this.store.generation[call] === generation) this.store.servedAt[call] = this.#clock[0]!;
  }

  answer(call: number, generation: number, distance: number, outcome: number): void {
    if (this.store.generation[call] !== generation) return; // the caller gave up meanwhile
    if (this.#network.isDown(this.#servers.at(this.store.pod[call]!)!.node)) return; // lost on the way
    this.store.result[call] = this.store.result[call] === WRONG_BACKEND ? WRONG_BACKEND : outcome;
    this.#engine.push(this.#network.oneWay[distance]!, this.#kind['call.result'], call, generation);
  }

  reset(call: number, generation: number, distance: number): void {
    if (this.store.generation[call] !== generation) return;
    if (this.#network.isDown(this.#servers.at(this.store.pod[call]!)!.node)) return;
    this.#resultAfter(call, RESET, this.#network.oneWay[distance]!);
  }

  clientsGone(server: Server): void {
    const { store } = this;
    const gone = [...server.clients, ...server.senders];
    server.clients = [];
    server.senders = [];
    for (const client of gone) {
      client.alive = false;
      const living = this.living(client.edge);
      living.splice(living.indexOf(client), 1);
      client.waitingCount = 0;
      this.#connections.closeAll(client);
    }
    if (gone.length === 0) return;
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call)) continue;
      const client = this.#clients[store.client[call]!]!;
      if (client.pod !== server.pod || client.alive) continue;
      if (store.phase[call] !== BACKING_OFF) this.#record(call, client, CANCELLED);
      this.#close(call, client, CANCELLED);
    }
  }

  // An attempt, step by step

  #attempt(call: number, client: Client): void {
    const { store } = this;
    store.attempt[call]!++;
    store.attemptAt[call] = this.#clock[0]!;
    store.connectedAt[call] = -1;
    store.servedAt[call] = -1;
    store.target[call] = -1;
    store.pod[call] = -1;
    this.#ledger.attemptBegins(client.edge);
    if (client.inUse < client.edge.policy.pool) return this.#acquire(call, client);
    store.phase[call] = WAITING;
    client.enqueue(call, store.generation[call]!);
    const lane = this.#lanes[client.edge.index]!.poolTimeout;
    if (lane >= 0) this.#engine.push(lane, this.#kind['call.poolTimeout'], call, store.generation[call]!);
  }

  /** The call has its place in the pool. */
  #acquire(call: number, client: Client): void {
    const { store } = this;
    const { edge } = client;
    const generation = store.generation[call]!;
    client.inUse++;
    store.holds[call] = 1;
    store.phase[call] = CONNECTING;
    const lane = this.#lanes[edge.index]!.timeout;
    if (lane >= 0) this.#engine.push(lane, this.#kind['call.timeout'], call, generation);
    if (this.#resolver.mustAsk(client)) {
      this.#engine.push(this.#resolver.lane, this.#kind['call.resolved'], call, generation);
    } else this.#connect(call, client);
  }

  resolved(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    const client = this.#clientOf(call);
    if (!this.#resolver.answer(client, this.#connections)) return this.#end(call, client, DNS_FAILURE);
    this.#connect(call, client);
  }

  /** Takes an idle connection to the address whose turn it is, or opens one. */
  #connect(call: number, client: Client): void {
    const { store } = this;
    const { edge } = client;
    const position = client.usesVirtualAddress ? 0 : client.turn;
    store.position[call] = position;
    if (!client.usesVirtualAddress) {
      if (client.addresses.length === 0) return this.#end(call, client, DNS_FAILURE);
      client.turn = (position + 1) % client.addresses.length;
    }
    const connection = this.#connections.takeIdle(client, position);
    if (connection >= 0) {
      store.address[call] = this.#connections.address[connection]!;
      store.pod[call] = this.#connections.pod[connection]!;
      store.incarnation[call] = this.#connections.incarnation[connection]!;
      const distance = this.#connections.distance[connection]!;
      store.distance[call] = distance;
      this.#connections.close(connection);
      store.target[call] = this.#ledger.podTarget(store.pod[call]!);
      this.#ledger.attemptSent(store, call, edge);
      store.connectedAt[call] = this.#clock[0]!;
      store.phase[call] = SENT;
      store.result[call] = OK;
      this.#engine.push(this.#network.oneWay[distance]!, this.#kind['call.request'], call, store.generation[call]!);
      return;
    }
    // The pool may be full of idle connections to other addresses: one of them makes room.
    if (client.inUse + client.idleCount > edge.policy.pool) this.#connections.closeAny(client);
    const hash = mix(mix(store.id[call]!, store.attempt[call]!), PICK);
    let address: number;
    if (client.usesVirtualAddress) {
      const node = client.node >= 0 ? client.node : this.#entryNode(hash);
      address = this.#dataPlane.pick(node, edge.serviceSlot, hash);
      if (address < 0) return this.#resultAfter(call, REFUSED, this.#errorLane(client));
    } else address = client.addresses[position]!;
    store.address[call] = address;
    this.#sendSyn(call, client);
  }

  /** The load balancer picks a node that is ready, at random. */
  #entryNode(hash: number): number {
    const nodes = this.#entryNodes();
    return nodes[(mix(hash, ENTRY) >>> 0) % nodes.length] ?? 0;
  }

  #sendSyn(call: number, client: Client): void {
    const { store } = this;
    const address = store.address[call]!;
    store.synAt[call] = this.#clock[0]!;
    const pod = this.#dataPlane.addresses.holder(address);
    if (pod < 0) {
      store.target[call] = this.#ledger.addressTarget(address);
      this.#ledger.attemptSent(store, call, client.edge);
      return this.#deadEnd(call, client, this.#dead);
    }
    const server = this.#servers.at(pod)!;
    store.pod[call] = pod;
    store.incarnation[call] = server.incarnation;
    store.target[call] = this.#ledger.podTarget(pod);
    this.#ledger.attemptSent(store, call, client.edge);
    if (this.#network.isDown(server.node)) return this.#deadEnd(call, client, 'silent');
    const distance = this.#network.distance(client.node, server.node);
    store.distance[call] = distance;
    this.#engine.push(this.#network.oneWay[distance]!, this.#kind['call.syn'], call, store.generation[call]!);
  }

  /** Nobody has the address: the CNI decides what the client sees. */
  #deadEnd(call: number, client: Client, how: ClusterSettings['network']['deadAddress']): void {
    if (how === 'refused') return this.#resultAfter(call, REFUSED, this.#errorLane(client));
    if (how === 'unreachable') return this.#resultAfter(call, UNREACHABLE, this.#errorLane(client));
    const limit = client.edge.policy.connectTimeout;
    const gaveUp = how === 'unreachable3s' && ARP_TIME < limit;
    const outcome = gaveUp ? UNREACHABLE : CONNECT_TIMEOUT;
    const delay = gaveUp ? ARP_TIME : limit;
    if (delay < Infinity) this.#resultAfter(call, outcome, this.#engine.lane(delay));
  }

  /** An error that the first node makes: the client's own, or the one by which users come in. */
  #errorLane(client: Client): number {
    return client.node < 0 ? this.#network.roundTrip[EXTERNAL]! : this.#network.oneWay[SAME_NODE]!;
  }

  /** A SYN has arrived at the Pod's node. */
  syn(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    const server = this.#servers.at(store.pod[call]!)!;
    const { oneWay, roundTrip, latency } = this.#network;
    const distance = store.distance[call]!;
    const client = this.#clientOf(call);
    if (this.#dataPlane.addresses.holder(store.address[call]!) !== server.pod || this.#network.isDown(server.node)) {
      return this.#connectTimesOut(call, client);
    }
    const wrong = !this.#rightBackend.is(server.pod, client.edge);
    if (server.state !== LISTENING || (wrong && !server.ports.has(client.edge.targetPort))) {
      return this.#resultAfter(call, REFUSED, oneWay[distance]!);
    }
    if (isFull(server)) return this.#synDropped(call, client);
    store.incarnation[call] = server.incarnation;
    store.connectedAt[call] = this.#clock[0]! + latency[distance]!;
    store.phase[call] = SENT;
    store.result[call] = wrong ? WRONG_BACKEND : OK;
    this.#engine.push(roundTrip[distance]!, this.#kind['call.request'], call, generation);
  }

  /** The backlog is full. The client sends the SYN again, if it has the patience to see it arrive. */
  #synDropped(call: number, client: Client): void {
    const { store } = this;
    const now = this.#clock[0]!;
    const sentAfter = now - this.#network.latency[store.distance[call]!]! - store.synAt[call]!;
    const wait = sentAfter < SYN_LINEAR ? SYN_RETRY : sentAfter - 3 * SYN_RETRY;
    if (now + wait >= store.synAt[call]! + client.edge.policy.connectTimeout)
      return this.#connectTimesOut(call, client);
    this.#due[0] = now + wait;
    this.#engine.schedule(this.#kind['call.syn'], call, store.generation[call]!);
  }

  /** Nothing answers the SYN: the client gives up when its time is over. */
  #connectTimesOut(call: number, client: Client): void {
    const { store } = this;
    store.result[call] = CONNECT_TIMEOUT;
    this.#due[0] = Math.max(this.#clock[0]!, store.synAt[call]! + client.edge.policy.connectTimeout);
    this.#engine.schedule(this.#kind['call.result'], call, store.generation[call]!);
  }

  /** The request has arrived at the Pod, over an established connection. */
  request(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    const server = this.#servers.at(store.pod[call]!)!;
    if (this.#network.isDown(server.node)) return; // silence
    const distance = store.distance[call]!;
    if (server.state === DOWN || server.incarnation !== store.incarnation[call]) {
      return this.#resultAfter(call, RESET, this.#network.oneWay[distance]!);
    }
    const id = mix(store.id[call]!, store.attempt[call]!);
    const demandId = store.id[call]!;
    const accepted = this.#servers.accept(server.pod, call, generation, distance, demandId, id, store.request[call]!);
    // No room: the application answers 503.
    if (!accepted) this.#resultAfter(call, HTTP_ERROR, this.#network.oneWay[distance]!);
  }

  arrived(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.#clientOf(call), this.store.result[call]!);
  }

  timedOut(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.#clientOf(call), REQUEST_TIMEOUT);
  }

  poolTimedOut(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation || store.phase[call] !== WAITING) return;
    const client = this.#clientOf(call);
    client.waitingCount--;
    this.#ledger.waited(client.edge, this.#clock[0]! - store.attemptAt[call]!);
    this.#end(call, client, POOL_TIMEOUT);
  }

  retry(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#attempt(call, this.#clientOf(call));
  }

  #resultAfter(call: number, outcome: number, lane: number): void {
    this.store.result[call] = outcome;
    this.#engine.push(lane, this.#kind['call.result'], call, this.store.generation[call]!);
  }

  // The end of an attempt, and of the call

  #end(call: number, client: Client, outcome: number): void {
    const { store } = this;
    this.#record(call, client, outcome);
    store.outdate(call);
    this.#release(call, client, outcome);
    const { retries } = client.edge.policy;
    if (outcome === OK) {
      if (retries.budget) client.tokens = Math.min(retries.budget.burst, client.tokens + retries.budget.ratio);
      return this.#close(call, client, store.attempt[call] === 1 ? OK : OK_AFTER_RETRY);
    }
    if (store.attempt[call]! <= retries.max && retryable(retries, outcome) && this.#mayRetry(call, client)) {
      store.phase[call] = BACKING_OFF;
      this.#ledger.retries(client.edge);
      const hash = mix(mix(store.id[call]!, store.attempt[call]!), BACKOFF);
      this.#due[0] = this.#clock[0]! + retryDelay(retries.backoff, store.attempt[call]!, uniform(hash));
      return this.#engine.schedule(this.#kind['call.retry'], call, store.generation[call]!);
    }
    this.#close(call, client, client.pod < 0 && outcome === REQUEST_TIMEOUT ? ABANDONED : outcome);
  }

  #mayRetry(call: number, client: Client): boolean {
    const { probability, budget } = client.edge.policy.retries;
    if (probability < 1) {
      const hash = mix(mix(this.store.id[call]!, this.store.attempt[call]!), PRESS_AGAIN);
      if (uniform(hash) >= probability) return false;
    }
    if (budget === null) return true;
    if (client.tokens < 1) return false;
    client.tokens--;
    return true;
  }

  /** Gives the connection back, or closes it, and lets a waiting call have the place. */
  #release(call: number, client: Client, outcome: number): void {
    const { store } = this;
    if (store.holds[call] === 0) return;
    store.holds[call] = 0;
    client.inUse--;
    const answered = outcome === OK || outcome === HTTP_ERROR;
    const position = store.position[call]!;
    const known = client.usesVirtualAddress || client.addresses[position] === store.address[call];
    if (answered && client.edge.policy.keepAlive > 0 && known && client.alive) {
      this.#connections.giveBack(client, store, call);
    }
    this.#serveWaiting(client);
  }

  #serveWaiting(client: Client): void {
    while (client.waitingCount > 0 && client.inUse < client.edge.policy.pool) {
      const call = client.dequeue(this.store.generation);
      if (call < 0) return;
      this.#ledger.waited(client.edge, this.#clock[0]! - this.store.attemptAt[call]!);
      this.#acquire(call, client);
    }
  }

  #record(call: number, client: Client, outcome: number): void {
    this.#ledger.attemptEnds(this.store, call, client.edge, outcome);
  }

  #close(call: number, client: Client, outcome: number): void {
    const { store } = this;
    const job = store.job[call]!;
    const jobGeneration = store.jobGeneration[call]!;
    this.#ledger.callEnds(client.edge, outcome, store.startedAt, call);
    if (outcome === CANCELLED && store.holds[call] === 1) client.inUse--;
    store.close(call);
    if (job >= 0) this.#servers.resume(job, jobGeneration, outcome === OK || outcome === OK_AFTER_RETRY);
  }

  /** Calls open, and attempts under way, by edge. */
  countOpen(): { calls: number; attempts: number }[] {
    const { store } = this;
    const open: { calls: number; attempts: number }[] = [];
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call)) continue;
      const { index } = this.#clientOf(call).edge;
      open[index] ??= { calls: 0, attempts: 0 };
      open[index].calls++;
      if (store.phase[call] !== BACKING_OFF) open[index].attempts++;
    }
    return open;
  }

  /** Calls of an edge that are open, and the age of the oldest (ns): all, and those older than `limit` ns. */
  unanswered(edge: Edge, limit: number): { open: number; overdue: number; oldest: number } {
    const { store } = this;
    const now = this.#clock[0]!;
    const result = { open: 0, overdue: 0, oldest: 0 };
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call) || this.#clientOf(call).edge !== edge) continue;
      const age = now - store.startedAt[call]!;
      result.open++;
      if (age > limit) result.overdue++;
      result.oldest = Math.max(result.oldest, age);
    }
    return result;
  }

  /** At the end of the run: what is still open ends as `inFlight`. */
  finish(): void {
    const { store } = this;
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call)) continue;
      const { edge } = this.#clientOf(call);
      if (store.phase[call] !== BACKING_OFF) this.#ledger.attemptEnds(store, call, edge, IN_FLIGHT);
      this.#ledger.callEnds(edge, IN_FLIGHT, store.startedAt, call);
    }
  }

  #clientOf(call: number): Client {
    return this.#clients[this.store.client[call]!]!;
  }
}
