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
import { DOWN, DRAINING, type JobQueue, LISTENING, Server } from './server.ts';

/** From the last answer after SIGTERM to the end of the process, ns. */
const EXIT_TIME = 100e6;
/** CPU time of answering a probe, ns. */
const PROBE_TIME = 1e6;

/** A Pod of a Deployment without a `workloads:` entry: it answers at once and never fills. */
const UNDESCRIBED: Omit<WorkloadBehaviour, 'deployment'> = {
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
  readonly #engine: Engine;
  readonly #store: ObjectStore;
  readonly #pods: Registry<'Pod'>;
  readonly #nodes: Registry<'Node'>;
  readonly #addresses: AddressBook;
  readonly #behaviours: Map<string, WorkloadBehaviour>;
  readonly #seed: number;
  readonly #samplers = new Map<string, Sampler>();
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
    this.#behaviours = new Map(behaviours.map((behaviour) => [behaviour.deployment, behaviour]));
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
  }

  start(pod: number): void {
    const server = this.#servers[pod]!;
    const now = this.#engine.clock[0]!;
    if (now === 0) this.listen(pod, server.incarnation);
    else this.#in(server.behaviour.startup, this.#kind['server.listen'], pod, server.incarnation);
  }

  listen(pod: number, incarnation: number): void {
    const server = this.#servers[pod]!;
    if (server.incarnation !== incarnation || server.state !== DOWN) return;
    server.state = LISTENING;
    this.#caller.clientsStart(server);
  }

  terminate(pod: number): void {
    const server = this.#servers[pod]!;
    server.state = DRAINING;
    this.#exitWhenDone(server);
  }

  exit(pod: number, incarnation: number): void {
    const server = this.#servers[pod]!;
    // What came in over an open connection meanwhile is finished first.
    if (server.incarnation !== incarnation || server.busy > 0) return;
    this.#end(server);
    this.#watcher.exited(pod);
  }

  kill(pod: number): void {
    this.#end(this.#servers[pod]!);
  }

  powerLost(pod: number): void {
    const server = this.#servers[pod]!;
    if (server.state === DOWN) server.incarnation++; // it will not listen
    this.#caller.clientsGone(server);
  }

  probe(pod: number, probe: number): void {
    const server = this.#servers[pod]!;
    if (server.state !== LISTENING) return this.#watcher.answered(pod, probe, false);
    if (!server.behaviour.probesShareQueue) return this.#watcher.answered(pod, probe, true);
    if (isFull(server)) return; // its SYN is dropped: the kubelet's timeout tells
    const job = this.jobs.open();
    this.jobs.call[job] = -1;
    this.jobs.callGeneration[job] = probe;
    this.jobs.pod[job] = pod;
    this.jobs.step[job] = server.clients.length; // a probe calls nobody
    this.jobs.demand[job] = PROBE_TIME;
    this.#enter(server, job);
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
    const server = this.#servers[pod]!;
    if (isFull(server)) return false;
    const { jobs } = this;
    const job = jobs.open();
    jobs.call[job] = call;
    jobs.callGeneration[job] = generation;
    jobs.pod[job] = pod;
    jobs.id[job] = id;
    jobs.request[job] = request;
    jobs.distance[job] = distance;
    const { demand } = server;
    demand.draw(mix(callId, server.key));
    jobs.demand[job] = demand.out[0]! / server.coreSpeed;
    server.accepted++;
    this.#enter(server, job);
    return true;
  }

  /** A job's call has ended. A job that is gone by now is not missed. */
  resume(job: number, generation: number, ok: boolean): void {
    if (this.jobs.generation[job] !== generation) return;
    if (ok) this.#callNext(job);
    else this.#finish(job, HTTP_ERROR);
  }

  computed(job: number, generation: number): void {
    const { jobs } = this;
    if (jobs.generation[job] !== generation) return;
    const server = this.#servers[jobs.pod[job]!]!;
    server.busyTime += jobs.demand[job]! * server.coreSpeed;
    server.computing--;
    const next = this.#pop(server.runnable);
    if (next >= 0) this.#compute(server, next);
    this.#callNext(job);
  }

  /** Requests (not probes) inside, by Pod. */
  countInside(): Map<number, number> {
    const inside = new Map<number, number>();
    for (let job = 0; job < this.jobs.used; job++) {
      if (!this.jobs.isOpen(job) || this.jobs.call[job]! < 0) continue;
      const pod = this.jobs.pod[job]!;
      inside.set(pod, (inside.get(pod) ?? 0) + 1);
    }
    return inside;
  }

  #enter(server: Server, job: number): void {
    if (server.busy < server.behaviour.concurrency) return this.#start(server, job);
    this.#push(server.waiting, job);
    if (server.waiting.length > server.longestQueue) server.longestQueue = server.waiting.length;
  }

  #start(server: Server, job: number): void {
    server.busy++;
    const call = this.jobs.call[job]!;
    if (call >= 0) this.#caller.served(call, this.jobs.callGeneration[job]!);
    if (server.computing < server.coreCount) this.#compute(server, job);
    else this.#push(server.runnable, job);
  }

  #compute(server: Server, job: number): void {
    server.computing++;
    this.#engine.due[0] = this.#engine.clock[0]! + Math.round(this.jobs.demand[job]!);
    this.#engine.schedule(this.#kind['server.computed'], job, this.jobs.generation[job]!);
  }

  #callNext(job: number): void {
    const { jobs } = this;
    const { clients } = this.#servers[jobs.pod[job]!]!;
    while (jobs.step[job]! < clients.length) {
      const client = clients[jobs.step[job]!++]!;
      const id = mix(jobs.id[job]!, client.edge.key);
      if (client.edge.share < 1 && uniform(mix(id, SHARE)) >= client.edge.share) continue;
      return this.#caller.begin(client, job, jobs.generation[job]!, id, jobs.request[job]!);
    }
    this.#finish(job, OK);
  }

  #finish(job: number, outcome: number): void {
    const { jobs } = this;
    const server = this.#servers[jobs.pod[job]!]!;
    const call = jobs.call[job]!;
    const generation = jobs.callGeneration[job]!;
    const distance = jobs.distance[job]!;
    jobs.close(job);
    server.busy--;
    const next = this.#pop(server.waiting);
    if (next >= 0) this.#start(server, next);
    if (call >= 0) {
      server.finished++;
      this.#caller.answer(call, generation, distance, outcome);
    } else this.#watcher.answered(server.pod, generation, true);
    if (server.state === DRAINING) this.#exitWhenDone(server);
  }

  #exitWhenDone(server: Server): void {
    if (server.busy > 0 || server.waiting.length > 0) return;
    this.#in(EXIT_TIME, this.#kind['server.exit'], server.pod, server.incarnation);
  }

  /** The process is gone, with all that it worked on. */
  #end(server: Server): void {
    const { jobs } = this;
    server.state = DOWN;
    server.incarnation++;
    for (let job = 0; job < jobs.used; job++) {
      if (jobs.pod[job] !== server.pod || !jobs.isOpen(job)) continue;
      const call = jobs.call[job]!;
      if (call >= 0) {
        server.lost++;
        this.#caller.reset(call, jobs.callGeneration[job]!, jobs.distance[job]!);
      }
      jobs.close(job);
    }
    server.busy = 0;
    server.computing = 0;
    empty(server.waiting);
    empty(server.runnable);
    this.#caller.clientsGone(server);
  }

  #make(slot: number): Server {
    const pod = this.#pods.at(slot);
    const node = this.#nodes.slotOf(this.#store.get('Node', '', pod.spec.nodeName!)!);
    const workload = workloadOf(this.#store, pod);
    const behaviour = this.#behaviours.get(workload) ?? { ...UNDESCRIBED, deployment: workload };
    let demand = this.#samplers.get(workload);
    if (demand === undefined) {
      demand = samplerOf(behaviour.serviceTime);
      this.#samplers.set(workload, demand);
    }
    const key = mix(keyOf(`service time of ${workload}`), this.#seed);
    const server = new Server(slot, node, workload, behaviour, demand, key, portsOf(pod));
    this.#servers[slot] = server;
    return server;
  }

  #push(queue: JobQueue, job: number): void {
    this.jobs.next[job] = -1;
    if (queue.tail >= 0) this.jobs.next[queue.tail] = job;
    else queue.head = job;
    queue.tail = job;
    queue.length++;
  }

  #pop(queue: JobQueue): number {
    const job = queue.head;
    if (job < 0) return -1;
    queue.head = this.jobs.next[job]!;
    if (queue.head < 0) queue.tail = -1;
    queue.length--;
    return job;
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    this.#engine.due[0] = this.#engine.clock[0]! + delay;
    this.#engine.schedule(kind, a, b);
  }
}

/** Purpose of a draw: whether a job makes a call. */
const SHARE = 0x51;

/** No slot is free and the backlog is full. */
export function isFull(server: Server): boolean {
  return server.busy >= server.behaviour.concurrency && server.waiting.length >= server.behaviour.backlog;
}

function empty(queue: JobQueue): void {
  queue.head = -1;
  queue.tail = -1;
  queue.length = 0;
}

function portsOf(pod: Pod): Set<number> {
  return new Set(pod.spec.containers.flatMap((container) => (container.ports ?? []).map((port) => port.containerPort)));
}
