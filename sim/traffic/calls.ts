import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import {
  ABANDONED,
  CANCELLED,
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
import { BACKING_OFF, CallStore, CONNECTING, FORESEEN, SENT, WAITING } from './call-store.ts';
import { type Client, NO_SERVICE } from './client.ts';
import { Connections } from './connections.ts';
import type { Asker } from './dns/lookups.ts';
import type { NameAnswer } from './dns/questions.ts';
import type { Edge } from './edge.ts';
import type { EntryNodes } from './entry-nodes.ts';
import { type Connecting, Handshakes } from './handshakes.ts';
import type { Ledger } from './ledger.ts';
import { type Network, SAME_NODE } from './network.ts';
import { OpenCalls } from './open-calls.ts';
import type { PolicyGate } from './policy-gate.ts';
import type { Resolver } from './resolver.ts';
import { retryable, retryDelay } from './retry.ts';
import type { RightBackend } from './right-backend.ts';
import { DOWN, type Server } from './server.ts';
import type { Caller, Servers } from './servers.ts';
import { CLOSED_BY_CLIENT, CLOSED_BY_RESET, NEVER_ANSWERED, type TrackedFlows } from './tracked-flows.ts';

/** Purposes of draws. */
const BACKOFF = 0x20;
const PRESS_AGAIN = 0x30;

const kinds = {
  'call.resolved': { a: 'call', b: 'generation', run: (c, call, generation) => c.resolved(call, generation) },
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
 * @simplifies answers are never lost; a client knows at once that the other end has closed an idle connection; one to a wrong
 *   backend is not kept
 */
export class Calls implements Caller, Connecting, Asker {
  readonly store = new CallStore();
  readonly open: OpenCalls;
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #due: Float64Array;
  readonly #dataPlane: DataPlane;
  readonly #network: Network;
  readonly #servers: Servers;
  readonly #resolver: Resolver;
  readonly #ledger: Ledger;
  readonly #edgesOf: (workload: string) => readonly Edge[];
  readonly #handshakes: Handshakes;
  readonly #connections: Connections;
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
    this.#servers = world.servers;
    this.#resolver = world.resolver;
    this.#ledger = world.ledger;
    this.#flows = world.flows;
    this.#connections = new Connections(this.#clock, world.servers, world.flows);
    this.#edgesOf = edgesOf;
    this.#kind = world.engine.define<Calls, typeof kinds>(this, kinds);
    this.#handshakes = new Handshakes(world, settings, this.store, this);
    this.open = new OpenCalls(this.store, this.#clients);
  }

  /** Every client that there was. */
  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** For the audit: what calls and idle connections have in `TrackedFlows`, where it is on. */
  countTracked(): number {
    const { store } = this;
    let count = this.#connections.inUse;
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
    const { timeout, poolTimeout } = client.edge.policy;
    this.#lanes[client.edge.index] ??= {
      timeout: timeout === Infinity ? -1 : this.#engine.timeoutLane(timeout, this.store),
      poolTimeout: poolTimeout === Infinity ? -1 : this.#engine.timeoutLane(poolTimeout, this.store),
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
    this.#attempt(call, client);
  }

  served(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] === generation) store.setServedAt(call, this.#clock[0]!);
  }

  answer(call: number, generation: number, distance: number, outcome: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return; // the caller gave up meanwhile
    if (this.#isSilent(store.pod(call))) return; // lost on the way
    if (store.result(call) !== WRONG_BACKEND) store.setResult(call, outcome);
    this.#engine.push(this.#network.lane(1, distance), this.#kind['call.result'], call, generation);
  }

  reset(call: number, generation: number, distance: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    if (this.#isSilent(store.pod(call))) return;
    this.resultAfter(call, RESET, this.#network.lane(1, distance));
  }

  /** The Pod's node is dead: nothing comes out of it. */
  #isSilent(pod: number): boolean {
    return this.#network.isDown(this.#servers.rows.node(pod));
  }

  disturbed(pod: number): void {
    this.#handshakes.disturbed(pod);
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
      this.#connections.closeAll(client);
    }
    if (gone.length === 0) return;
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call)) continue;
      const client = this.clientOf(call);
      if (client.pod !== server.pod || client.alive) continue;
      if (store.phase(call) !== BACKING_OFF) this.#record(call, client, CANCELLED);
      this.#close(call, client, CANCELLED);
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
    if (client.inUse < client.edge.policy.pool) return this.#acquire(call, client);
    store.setPhase(call, WAITING);
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
    store.setHolds(call, 1);
    store.setPhase(call, CONNECTING);
    const lane = this.#lanes[edge.index]!.timeout;
    if (lane >= 0) this.#engine.push(lane, this.#kind['call.timeout'], call, generation);
    if (this.#resolver.mustAsk(client)) {
      const { lookups } = this.#resolver;
      if (lookups !== null) return lookups.begin(call, generation, client);
      this.#engine.push(this.#resolver.lane, this.#kind['call.resolved'], call, generation);
    } else this.#connect(call, client);
  }

  resolved(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    const client = this.clientOf(call);
    if (!this.#resolver.answer(client, this.#connections)) return this.#end(call, client, DNS_FAILURE);
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
    this.#resolver.learned(client, answer, this.#connections);
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
    const position = client.usesVirtualAddress ? 0 : client.turn;
    store.setPosition(call, position);
    if (!client.usesVirtualAddress) {
      if (client.addresses.length === 0) return this.#end(call, client, DNS_FAILURE);
      client.turn = (position + 1) % client.addresses.length;
    }
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
    this.#handshakes.begin(call, client);
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
    connections.close(connection);
    this.#ledger.sentToPod(store, call, client.edge, pod);
    this.requestAfter(call, this.#network.lane(1, distance));
  }

  /** The request has arrived at the Pod, over an established connection. */
  request(call: number, generation: number): void {
    const { store } = this;
    if (store.generation[call] !== generation) return;
    if (store.phase(call) === FORESEEN) store.setPhase(call, SENT);
    else if (store.phase(call) !== SENT) return; // the SYN was not accepted as foreseen
    const pod = store.pod(call);
    const { rows } = this.#servers;
    if (this.#network.isDown(rows.node(pod))) return; // silence
    const distance = store.distance(call);
    if (rows.state(pod) === DOWN || rows.incarnation(pod) !== store.incarnation(call)) {
      return this.resultAfter(call, RESET, this.#network.lane(1, distance));
    }
    const demandId = store.id(call);
    const id = mix(demandId, store.attempt(call));
    const accepted = this.#servers.accept(pod, call, generation, distance, demandId, id, store.request(call));
    // No room: the application answers 503.
    if (!accepted) this.resultAfter(call, HTTP_ERROR, this.#network.lane(1, distance));
  }

  arrived(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.clientOf(call), this.store.result(call));
  }

  timedOut(call: number, generation: number): void {
    if (this.store.generation[call] !== generation) return;
    this.#end(call, this.clientOf(call), REQUEST_TIMEOUT);
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

  // The end of an attempt, and of the call

  #end(call: number, client: Client, outcome: number): void {
    const { store } = this;
    this.#record(call, client, outcome);
    store.outdate(call);
    this.#release(call, client, outcome);
    const { retries } = client.edge.policy;
    const attempt = store.attempt(call);
    if (outcome === OK) {
      if (retries.budget) client.tokens = Math.min(retries.budget.burst, client.tokens + retries.budget.ratio);
      return this.#close(call, client, attempt === 1 ? OK : OK_AFTER_RETRY);
    }
    if (attempt <= retries.max && retryable(retries, outcome) && this.#mayRetry(call, client)) {
      store.setPhase(call, BACKING_OFF);
      this.#ledger.retries(client.edge);
      const hash = mix(mix(store.id(call), attempt), BACKOFF);
      this.#due[0] = this.#clock[0]! + retryDelay(retries.backoff, attempt, uniform(hash));
      return this.#engine.schedule(this.#kind['call.retry'], call, store.generation[call]!);
    }
    this.#close(call, client, client.pod < 0 && outcome === REQUEST_TIMEOUT ? ABANDONED : outcome);
  }

  #mayRetry(call: number, client: Client): boolean {
    const { probability, budget } = client.edge.policy.retries;
    if (probability < 1) {
      const { store } = this;
      const hash = mix(mix(store.id(call), store.attempt(call)), PRESS_AGAIN);
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
    if (store.holds(call) === 0) return;
    store.setHolds(call, 0);
    client.inUse--;
    const answered = outcome === OK || outcome === HTTP_ERROR;
    if (answered && client.edge.policy.keepAlive > 0 && client.alive) {
      const known = client.usesVirtualAddress || client.addresses[store.position(call)] === store.address(call);
      if (known) {
        this.#connections.giveBack(client, this.store, call);
        if (this.#flows.isOn) store.setTracked(call, -1);
      }
    }
    if (this.#flows.isOn) this.#endFlow(call, client, outcome);
    if (client.waitingCount > 0) this.#serveWaiting(client);
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
    while (client.waitingCount > 0 && client.inUse < client.edge.policy.pool) {
      const call = client.dequeue(this.store.generation);
      if (call < 0) return;
      this.#ledger.waited(client.edge, this.#clock[0]! - this.store.attemptAt(call));
      this.#acquire(call, client);
    }
  }

  #record(call: number, client: Client, outcome: number): void {
    this.#ledger.attemptEnds(this.store, call, client.edge, outcome);
  }

  #close(call: number, client: Client, outcome: number): void {
    const { store } = this;
    const job = store.job(call);
    const jobGeneration = store.jobGeneration(call);
    this.#ledger.callEnds(store, call, client.edge, outcome);
    if (outcome === CANCELLED && store.holds(call) === 1) {
      client.inUse--;
      if (this.#flows.isOn) this.#endFlow(call, client, outcome);
    }
    store.close(call);
    if (job >= 0) this.#servers.resume(job, jobGeneration, outcome === OK || outcome === OK_AFTER_RETRY);
  }
}
