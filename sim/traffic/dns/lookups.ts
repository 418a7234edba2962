import { type DataPlane, FROM_POD } from '../../dataplane/data-plane.ts';
import { DROPPED as DROPPED_BY_NODE } from '../../dataplane/port-routes.ts';
import { coreDNSCache, NODE_LOCAL_DNS_CACHE } from '../../discovery/cache/policies.ts';
import type { Engine } from '../../engine/engine.ts';
import { keyOf, mix, uniform } from '../../engine/hash.ts';
import type { Kinds } from '../../engine/kinds.ts';
import type { DNSFault } from '../../input/scenario.ts';
import type { Client } from '../client.ts';
import { type Network, SAME_NODE } from '../network.ts';
import type { PolicyGate } from '../policy-gate.ts';
import { LISTENING } from '../server.ts';
import type { Servers } from '../servers.ts';
import { AnswerCache } from './answer-cache.ts';
import {
  ABANDONED,
  DENIED,
  type DNSBooks,
  DOWN,
  DROPPED,
  FOUND,
  NO_ANSWER,
  NOBODY,
  NOT_FOUND,
  RACED,
} from './dns-books.ts';
import { GOT_A, GOT_AAAA, GOT_BOTH, LookupStore, ONE_BY_ONE } from './lookup-store.ts';
import type { Plan } from './plan.ts';
import type { NameAnswer, Questions } from './questions.ts';

const A = 0;
const AAAA = 1;

/** @source linux net/netfilter/ipvs/ip_vs_proto_udp.c, IP_VS_UDP_S_NORMAL */
const UDP_TIMEOUT = 300e9;

/** Purposes of draws. */
const LOOKUP = 0x70;
const RACE = 0x71;

const kinds = {
  'dns.query': { a: 'query', b: 'generation', run: (l, query, generation) => l.arrived(query, generation) },
  'dns.answer': { a: 'query', b: 'generation', run: (l, query, generation) => l.answerArrived(query, generation) },
  'dns.local': { a: 'lookup', b: 'generation', run: (l, lookup, generation) => l.answeredLocally(lookup, generation) },
  'dns.failure': { a: 'query', b: 'generation', run: (l, query, generation) => l.failed(query, generation) },
  'dns.refused': { a: 'query', b: 'generation', run: (l, query, generation) => l.refused(query, generation) },
  'dns.timeout': { a: 'lookup', b: 'generation', run: (l, lookup, generation) => l.timedOut(lookup, generation) },
  'dns.forgotten': { a: 'node', b: 'server', run: (l, node, server) => l.forgotten(node, server) },
  'dns.unknown': { a: 'lookup', b: 'generation', run: (l, lookup, generation) => l.unknown(lookup, generation) },
} satisfies Kinds<Lookups>;

/** Whom a lookup is for; `calls.ts` is it. */
export interface Asker {
  /** Of a call and its attempt: 32 bits that belong to it. */
  keyOf(call: number): number;
  clientAt(number: number): Client;
  /** The name has led somewhere, or nowhere (null), and the client knows it from now on. */
  learned(client: Client, answer: NameAnswer | null): void;
  /** The lookup of a call has ended. */
  looked(call: number, generation: number, found: boolean): void;
}

/** What Lookups needs of the simulated cluster. */
export interface LookupWorld {
  engine: Engine;
  dataPlane: DataPlane;
  network: Network;
  servers: Servers;
  gate: PolicyGate;
  questions: Questions;
  books: DNSBooks;
  /** How a client looks up its target's name. */
  planOf(client: Client): Plan;
  /** The slot of the Service that the Pods' resolv.conf names; -1: there is none now. */
  serviceSlot(): number;
  /** The place of its port for datagrams in its spec. */
  port(): number;
}

export interface LookupSettings {
  /** Of answers, ns. */
  ttl: number;
  /** Of a question to servers outside, ns. */
  latency: number;
  nodeLocal: boolean;
  /** Of the connection-tracking race; 0: none. */
  raceProbability: number;
  seed: number;
}

/**
 * Names looked up as programs do it: one question of the search list after the other, A and AAAA of each, by datagrams to
 * the Pods of the DNS server that the client's node picks, with tries and timeouts; or from the cache on the node.
 *
 * A lookup is a slot; each try makes its generation grow, so that answers and timeouts of earlier ones are known to be
 * stale. A query is 2 · lookup for A, + 1 for AAAA. A lookup goes on when its call gives up, as `getaddrinfo` does.
 * @simplifies lookups of one program do not wait for each other; of a NodeLocal cache only memory is simulated, not its
 *   capacity, and its connections to the server stand; conntrack remembers no flow from one try to the next; glibc's turn to
 *   asking one by one after a loss lasts for one lookup, where a thread of a program keeps to it
 * @source glibc resolv/res_send.c and res_query.c; musl src/network/res_msend.c; golang/go src/net/dnsclient_unix.go
 */
export class Lookups {
  readonly store = new LookupStore();
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #world: LookupWorld;
  readonly #settings: LookupSettings;
  readonly #ttlSeconds: number;
  readonly #kind;
  readonly #key: number;
  /** By client number. */
  readonly #plans: Plan[] = [];
  readonly #timeoutLanes = new Map<number, number>();
  /** Of the server's Pods, and of nodes. */
  readonly #podCache: AnswerCache;
  readonly #nodeCache: AnswerCache;
  /** By Pod slot: which life of its process filled its cache. */
  readonly #incarnations: number[] = [];
  #asker!: Asker;
  /** What the timeline has done to the server, and until when (ns). */
  #fault: DNSFault = { kind: 'down', delay: 0, duration: 0 };
  readonly #faultEnd = new Float64Array(1);

  constructor(world: LookupWorld, settings: LookupSettings) {
    const { engine } = world;
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#world = world;
    this.#settings = settings;
    this.#ttlSeconds = Math.round(settings.ttl / 1e9);
    this.#key = mix(keyOf('lookups'), settings.seed);
    this.#podCache = new AnswerCache(engine.clock, coreDNSCache());
    this.#nodeCache = new AnswerCache(engine.clock, NODE_LOCAL_DNS_CACHE);
    this.#kind = engine.define<Lookups, typeof kinds>(this, kinds);
  }

  attach(asker: Asker): void {
    this.#asker = asker;
  }

  get books(): DNSBooks {
    return this.#world.books;
  }

  /** A call's client looks up the name of its target; `Asker.looked` hears of the end. */
  begin(call: number, generation: number, client: Client): void {
    const { store } = this;
    const lookup = store.open();
    this.#world.books.begun++;
    store.setStartedAt(lookup, this.#clock[0]!);
    store.setValidUntil(lookup, this.#clock[0]!);
    store.setCall(lookup, call);
    store.setCallGeneration(lookup, generation);
    store.setClient(lookup, client.number);
    store.setPlace(lookup, 0);
    store.setAttempt(lookup, 0);
    store.setFlags(lookup, 0);
    store.setKey(lookup, mix(mix(this.#asker.keyOf(call), LOOKUP), this.#key));
    const plan = this.#planOf(client);
    if (plan.questions.length === 0 || !plan.asksCluster) {
      const lane = this.#engine.lane(this.#settings.latency);
      return this.#engine.push(lane, this.#kind['dns.unknown'], lookup, store.generation[lookup]!);
    }
    if (!plan.isParallel) store.setFlags(lookup, ONE_BY_ONE);
    this.#try(lookup, client, plan);
  }

  /** A fault of the whole server begins now; the one before it is over. */
  breaks(fault: DNSFault): void {
    this.#fault = fault;
    this.#faultEnd[0] = this.#clock[0]! + fault.duration;
  }

  // What a lookup does

  /** Asks the present question, once. */
  #try(lookup: number, client: Client, plan: Plan): void {
    const { store } = this;
    if (!client.alive) return this.#end(lookup, client, plan, ABANDONED);
    store.outdate(lookup);
    store.setFlags(lookup, store.flags(lookup) & ONE_BY_ONE);
    this.#engine.push(this.#timeoutLane(plan), this.#kind['dns.timeout'], lookup, store.generation[lookup]!);
    if (this.#settings.nodeLocal) return this.#askNode(lookup, client, plan);
    const socket = this.#draw(lookup);
    this.#send(lookup << 1, client, plan, socket);
    if ((store.flags(lookup) & ONE_BY_ONE) === 0) this.#sendSecond(lookup, client, plan, socket);
  }

  /** AAAA at once with A: the two may meet in the kernel while neither has an entry in its table, and one is dropped. */
  #sendSecond(lookup: number, client: Client, plan: Plan, socket: number): void {
    const { raceProbability } = this.#settings;
    const races = plan.sharesSocket && !plan.isTCP && raceProbability > 0;
    if (races && uniform(mix(socket, RACE)) < raceProbability) return this.#world.books.lost(RACED);
    this.#send((lookup << 1) | AAAA, client, plan, plan.sharesSocket ? socket : this.#draw(lookup));
  }

  #askNode(lookup: number, client: Client, plan: Plan): void {
    const { store } = this;
    const question = plan.questions[store.place(lookup)]!;
    const answer = this.#nodeCache.get(client.node, question);
    if (answer >= 0) {
      store.setAnswer(lookup, answer);
      store.setValidUntil(lookup, this.#nodeCache.validUntil(client.node, question));
      this.#world.books.local();
      const lane = this.#world.network.lane(2, SAME_NODE);
      return this.#engine.push(lane, this.#kind['dns.local'], lookup, store.generation[lookup]!);
    }
    this.#send(lookup << 1, client, plan, this.#draw(lookup));
    this.#send((lookup << 1) | AAAA, client, plan, this.#draw(lookup));
  }

  /** @param socket 32 bits that belong to the client's socket: the node sends what comes from one to one Pod */
  #send(query: number, client: Client, plan: Plan, socket: number): void {
    const { store } = this;
    const { network, servers, dataPlane, books, gate } = this.#world;
    const lookup = query >> 1;
    const service = this.#world.serviceSlot();
    if (service < 0) return books.lost(NOBODY);
    const address = dataPlane.pick(client.node, service, this.#world.port(), FROM_POD, client.source, socket);
    if (address === DROPPED_BY_NODE) return books.lost(NOBODY);
    if (address < 0) {
      books.lost(NOBODY);
      const lane = network.lane(1, SAME_NODE);
      return this.#engine.push(lane, this.#kind['dns.refused'], query, store.generation[lookup]!);
    }
    if (dataPlane.countsConnections) this.#count(client.node, service, address);
    const pod = dataPlane.addresses.holder(address);
    if (pod < 0) return books.lost(NOBODY);
    books.sent(pod);
    const node = servers.rows.node(pod);
    if (!gate.isOpen && !gate.allowsQuery(client.pod, pod)) return books.lost(DENIED);
    if (network.isDown(node)) return books.lost(NOBODY);
    const distance = network.distance(client.node, node);
    store.setPod(query, pod);
    store.setDistance(query, distance);
    const lane = network.lane(plan.isTCP ? 3 : 1, distance);
    this.#engine.push(lane, this.#kind['dns.query'], query, store.generation[lookup]!);
  }

  /** ip_vs counts a flow of datagrams for as long as it remembers it. */
  #count(node: number, service: number, address: number): void {
    const server = this.#world.dataPlane.opened(node, service, this.#world.port(), FROM_POD, address);
    if (server >= 0) this.#engine.push(this.#engine.lane(UDP_TIMEOUT), this.#kind['dns.forgotten'], node, server);
  }

  forgotten(node: number, server: number): void {
    const { dataPlane } = this.#world;
    const service = this.#world.serviceSlot();
    if (service < 0) return;
    dataPlane.closing(node, service, this.#world.port(), server);
    dataPlane.closed(node, service, this.#world.port(), server);
  }

  /** A query has arrived at its Pod. */
  arrived(query: number, generation: number): void {
    const { store } = this;
    const lookup = query >> 1;
    if (store.generation[lookup] !== generation) return;
    const { network, servers, dataPlane, books } = this.#world;
    const pod = store.pod(query);
    const distance = store.distance(query);
    const isThere = dataPlane.addresses.holder(servers.at(pod)!.address) === pod;
    if (!isThere || network.isDown(servers.rows.node(pod))) return books.lost(NOBODY);
    if (servers.rows.state(pod) !== LISTENING) {
      books.lost(NOBODY);
      return this.#engine.push(network.lane(1, distance), this.#kind['dns.refused'], query, generation);
    }
    const id = this.#draw(lookup);
    if (!servers.accept(pod, queryCall(query), generation, distance, id, 1, 0)) books.lost(DROPPED);
  }

  /** The Pod answers. */
  answered(query: number, generation: number): void {
    const { store } = this;
    const lookup = query >> 1;
    if (store.generation[lookup] !== generation) return; // the client has given up
    const { network, servers } = this.#world;
    const pod = store.pod(query);
    if (network.isDown(servers.rows.node(pod))) return this.#world.books.lost(NOBODY);
    if (this.#faultEnd[0]! > this.#clock[0]!) return this.#answerBroken(query, generation, pod);
    if ((query & 1) === A) this.#lookIntoServer(lookup, pod);
    this.#engine.push(network.lane(1, store.distance(query)), this.#kind['dns.answer'], query, generation);
  }

  #answerBroken(query: number, generation: number, pod: number): void {
    const { network, books } = this.#world;
    const { kind, delay } = this.#fault;
    if (kind === 'down') return books.lost(DOWN);
    const distance = this.store.distance(query);
    if (kind === 'servfail') {
      return this.#engine.push(network.lane(1, distance), this.#kind['dns.failure'], query, generation);
    }
    if ((query & 1) === A) this.#lookIntoServer(query >> 1, pod);
    const lane = this.#engine.lane(delay + network.latency[distance]!);
    this.#engine.push(lane, this.#kind['dns.answer'], query, generation);
  }

  answerArrived(query: number, generation: number): void {
    const { store } = this;
    const lookup = query >> 1;
    if (store.generation[lookup] !== generation) return;
    const flags = store.flags(lookup) | ((query & 1) === A ? GOT_A : GOT_AAAA);
    store.setFlags(lookup, flags);
    const client = this.#clientOf(lookup);
    const plan = this.#planOf(client);
    if ((flags & GOT_BOTH) !== GOT_BOTH) {
      if ((flags & ONE_BY_ONE) === 0 || this.#settings.nodeLocal) return; // the other is on its way
      return this.#send((lookup << 1) | AAAA, client, plan, this.#draw(lookup));
    }
    if (!this.#settings.nodeLocal) return this.#answer(lookup, client, plan);
    this.#fillNode(lookup, client, plan);
    this.#engine.push(this.#world.network.lane(2, SAME_NODE), this.#kind['dns.local'], lookup, generation);
  }

  /** The cache on the node has answered both. */
  answeredLocally(lookup: number, generation: number): void {
    if (this.store.generation[lookup] !== generation) return;
    const client = this.#clientOf(lookup);
    this.#answer(lookup, client, this.#planOf(client));
  }

  /** Nobody listens there: an ICMP error, which musl does not hear of. */
  refused(query: number, generation: number): void {
    const lookup = query >> 1;
    if (this.store.generation[lookup] !== generation) return;
    const client = this.#clientOf(lookup);
    const plan = this.#planOf(client);
    if (plan.library === 'musl') return;
    const isLast = this.store.attempt(lookup) + 1 >= plan.attempts;
    // …and after which glibc looks for nothing else.
    if (isLast && plan.library === 'glibc') this.#end(lookup, client, plan, NO_ANSWER);
    else this.#tryAgain(lookup, client, plan);
  }

  /** SERVFAIL: C libraries ask again at once, and glibc and Go then go on with their lists. */
  failed(query: number, generation: number): void {
    const { store } = this;
    const lookup = query >> 1;
    if (store.generation[lookup] !== generation) return;
    const client = this.#clientOf(lookup);
    const plan = this.#planOf(client);
    const attempt = store.attempt(lookup) + 1;
    store.setAttempt(lookup, attempt);
    if (attempt < plan.attempts) return this.#try(lookup, client, plan);
    if (plan.library === 'musl') return this.#end(lookup, client, plan, NO_ANSWER);
    this.#ask(lookup, client, plan, store.place(lookup) + 1, NO_ANSWER);
  }

  timedOut(lookup: number, generation: number): void {
    const { store } = this;
    if (store.generation[lookup] !== generation) return;
    const client = this.#clientOf(lookup);
    const plan = this.#planOf(client);
    const flags = store.flags(lookup);
    if (plan.library === 'glibc' && (flags & GOT_BOTH) !== 0) {
      // One answer of two: perhaps something on the way does not like two at once. At the second time, one is enough.
      if ((flags & ONE_BY_ONE) === 0) {
        store.setFlags(lookup, flags | ONE_BY_ONE);
        return this.#try(lookup, client, plan);
      }
      if ((flags & GOT_A) !== 0) return this.#answer(lookup, client, plan);
    }
    this.#tryAgain(lookup, client, plan);
  }

  /** Servers outside know nothing of the cluster's names. */
  unknown(lookup: number, generation: number): void {
    if (this.store.generation[lookup] !== generation) return;
    const client = this.#clientOf(lookup);
    this.#end(lookup, client, this.#planOf(client), NOT_FOUND);
  }

  /** The present question is asked again, or given up. */
  #tryAgain(lookup: number, client: Client, plan: Plan): void {
    const { store } = this;
    const attempt = store.attempt(lookup) + 1;
    store.setAttempt(lookup, attempt);
    if (attempt < plan.attempts) return this.#try(lookup, client, plan);
    // Without an answer Go goes on with its list, glibc asks for the name as it stands, musl gives up.
    const place = store.place(lookup);
    if (plan.library === 'go') return this.#ask(lookup, client, plan, place + 1, NO_ANSWER);
    if (plan.library === 'glibc' && plan.asItIs > place) return this.#ask(lookup, client, plan, plan.asItIs, NO_ANSWER);
    this.#end(lookup, client, plan, NO_ANSWER);
  }

  /** A and AAAA of the present question are answered. */
  #answer(lookup: number, client: Client, plan: Plan): void {
    const { store } = this;
    const { ips, missing } = this.#world.questions.answer(store.answer(lookup));
    if (ips.length > 0) return this.#end(lookup, client, plan, FOUND);
    // musl goes on after NXDOMAIN alone.
    if (plan.library === 'musl' && !missing) return this.#end(lookup, client, plan, NOT_FOUND);
    this.#ask(lookup, client, plan, store.place(lookup) + 1, NOT_FOUND);
  }

  /** @param outcome of the lookup when the list has no such place */
  #ask(lookup: number, client: Client, plan: Plan, place: number, outcome: number): void {
    if (place >= plan.questions.length) return this.#end(lookup, client, plan, outcome);
    this.store.setPlace(lookup, place);
    this.store.setAttempt(lookup, 0);
    this.#try(lookup, client, plan);
  }

  #end(lookup: number, client: Client, { cache }: Plan, outcome: number): void {
    const { store } = this;
    const now = this.#clock[0]!;
    const call = store.call(lookup);
    const generation = store.callGeneration(lookup);
    this.#world.books.lookupEnds(outcome, now - store.startedAt(lookup));
    if (client.alive) {
      const kept = outcome === FOUND ? cache.positive : cache.negative;
      if (outcome === FOUND) this.#asker.learned(client, this.#world.questions.answer(store.answer(lookup)));
      else if (kept !== 0) this.#asker.learned(client, null);
      const ttl = outcome === NO_ANSWER ? now : store.validUntil(lookup);
      client.dnsExpiry = kept === 0 ? -1 : kept === 'ttl' ? ttl : now + kept;
    }
    store.close(lookup);
    this.#asker.looked(call, generation, outcome === FOUND);
  }

  // What caches know

  #lookIntoServer(lookup: number, pod: number): void {
    const { store } = this;
    const { questions, servers } = this.#world;
    const question = this.#planOf(this.#clientOf(lookup)).questions[store.place(lookup)]!;
    const incarnation = servers.rows.incarnation(pod);
    if (this.#incarnations[pod] !== incarnation) {
      this.#podCache.forget(pod);
      this.#incarnations[pod] = incarnation;
    }
    let answer = this.#podCache.get(pod, question);
    if (answer < 0) {
      answer = questions.answerTo(question);
      this.#podCache.put(pod, question, answer, this.#ttlSeconds, questions.answer(answer).ips.length > 0);
    }
    store.setAnswer(lookup, answer);
    store.setValidUntil(lookup, this.#podCache.validUntil(pod, question));
  }

  #fillNode(lookup: number, { node }: Client, plan: Plan): void {
    const { store } = this;
    const question = plan.questions[store.place(lookup)]!;
    const answer = store.answer(lookup);
    const left = Math.max(0, Math.ceil((store.validUntil(lookup) - this.#clock[0]!) / 1e9));
    this.#nodeCache.put(node, question, answer, left, this.#world.questions.answer(answer).ips.length > 0);
    store.setValidUntil(lookup, this.#nodeCache.validUntil(node, question));
  }

  #planOf(client: Client): Plan {
    const known = this.#plans[client.number];
    if (known !== undefined) return known;
    const plan = this.#world.planOf(client);
    this.#plans[client.number] = plan;
    return plan;
  }

  #clientOf(lookup: number): Client {
    return this.#asker.clientAt(this.store.client(lookup));
  }

  #timeoutLane({ timeout }: Plan): number {
    let lane = this.#timeoutLanes.get(timeout);
    if (lane === undefined) {
      lane = this.#engine.timeoutLane(timeout, this.store);
      this.#timeoutLanes.set(timeout, lane);
    }
    return lane;
  }

  #draw(lookup: number): number {
    const { store } = this;
    const key = store.key(lookup);
    store.setKey(lookup, (key + 1) | 0);
    return mix(key, LOOKUP);
  }
}

/** Numbers of calls from here on are queries, for the Pods that answer both. */
export const FIRST_QUERY = 2 ** 30;

function queryCall(query: number): number {
  return FIRST_QUERY + query;
}
