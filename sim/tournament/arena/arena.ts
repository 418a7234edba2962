import type { Arrivals } from '../../engine/arrivals/arrivals.ts';
import { Engine } from '../../engine/engine.ts';
import { keyOf, mix, uniform } from '../../engine/hash.ts';
import { Streams } from '../../engine/random.ts';
import { zipf } from '../../engine/samplers/discrete.ts';
import type { Sampler } from '../../engine/samplers/sampler.ts';
import type { StrategyKind } from '../../strategies/strategy.ts';
import { REPLY } from '../../strategies/strategy.ts';
import { Backends, type InstanceView } from '../../strategies/view.ts';
import { samplerOf } from '../../traffic/sampler-of.ts';
import { arrivalsAt } from '../workload/arrivals-at.ts';
import { podsEver } from '../workload/pods-ever.ts';
import type { Workload } from '../workload/workload.ts';
import { addressOf, createInstances, type Instance, instancesOf } from './callers.ts';
import { Connections } from './connections.ts';
import { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { Meters } from './meters.ts';
import { OpenCores } from './open-cores.ts';
import { Probes } from './probes.ts';
import {
  ANSWERED,
  ERROR,
  FULL,
  IN_SERVICE,
  LOST,
  NO_BACKEND,
  OK,
  ON_THE_WAY,
  REFUSED,
  RESET,
  Requests,
  TIMEOUT,
  WAITING,
} from './requests.ts';
import { CALLS, StrategyFault, type Watch } from './watch.ts';

/** Purposes of the draws that belong to a request: whatever strategy serves it, they are the same. */
const CLIENT = 1;
const DEMAND = 2;
const PORT = 3;
const PROXY = 4;
const FAILS = 5;

/** Probes of one instance that may be under way. */
const MOST_PROBES = 10_000;

/**
 * One strategy on one workload: requests arrive, an instance picks, a Pod serves. Everything but the picks is the same for
 * every strategy of the same seed: arrivals, who asks, what a request demands, and what befalls the Pods.
 */
export class Arena {
  readonly meters: Meters;
  readonly fleet: Fleet;
  readonly engine = new Engine();
  readonly #workload: Workload;
  readonly #kind: StrategyKind;
  readonly #watch: Watch;
  readonly #instances: Instance[];
  readonly #requests = new Requests();
  readonly #reply = new Float64Array(8);
  readonly #register = new Float64Array(2);
  /** [0] is the time as strategies see it: one of a user's may write to it. */
  readonly #shownClock = new Float64Array(1);
  readonly #probes = new Probes();
  /** By instance: probes without an answer yet. */
  readonly #outstanding: Int32Array;
  readonly #arrivals: Arrivals;
  readonly #service: Sampler;
  readonly #clientSampler: Sampler | null;
  readonly #key: number;
  readonly #backends: Backends;
  readonly #connections: Connections | null;
  readonly #openCores: OpenCores | null;
  readonly #kinds: {
    readonly [name in
      | 'arrive'
      | 'reach'
      | 'served'
      | 'fails'
      | 'answer'
      | 'timeout'
      | 'probe'
      | 'probed'
      | 'idle'
      | 'tick'
      | 'window']: number;
  };
  /** Lanes: to the same zone, to another. */
  readonly #near: number;
  readonly #far: number;
  readonly #timeoutLane: number;
  readonly #hasStarted: boolean;
  readonly #hasEnded: boolean;
  readonly #wantsReports: boolean;
  readonly #isProxied: boolean;
  /** By client: where its last request went, and how often members had changed then. */
  readonly #lastPod: Int32Array;
  readonly #lastChange: Int32Array;
  #changes = 0;
  #count = 0;

  constructor(
    workload: Workload,
    kind: StrategyKind,
    options: Readonly<Record<string, number>>,
    seed: number,
    watch: Watch,
  ) {
    this.#workload = workload;
    this.#kind = kind;
    this.#watch = watch;
    const { engine } = this;
    const streams = new Streams(seed);
    this.#key = mix(keyOf(workload.name), seed);
    this.meters = new Meters(workload);
    this.#backends = new Backends(podsEver(workload));
    this.fleet = new Fleet(engine, workload, this.#backends, {
      ended: (pod, silent) => this.#podEnded(pod, silent),
      changed: () => this.#changed(),
    });
    this.#kinds = engine.define(this as Arena, {
      arrive: { a: '-', b: '-', run: (layer) => layer.#arrive() },
      reach: { a: 'request', b: '-', run: (layer, row) => layer.#reach(row) },
      served: { a: 'request', b: 'generation', run: (layer, row, generation) => layer.#served(row, generation) },
      fails: { a: 'request', b: 'generation', run: (layer, row, generation) => layer.#fails(row, generation) },
      answer: { a: 'request', b: '-', run: (layer, row) => layer.#answer(row) },
      timeout: { a: 'request', b: 'generation', run: (layer, row) => layer.#timeout(row) },
      probe: { a: 'instance', b: 'Pod', run: (layer, instance, pod) => layer.#probed(instance, pod) },
      probed: { a: 'instance', b: 'probe', run: (layer, instance, probe) => layer.#probeAnswered(instance, probe) },
      idle: { a: 'instance', b: 'Pod', run: (layer, instance, pod) => layer.#idle(instance, pod) },
      tick: { a: 'instance', b: '-', run: (layer, instance) => layer.#tick(instance) },
      window: { a: '-', b: '-', run: (layer) => layer.#window() },
    });
    new Faults(engine, this.fleet, workload, streams);
    this.#near = engine.lane(workload.network.sameZone);
    this.#far = engine.lane(workload.network.otherZone);
    this.#timeoutLane = engine.timeoutLane(workload.timeout, this.#requests.slots);
    this.#arrivals = arrivalsAt(workload, streams.stream('arrivals'));
    this.#service = samplerOf(workload.service);
    const { count, skew } = workload.clients;
    this.#clientSampler = skew > 0 ? zipf(count, skew) : null;
    this.#lastPod = new Int32Array(count).fill(-1);
    this.#lastChange = new Int32Array(count);
    const keeps = kind.runs === 'kernel' && workload.requestsPerConnection > 1;
    this.#connections = keeps ? new Connections(count, workload.requestsPerConnection) : null;
    this.#openCores = kind.knows === 'global' ? new OpenCores(this.fleet.pods, this.#backends.startsAt) : null;
    this.#isProxied = kind.runs === 'proxy';
    this.#wantsReports = kind.knows === 'reports' || kind.knows === 'probes';
    this.#outstanding = new Int32Array(instancesOf(kind.runs, workload));
    watch.call(CALLS.create, 0);
    this.#instances = this.#guard(() =>
      createInstances(kind, options, workload, seed, {
        backends: this.#backends,
        clock: this.#shownClock,
        reply: this.#reply,
        probe: (instance, pod) => this.#probe(instance, pod),
      }),
    );
    const first = this.#instances[0]!.strategy;
    this.#hasStarted = first.started !== undefined;
    this.#hasEnded = first.ended !== undefined;
    this.#guard(() => this.#changed());
    this.#changes = 0;
    const period = kind.period ?? 0;
    if (period > 0 && first.tick !== undefined) {
      // Instances are not in step with each other.
      this.#instances.forEach((_, i) => {
        engine.due[0] = Math.round(((i + 1) / this.#instances.length) * period);
        engine.every(period, this.#kinds.tick, i, 0);
      });
    }
    engine.due[0] = workload.window;
    engine.every(workload.window, this.#kinds.window, 0, 0);
    this.#scheduleArrival();
  }

  /** Runs to the end of the workload, and until every request has ended. @throws StrategyFault */
  run(): void {
    this.#guard(() => {
      this.engine.run(this.#workload.duration);
      this.engine.run(this.#workload.duration + this.#workload.timeout + 2 * this.#workload.network.otherZone);
    });
    const ended = this.meters.outcomes.reduce((sum, count) => sum + count, 0);
    if (ended !== this.meters.sent || !this.#backends.isSound) throw this.#watch.wroteToView();
  }

  /** Requests that have arrived, counted or not. */
  get arrived(): number {
    return this.#count;
  }

  /** A call of the strategy begins. */
  #enter(call: number): void {
    this.#shownClock[0] = this.engine.clock[0]!;
    this.#watch.call(call, this.#count);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof StrategyFault) throw error;
      throw this.#watch.isInside ? this.#watch.thrown(error) : error;
    }
  }

  #scheduleArrival(): void {
    const { due } = this.engine;
    if (this.#arrivals.next(due) && due[0]! < this.#workload.duration) this.engine.schedule(this.#kinds.arrive, 0, 0);
  }

  #arrive(): void {
    const id = this.#count++;
    this.#scheduleArrival();
    const requests = this.#requests;
    const hash = mix(this.#key, id);
    const client = this.#clientOf(hash);
    const i = this.#instanceOf(client, hash);
    const instance = this.#instances[i]!;
    const row = requests.slots.take();
    requests.sentAt[row] = this.engine.clock[0]!;
    this.#service.draw(mix(hash, DEMAND));
    requests.demand[row] = this.#service.out[0]!;
    requests.hash[row] = hash;
    requests.client[row] = client;
    requests.instance[row] = i;
    requests.abandoned[row] = 0;
    requests.counts[row] = this.engine.clock[0]! >= this.#workload.warmUp ? 1 : 0;
    requests.connection[row] = -1;
    if (requests.counts[row] === 1) this.meters.sent++;
    const pod =
      this.#connections === null
        ? this.#pick(instance, client, mix(hash, PORT))
        : this.#onConnection(this.#connections, row, instance, hash);
    requests.pod[row] = pod;
    if (pod < 0) {
      requests.outcome[row] = NO_BACKEND;
      this.#finish(row);
      return;
    }
    this.#noteMove(client, pod, row);
    if (this.#connections === null) this.#started(instance, pod, row);
    requests.state[row] = ON_THE_WAY;
    this.engine.push(this.#timeoutLane, this.#kinds.timeout, row, requests.slots.generation[row]!);
    this.engine.push(this.#laneTo(instance.view, pod), this.#kinds.reach, row, 0);
  }

  #clientOf(hash: number): number {
    const draw = mix(hash, CLIENT);
    const sampler = this.#clientSampler;
    if (sampler === null) return Math.floor(uniform(draw) * this.#workload.clients.count);
    sampler.draw(draw);
    return sampler.out[0]! - 1;
  }

  #instanceOf(client: number, hash: number): number {
    const count = this.#instances.length;
    return this.#isProxied ? Math.floor(uniform(mix(hash, PROXY)) * count) : client % count;
  }

  #pick({ strategy }: Instance, client: number, portHash: number): number {
    const watch = this.#watch;
    this.#enter(CALLS.pick);
    const pod = strategy.pick(addressOf(client, this.#workload.nodes), 32768 + ((portHash >>> 0) % 28232));
    if ((pod | 0) !== pod || (pod !== -1 && !this.#backends.has(pod)))
      throw watch.outOfRange(pod, this.#backends.count);
    watch.back();
    return pod;
  }

  #onConnection(connections: Connections, row: number, instance: Instance, hash: number): number {
    const client = this.#requests.client[row]!;
    let connection = connections.of(client);
    if (connection < 0) {
      const pod = this.#pick(instance, client, mix(hash, PORT));
      if (pod < 0) return -1;
      connection = connections.opened(client, pod);
      this.#started(instance, pod, row);
    }
    connections.begins(connection, client);
    this.#requests.connection[row] = connection;
    return connections.pod[connection]!;
  }

  /** A request, in the kernel a connection, was sent to a Pod. */
  #started({ strategy, view }: Instance, pod: number, row: number): void {
    view.inFlight[pod] = view.inFlight[pod]! + 1;
    if (this.#openCores !== null) {
      const register = this.#register;
      register[0] = this.engine.clock[0]! + this.#workload.network.sameZone;
      register[1] = this.#requests.demand[row]! * this.#slownessOf(pod);
      this.#openCores.takes(pod, register);
    }
    if (!this.#hasStarted) return;
    this.#enter(CALLS.started);
    strategy.started!(pod);
    this.#watch.back();
  }

  #ended({ strategy, view }: Instance, pod: number, ok: boolean): void {
    view.inFlight[pod] = view.inFlight[pod]! - 1;
    if (!this.#hasEnded) return;
    this.#enter(CALLS.ended);
    strategy.ended!(pod, ok);
    this.#watch.back();
  }

  #noteMove(client: number, pod: number, row: number): void {
    const last = this.#lastPod[client]!;
    if (last >= 0) {
      const { sessionMiss } = this.#workload;
      if (sessionMiss !== 1 && last !== pod) this.#requests.demand[row] = this.#requests.demand[row]! * sessionMiss;
      if (this.#lastChange[client] !== this.#changes) {
        this.meters.asked++;
        if (last !== pod) this.meters.moved++;
        if (!this.#backends.has(last)) this.meters.forced++;
      }
    }
    this.#lastPod[client] = pod;
    this.#lastChange[client] = this.#changes;
  }

  #laneTo(view: InstanceView, pod: number): number {
    return this.#backends.zone[pod] === view.home ? this.#near : this.#far;
  }

  /** What a request's demand is multiplied by on this Pod now. */
  #slownessOf(pod: number): number {
    const { pods } = this.fleet;
    const { lasts, factor } = this.#workload.coldStart;
    const age = this.engine.clock[0]! - pods.readyAt[pod]!;
    const cold = age < lasts ? 1 + (factor - 1) * (1 - age / lasts) : 1;
    return (pods.slowness[pod]! * cold) / pods.speed[pod]!;
  }

  #reach(row: number): void {
    const requests = this.#requests;
    const { pods } = this.fleet;
    const pod = requests.pod[row]!;
    if (pods.alive[pod] === 0) {
      if (pods.silent[pod] === 1) this.#vanish(row);
      else this.#respond(row, REFUSED);
      return;
    }
    pods.taken[pod] = pods.taken[pod]! + 1;
    const there = pods.busy[pod]! + pods.waiting[pod]!;
    requests.queueBefore[row] = there;
    if (there >= this.meters.fullest) this.meters.fullest = there + 1;
    if (pods.errorShare[pod]! > 0 && uniform(mix(requests.hash[row]!, FAILS)) < pods.errorShare[pod]!) {
      requests.state[row] = IN_SERVICE;
      this.engine.due[0] = this.engine.clock[0]! + pods.errorAfter[pod]!;
      this.engine.schedule(this.#kinds.fails, row, requests.slots.generation[row]!);
      return;
    }
    if (pods.busy[pod]! < pods.cores[pod]!) this.#serve(row, pod);
    else if (pods.waiting[pod]! < this.#workload.backlog) pods.line(requests, row, pod);
    else this.#respond(row, FULL);
  }

  #serve(row: number, pod: number): void {
    const requests = this.#requests;
    requests.state[row] = IN_SERVICE;
    const time = Math.round(requests.demand[row]! * this.#slownessOf(pod));
    requests.service[row] = time;
    this.fleet.pods.busier(pod, 1, this.engine.clock);
    this.engine.due[0] = this.engine.clock[0]! + time;
    this.engine.schedule(this.#kinds.served, row, requests.slots.generation[row]!);
  }

  #served(row: number, generation: number): void {
    const requests = this.#requests;
    if (requests.slots.generation[row] !== generation || requests.state[row] !== IN_SERVICE) return; // its Pod has ended
    const { pods } = this.fleet;
    const pod = requests.pod[row]!;
    pods.busier(pod, -1, this.engine.clock);
    const next = pods.nextInLine(requests, pod);
    if (next >= 0) this.#serve(next, pod);
    if (this.#wantsReports) {
      this.#register[0] = this.engine.clock[0]! - requests.sentAt[row]!;
      pods.tookSoLong(pod, requests.queueBefore[row]!, this.#register);
      pods.answered(pod, false, this.engine.clock);
    }
    if (this.#kind.knows === 'idleServers' && pods.busy[pod] === 0) this.#announce(pod);
    this.#respond(row, OK);
  }

  #fails(row: number, generation: number): void {
    const requests = this.#requests;
    if (requests.slots.generation[row] !== generation || requests.state[row] !== IN_SERVICE) return;
    requests.service[row] = 0;
    if (this.#wantsReports) this.fleet.pods.answered(requests.pod[row]!, true, this.engine.clock);
    this.#respond(row, ERROR);
  }

  /** Sends the answer on its way; if nobody waits for it any more, that is the end. */
  #respond(row: number, outcome: number): void {
    const requests = this.#requests;
    if (requests.abandoned[row] === 1) {
      requests.slots.release(row);
      return;
    }
    const { pods } = this.fleet;
    const pod = requests.pod[row]!;
    requests.state[row] = ANSWERED;
    requests.outcome[row] = outcome;
    requests.queueAfter[row] = pods.busy[pod]! + pods.waiting[pod]!;
    this.engine.push(this.#laneTo(this.#instances[requests.instance[row]!]!.view, pod), this.#kinds.answer, row, 0);
  }

  #answer(row: number): void {
    const requests = this.#requests;
    if (requests.abandoned[row] === 1) {
      requests.slots.release(row);
      return;
    }
    this.#tellEnd(row, requests.outcome[row]!);
    this.#finish(row);
  }

  #timeout(row: number): void {
    const requests = this.#requests;
    requests.abandoned[row] = 1;
    this.#tellEnd(row, TIMEOUT);
    requests.outcome[row] = TIMEOUT;
    this.#book(row);
    if (requests.state[row] === LOST) requests.slots.release(row);
    // Else a Pod goes on with it, or it is on the way: its row is free after that.
  }

  /** Tells the instance that a request has ended. */
  #tellEnd(row: number, outcome: number): void {
    const requests = this.#requests;
    const pod = requests.pod[row]!;
    const instance = this.#instances[requests.instance[row]!]!;
    const connection = requests.connection[row]!;
    if (connection >= 0) {
      const connections = this.#connections!;
      if (outcome !== OK && outcome !== ERROR) connections.leaves(connection, requests.client[row]!);
      if (!connections.ends(connection)) return;
    }
    const reply = this.#reply;
    reply.fill(0);
    reply[REPLY.latency] = this.engine.clock[0]! - requests.sentAt[row]!;
    if (outcome === OK || outcome === ERROR) {
      reply[REPLY.queue] = requests.queueAfter[row]!;
      reply[REPLY.service] = requests.service[row]!;
      if (this.#wantsReports) this.fleet.pods.report(pod, this.engine.clock, reply, REPLY.utilization);
    }
    this.#ended(instance, pod, outcome === OK);
  }

  #finish(row: number): void {
    this.#book(row);
    this.#requests.slots.release(row);
  }

  #book(row: number): void {
    const requests = this.#requests;
    const took = this.engine.clock[0]! - requests.sentAt[row]!;
    const outcome = requests.outcome[row]!;
    this.meters.ended(outcome, took, requests.counts[row] === 1);
  }

  /** A packet into nothing: only the client's timeout ends it. */
  #vanish(row: number): void {
    const requests = this.#requests;
    if (requests.abandoned[row] === 1) requests.slots.release(row);
    else requests.state[row] = LOST;
  }

  #podEnded(pod: number, silent: boolean): void {
    const requests = this.#requests;
    const { pods } = this.fleet;
    while (pods.nextInLine(requests, pod) >= 0);
    pods.busier(pod, -pods.busy[pod]!, this.engine.clock);
    const { used, generation } = requests.slots;
    for (let row = 0; row < used; row++) {
      if ((generation[row]! & 1) === 0 || requests.pod[row] !== pod) continue;
      const state = requests.state[row]!;
      if (state !== WAITING && state !== IN_SERVICE) continue;
      if (silent) this.#vanish(row);
      else this.#respond(row, RESET);
    }
  }

  #changed(): void {
    this.#changes++;
    for (const { strategy } of this.#instances) {
      if (strategy.changed === undefined) continue;
      this.#enter(CALLS.changed);
      strategy.changed();
      this.#watch.back();
    }
  }

  #probe(instance: number, pod: number): void {
    if (this.#outstanding[instance]! >= MOST_PROBES) throw this.#watch.tooManyProbes(MOST_PROBES);
    this.#outstanding[instance] = this.#outstanding[instance]! + 1;
    this.meters.messages++;
    this.engine.push(this.#laneTo(this.#instances[instance]!.view, pod), this.#kinds.probe, instance, pod);
  }

  #probed(instance: number, pod: number): void {
    const { pods } = this.fleet;
    if (pods.alive[pod] === 0) {
      this.#outstanding[instance] = this.#outstanding[instance]! - 1;
      return;
    }
    this.meters.messages++;
    pods.estimate(pod, this.#register);
    const probe = this.#probes.answered(pod, pods.busy[pod]! + pods.waiting[pod]!, this.#register);
    this.engine.push(this.#laneTo(this.#instances[instance]!.view, pod), this.#kinds.probed, instance, probe);
  }

  #probeAnswered(instance: number, probe: number): void {
    const reply = this.#reply;
    const pod = this.#probes.take(probe, reply);
    this.#outstanding[instance] = this.#outstanding[instance]! - 1;
    const { view } = this.#instances[instance]!;
    const { sameZone, otherZone } = this.#workload.network;
    reply[REPLY.latency] = 2 * (this.#backends.zone[pod] === view.home ? sameZone : otherZone);
    if (!this.#backends.has(pod)) return;
    this.fleet.pods.report(pod, this.engine.clock, reply, REPLY.utilization);
    this.#enter(CALLS.probed);
    this.#instances[instance]!.strategy.probed?.(pod);
    this.#watch.back();
  }

  /** An idle Pod tells one instance, drawn by chance. */
  #announce(pod: number): void {
    this.meters.messages++;
    const instance = Math.floor(uniform(mix(this.#key, mix(this.#count, pod))) * this.#instances.length);
    this.engine.push(this.#laneTo(this.#instances[instance]!.view, pod), this.#kinds.idle, instance, pod);
  }

  #idle(instance: number, pod: number): void {
    if (!this.#backends.has(pod)) return;
    this.#enter(CALLS.idle);
    this.#instances[instance]!.strategy.idle?.(pod);
    this.#watch.back();
  }

  #tick(instance: number): void {
    if (this.engine.clock[0]! > this.#workload.duration) return;
    this.#enter(CALLS.tick);
    this.#instances[instance]!.strategy.tick!();
    this.#watch.back();
  }

  #window(): void {
    if (this.engine.clock[0]! <= this.#workload.duration) this.meters.window(this.engine.clock[0]!, this.fleet);
  }
}
