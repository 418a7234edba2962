import type { Pod } from '../cluster/api/pod.ts';
import { workloadOf } from '../cluster/owner.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { ContainerRuntime } from '../control/nodes/container-runtime.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import type { Engine } from '../engine/engine.ts';
import { keyOf, mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { Sampler } from '../engine/samplers/sampler.ts';
import type { WorkloadBehaviour } from '../input/scenario.ts';
import { HTTP_ERROR, OK } from '../trace/outcomes.ts';
import type { Client } from './client.ts';
import { JobStore } from './job-store.ts';
import { samplerOf } from './sampler-of.ts';
import { DOWN, DRAINING, LISTENING, Server } from './server.ts';
import { ServerRows } from './server-rows.ts';

/** From the last answer after SIGTERM to the end of the process, ns. */
const EXIT_TIME = 100e6;
/** For so long a server is remembered as one whose backlog fills, ns. Any value gives the same run. */
const FULL_MEMORY = 10e9;
/** CPU time of answering a probe, ns. */
const PROBE_TIME = 1e6;

/** A Pod of a workload without a `workloads:` entry: it answers at once and never fills. */
const UNDESCRIBED: Omit<WorkloadBehaviour, 'workload'> = {
  serviceTime: { kind: 'constant', value: 1e6 },
  concurrency: 1000,
  cores: 1000,
  backlog: 1000,
  startup: 0,
  probesShareQueue: false,
  calls: [],
};

const kinds = {
  'server.listen': { a: 'pod', b: 'incarnation', run: (s, pod, incarnation) => s.listen(pod, incarnation) },
  'server.computed': { a: 'job', b: 'generation', run: (s, job, generation) => s.computed(job, generation) },
  'server.exit': { a: 'pod', b: 'incarnation', run: (s, pod, incarnation) => s.exit(pod, incarnation) },
} satisfies Kinds<Servers>;

/** What Servers asks of those that make calls; `calls.ts` is it. */
export interface Caller {
  /** A process begins to listen, and with it its clients. */
  clientsStart(server: Server): void;
  /** Makes the call for a job; `Servers.resume` hears how it ended. */
  begin(client: Client, job: number, generation: number, id: number, request: number): void;
  /** A job of the call has got a slot. */
  served(call: number, generation: number): void;
  /** A job's answer leaves the Pod. */
  answer(call: number, generation: number, distance: number, outcome: number): void;
  /** A process died with the call's job inside. */
  reset(call: number, generation: number, distance: number): void;
  /** A process is gone, and what it was calling with it. */
  clientsGone(server: Server): void;
  /** Connections that were foreseen to be accepted may not be: the process ends or drains, its address or its node
   * goes, its backlog fills. */
  disturbed(pod: number): void;
}

/** Hears of probes' answers and of processes that ended; the kubelet. */
export interface ProcessWatcher {
  answered(pod: number, probe: number, ok: boolean): void;
  exited(pod: number): void;
}

/**
 * The Pods' processes: a request takes a slot (or waits for one in the backlog), computes on a core, first in first
 * out, makes its workload's calls one after the other while it holds its slot, and answers.
 * @simplifies calls come after the computation, all of it; a server never learns that its caller gave up; threads do not
 *   share a core in slices, so that with more requests than cores short ones wait longer and long ones less than in life;
 *   a CPU limit makes cores slower instead of stopping them for the rest of each 100 ms
 */
export class Servers implements ContainerRuntime {
  readonly jobs = new JobStore();
  /** By Pod slot. */
  readonly rows = new ServerRows();
  readonly #engine: Engine;
  readonly #store: ObjectStore;
  readonly #pods: Registry<'Pod'>;
  readonly #nodes: Registry<'Node'>;
  readonly #addresses: AddressBook;
  readonly #behaviours: Map<string, WorkloadBehaviour>;
  readonly #seed: number;
  readonly #samplers: Sampler[] = [];
  readonly #samplerOf = new Map<string, number>();
  readonly #servers: Server[] = [];
  readonly #kind;
  #caller!: Caller;
  #watcher!: ProcessWatcher;

  constructor(
    world: {
      engine: Engine;
      store: ObjectStore;
      pods: Registry<'Pod'>;
      nodes: Registry<'Node'>;
      addresses: AddressBook;
    },
    behaviours: readonly WorkloadBehaviour[],
    seed: number,
  ) {
    this.#engine = world.engine;
    this.#store = world.store;
    this.#pods = world.pods;
    this.#nodes = world.nodes;
    this.#addresses = world.addresses;
    this.#behaviours = new Map(behaviours.map((behaviour) => [behaviour.workload, behaviour]));
    this.#seed = seed;
    this.#kind = world.engine.define<Servers, typeof kinds>(this, kinds);
  }

  attach(caller: Caller, watcher: ProcessWatcher): void {
    this.#caller = caller;
    this.#watcher = watcher;
  }

  /** @returns undefined for a Pod that has never had an address */
  at(pod: number): Server | undefined {
    return this.#servers[pod];
  }

  /** All Pods that ever had an address, by slot; places of others are empty. */
  get all(): readonly (Server | undefined)[] {
    return this.#servers;
  }

  // What the kubelet does

  addressTaken(pod: number, address: number): void {
    const server = this.#make(pod);
    server.address = this.#addresses.indexOf(address);
    this.#addresses.setHolder(server.address, pod);
  }

  addressReleased(pod: number): void {
    const server = this.#servers[pod]!;
    if (this.#addresses.holder(server.address) === pod) this.#addresses.setHolder(server.address, -1);
    this.#caller.disturbed(pod);
  }

  start(pod: number): void {
    const server = this.#servers[pod]!;
    const now = this.#engine.clock[0]!;
    const { incarnation } = server;
    if (now === 0) this.listen(pod, incarnation);
    else this.#in(server.behaviour.startup, this.#kind['server.listen'], pod, incarnation);
  }

  listen(pod: number, incarnation: number): void {
    const server = this.#servers[pod]!;
    if (server.incarnation !== incarnation || server.state !== DOWN) return;
    this.#setState(pod, LISTENING);
    this.#caller.clientsStart(server);
  }

  terminate(pod: number): void {
    this.#setState(pod, DRAINING);
    this.#exitWhenDone(pod);
  }

  exit(pod: number, incarnation: number): void {
    const server = this.#servers[pod]!;
    // What came in over an open connection meanwhile is finished first.
    if (server.incarnation !== incarnation || server.busy > 0) return;
    this.#end(pod);
    this.#watcher.exited(pod);
  }

  kill(pod: number): void {
    this.#end(pod);
  }

  powerLost(pod: number): void {
    const server = this.#servers[pod]!;
    if (server.state === DOWN) this.rows.setIncarnation(pod, server.incarnation + 1); // it will not listen
    this.#caller.disturbed(pod);
    this.#caller.clientsGone(server);
  }

  probe(pod: number, probe: number): void {
    const server = this.#servers[pod]!;
    if (server.state !== LISTENING) return this.#watcher.answered(pod, probe, false);
    if (!server.behaviour.probesShareQueue) return this.#watcher.answered(pod, probe, true);
    if (this.isFull(pod)) return; // its SYN is dropped: the kubelet's timeout tells
    const { jobs } = this;
    const job = jobs.open();
    jobs.setCall(job, -1);
    jobs.setCallGeneration(job, probe);
    jobs.setPod(job, pod);
    jobs.setStep(job, server.clients.length); // a probe calls nobody
    jobs.setDemand(job, PROBE_TIME);
    this.#enter(pod, job);
  }

  // What requests do

  /**
   * A request has arrived at a live process.
   * @param callId from which the demand is hashed: the same for every attempt, whatever Pod serves it
   * @param id from which the job's own calls are hashed: another for each attempt
   * @returns false when there is no room: the backlog is full
   */
  accept(
    pod: number,
    call: number,
    generation: number,
    distance: number,
    callId: number,
    id: number,
    request: number,
  ): boolean {
    if (this.isFull(pod)) return false;
    const { jobs, rows } = this;
    const job = jobs.open();
    jobs.setCall(job, call);
    jobs.setCallGeneration(job, generation);
    jobs.setPod(job, pod);
    jobs.setId(job, id);
    jobs.setRequest(job, request);
    jobs.setDistance(job, distance);
    const demand = this.#samplers[rows.sampler(pod)]!;
    demand.draw(mix(callId, rows.key(pod)));
    jobs.setDemand(job, demand.out[0]! / rows.coreSpeed(pod));
    rows.setAccepted(pod, rows.accepted(pod) + 1);
    this.#enter(pod, job);
    return true;
  }

  /** A job's call has ended. A job that is gone by now is not missed. */
  resume(job: number, generation: number, ok: boolean): void {
    if (this.jobs.generation[job] !== generation) return;
    if (ok) this.#callNext(job);
    else this.#finish(job, HTTP_ERROR);
  }

  computed(job: number, generation: number): void {
    const { jobs, rows } = this;
    if (jobs.generation[job] !== generation) return;
    const pod = jobs.pod(job);
    rows.setBusyTime(pod, rows.busyTime(pod) + jobs.demand(job) * rows.coreSpeed(pod));
    rows.setComputing(pod, rows.computing(pod) - 1);
    const next = this.#pop(rows.runnable(pod));
    if (next >= 0) this.#compute(pod, next);
    this.#callNext(job);
  }

  /** No slot is free and the backlog is full. */
  isFull(pod: number): boolean {
    const { rows } = this;
    return rows.busy(pod) >= rows.concurrency(pod) && rows.length(rows.waiting(pod)) >= rows.backlog(pod);
  }

  /** There is room, and has been for so long that there will be for a moment to come, unless `Caller.disturbed` tells. */
  hasHadRoom(pod: number): boolean {
    return this.#engine.clock[0]! - this.rows.fullAt(pod) > FULL_MEMORY && !this.isFull(pod);
  }

  /** Requests (not probes) inside, by Pod. */
  countInside(): Map<number, number> {
    const inside = new Map<number, number>();
    const { jobs } = this;
    for (let job = 0; job < jobs.used; job++) {
      if (!jobs.isOpen(job) || jobs.call(job) < 0) continue;
      const pod = jobs.pod(job);
      inside.set(pod, (inside.get(pod) ?? 0) + 1);
    }
    return inside;
  }

  #enter(pod: number, job: number): void {
    const { rows } = this;
    if (rows.busy(pod) < rows.concurrency(pod)) this.#start(pod, job);
    else {
      const length = this.#push(rows.waiting(pod), job);
      if (length > rows.longestQueue(pod)) rows.setLongestQueue(pod, length);
    }
    if (this.isFull(pod)) this.#fills(pod);
  }

  #start(pod: number, job: number): void {
    const { jobs, rows } = this;
    rows.setBusy(pod, rows.busy(pod) + 1);
    const call = jobs.call(job);
    if (call >= 0) this.#caller.served(call, jobs.callGeneration(job));
    if (rows.computing(pod) < rows.cores(pod)) this.#compute(pod, job);
    else this.#push(rows.runnable(pod), job);
  }

  #compute(pod: number, job: number): void {
    const { rows } = this;
    rows.setComputing(pod, rows.computing(pod) + 1);
    this.#engine.due[0] = this.#engine.clock[0]! + Math.round(this.jobs.demand(job));
    this.#engine.schedule(this.#kind['server.computed'], job, this.jobs.generation[job]!);
  }

  #callNext(job: number): void {
    const { jobs } = this;
    const pod = jobs.pod(job);
    const calls = this.rows.calls(pod);
    for (let step = jobs.step(job); step < calls; step++) {
      jobs.setStep(job, step + 1);
      const client = this.#servers[pod]!.clients[step]!;
      const id = mix(jobs.id(job), client.edge.key);
      if (client.edge.share < 1 && uniform(mix(id, SHARE)) >= client.edge.share) continue;
      return this.#caller.begin(client, job, jobs.generation[job]!, id, jobs.request(job));
    }
    this.#finish(job, OK);
  }

  #finish(job: number, outcome: number): void {
    const { jobs, rows } = this;
    const pod = jobs.pod(job);
    const call = jobs.call(job);
    const generation = jobs.callGeneration(job);
    const distance = jobs.distance(job);
    jobs.close(job);
    rows.setBusy(pod, rows.busy(pod) - 1);
    const next = this.#pop(rows.waiting(pod));
    if (next >= 0) this.#start(pod, next);
    if (call >= 0) {
      rows.setFinished(pod, rows.finished(pod) + 1);
      this.#caller.answer(call, generation, distance, outcome);
    } else this.#watcher.answered(pod, generation, true);
    if (rows.state(pod) === DRAINING) this.#exitWhenDone(pod);
  }

  #exitWhenDone(pod: number): void {
    const { rows } = this;
    if (rows.busy(pod) > 0 || rows.length(rows.waiting(pod)) > 0) return;
    this.#in(EXIT_TIME, this.#kind['server.exit'], pod, rows.incarnation(pod));
  }

  /** The process is gone, with all that it worked on. */
  #end(pod: number): void {
    const { jobs, rows } = this;
    this.#setState(pod, DOWN);
    rows.setIncarnation(pod, rows.incarnation(pod) + 1);
    for (let job = 0; job < jobs.used; job++) {
      if (jobs.pod(job) !== pod || !jobs.isOpen(job)) continue;
      const call = jobs.call(job);
      if (call >= 0) {
        rows.setLost(pod, rows.lost(pod) + 1);
        this.#caller.reset(call, jobs.callGeneration(job), jobs.distance(job));
      }
      jobs.close(job);
    }
    rows.setBusy(pod, 0);
    rows.setComputing(pod, 0);
    this.#empty(rows.waiting(pod));
    this.#empty(rows.runnable(pod));
    this.#caller.clientsGone(this.#servers[pod]!);
  }

  #setState(pod: number, state: number): void {
    this.rows.setState(pod, state);
    if (state !== LISTENING) this.#caller.disturbed(pod);
  }

  /** A backlog that fills keeps doing so: within `FULL_MEMORY` nothing is foreseen, so there is nothing to disturb. */
  #fills(pod: number): void {
    const now = this.#engine.clock[0]!;
    if (now - this.rows.fullAt(pod) > FULL_MEMORY) this.#caller.disturbed(pod);
    this.rows.setFullAt(pod, now);
  }

  #make(slot: number): Server {
    const pod = this.#pods.at(slot);
    const node = this.#nodes.slotOf(this.#store.get('Node', '', pod.spec.nodeName!)!);
    const workload = workloadOf(this.#store, pod);
    const behaviour = this.#behaviours.get(workload) ?? { ...UNDESCRIBED, workload };
    const server = new Server(this.rows, slot, node, workload, behaviour, portsOf(pod));
    this.#servers[slot] = server;
    const { rows } = this;
    rows.reach(slot);
    const cores = Math.max(1, Math.ceil(behaviour.cores - 1e-9));
    rows.setCoreSpeed(slot, behaviour.cores / cores);
    rows.setFullAt(slot, -Infinity);
    rows.setState(slot, DOWN);
    rows.setNode(slot, node);
    rows.setConcurrency(slot, behaviour.concurrency);
    rows.setCores(slot, cores);
    rows.setBacklog(slot, behaviour.backlog);
    rows.setSampler(slot, this.#samplerNumber(workload, behaviour));
    rows.setKey(slot, mix(keyOf(`service time of ${workload}`), this.#seed));
    this.#empty(rows.waiting(slot));
    this.#empty(rows.runnable(slot));
    return server;
  }

  #samplerNumber(workload: string, behaviour: WorkloadBehaviour): number {
    let number = this.#samplerOf.get(workload);
    if (number === undefined) {
      number = this.#samplers.push(samplerOf(behaviour.serviceTime)) - 1;
      this.#samplerOf.set(workload, number);
    }
    return number;
  }

  /** Adds a job to a queue. @returns how long it is now */
  #push(queue: number, job: number): number {
    const { jobs, rows } = this;
    jobs.setNext(job, -1);
    const tail = rows.tail(queue);
    if (tail >= 0) jobs.setNext(tail, job);
    else rows.setHead(queue, job);
    rows.setTail(queue, job);
    const length = rows.length(queue) + 1;
    rows.setLength(queue, length);
    return length;
  }

  /** @returns the first job of the queue, which leaves it; -1: it was empty */
  #pop(queue: number): number {
    const { rows } = this;
    const job = rows.head(queue);
    if (job < 0) return -1;
    const next = this.jobs.next(job);
    rows.setHead(queue, next);
    if (next < 0) rows.setTail(queue, -1);
    rows.setLength(queue, rows.length(queue) - 1);
    return job;
  }

  #empty(queue: number): void {
    this.rows.setHead(queue, -1);
    this.rows.setTail(queue, -1);
    this.rows.setLength(queue, 0);
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    this.#engine.due[0] = this.#engine.clock[0]! + delay;
    this.#engine.schedule(kind, a, b);
  }
}

/** Purpose of a draw: whether a job makes a call. */
const SHARE = 0x51;

function portsOf(pod: Pod): Set<number> {
  return new Set(pod.spec.containers.flatMap((container) => (container.ports ?? []).map((port) => port.containerPort)));
}
