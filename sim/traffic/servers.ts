import type { Pod } from '../cluster/api/pod.ts';
import { familyOf } from '../cluster/ip.ts';
import { workloadOf } from '../cluster/owner.ts';
import type { Registry } from '../cluster/registry.ts';
import { errorShare, slowerBy } from '../cluster/release-marks.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { ContainerRuntime } from '../control/nodes/container-runtime.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import type { Engine } from '../engine/engine.ts';
import { keyOf, mix, uniform } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { Sampler } from '../engine/samplers/sampler.ts';
import { PLAIN_BEHAVIOUR } from '../input/plain-behaviour.ts';
import type { WorkloadBehaviour } from '../input/scenario.ts';
import { OK } from '../trace/outcomes.ts';
import type { Client } from './client.ts';
import { httpError, INTERNAL_ERROR, NOT_FOUND, statusOf, UNAVAILABLE } from './clients/http-status.ts';
import type { Edge } from './edge.ts';
import { type HTTPRoutes, NO_RULE } from './http-routes.ts';
import { JobStore } from './job-store.ts';
import { samplerOf } from './sampler-of.ts';
import { Conditions } from './server/conditions.ts';
import { JobQueues } from './server/job-queues.ts';
import { SharedCPU } from './server/shared-cpu.ts';
import { WaitingLine } from './server/waiting-line.ts';
import { DOWN, DRAINING, LISTENING, Server } from './server.ts';
import { ServerRows } from './server-rows.ts';

/** From the last answer after SIGTERM to the end of the process, ns. */
const EXIT_TIME = 100e6;
/** For so long a server is remembered as one whose backlog fills, ns. Any value gives the same run. */
const FULL_MEMORY = 10e9;
/** CPU time of answering a probe, ns. */
const PROBE_TIME = 1e6;
/** CPU time of failing without any work, ns. */
const FAILING_TIME = 0.1e6;
/** The mark of a job that hangs, in place of its calls under way. */
const HANGING = -1;

/** A Pod of a workload without a `workloads:` entry: it answers at once and never fills. */
const UNDESCRIBED: Omit<WorkloadBehaviour, 'workload'> = {
  serviceTime: { kind: 'constant', value: 1e6 },
  concurrency: 1000,
  cores: 1000,
  backlog: 1000,
  retryAfter: 0,
  ...PLAIN_BEHAVIOUR,
  startup: 0,
  probesShareQueue: false,
  calls: [],
  routes: { client: 'ingress-nginx', to: 'endpoints' },
};

const kinds = {
  'server.listen': { a: 'pod', b: 'incarnation', run: (s, pod, incarnation) => s.listen(pod, incarnation) },
  'server.computed': { a: 'job', b: 'generation', run: (s, job, generation) => s.computed(job, generation) },
  'server.oom': { a: 'pod', b: 'incarnation', run: (s, pod, incarnation) => s.outOfMemory(pod, incarnation) },
  'server.exit': { a: 'pod', b: 'incarnation', run: (s, pod, incarnation) => s.exit(pod, incarnation) },
} satisfies Kinds<Servers>;

/** What Servers asks of those that make calls; `calls.ts` is it. */
export interface Caller {
  /** A process begins to listen, and with it its clients. */
  clientsStart(server: Server): void;
  /** Makes the call for a job; `Servers.resume` hears how it ended. */
  begin(client: Client, job: number, generation: number, id: number, request: number): void;
  /** How urgent the call is in a queue of discipline `priority`. */
  urgencyOf(call: number): number;
  /** By which edge the call is made; undefined: it has ended meanwhile. */
  edgeOf(call: number, generation: number): Edge | undefined;
  /** A job of the call has got a slot. */
  served(call: number, generation: number): void;
  /** A job's answer leaves the Pod. */
  /** @param result as `http-status.ts` has it */
  answer(call: number, generation: number, distance: number, result: number): void;
  /** A process died with the call's job inside. */
  reset(call: number, generation: number, distance: number): void;
  /** A process is gone, and what it was calling with it. */
  clientsGone(server: Server): void;
  /** Connections that were foreseen to be accepted may not be: the process ends or drains, its address or its node goes. */
  disturbed(pod: number): void;
  /** The same: if all of them were, every place would be taken. Those that stand keep theirs. */
  filled(pod: number): void;
}

/** Hears of probes' answers and of processes that ended; the kubelet. */
export interface ProcessWatcher {
  answered(pod: number, probe: number, ok: boolean): void;
  exited(pod: number): void;
  /** The process was killed, and not by the kubelet. */
  crashed(pod: number, reason: string): void;
}

/**
 * The Pods' processes: a request takes a slot (or waits for one in the backlog), computes on a core, first in first
 * out, makes its workload's calls one after the other while it holds its slot, and answers.
 * @simplifies calls come after the computation, all of it; unless the workload says otherwise a server never learns that its caller gave
 *   up, threads do not share a core in slices, so that with more requests than cores short ones wait longer and long ones less than in life,
 *   and a CPU limit makes cores slower instead of stopping them for the rest of each 100 ms
 */
export class Servers implements ContainerRuntime {
  readonly jobs = new JobStore();
  /** By Pod slot. */
  readonly rows = new ServerRows();
  readonly #engine: Engine;
  readonly #queues = new JobQueues(this.jobs, this.rows);
  readonly conditions: Conditions;
  readonly #cpu: SharedCPU;
  readonly #line: WaitingLine;
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
  #routes: HTTPRoutes | null = null;
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
    isDualStack: boolean,
  ) {
    this.#engine = world.engine;
    this.conditions = new Conditions(world.engine.clock);
    const stores = { jobs: this.jobs, rows: this.rows, queues: this.#queues };
    const callers = {
      urgencyOf: (call: number) => this.#caller.urgencyOf(call),
      isAbandoned: (job: number) => this.#isAbandoned(job),
    };
    this.#line = new WaitingLine(world.engine, stores, callers, (job) => this.#turnAway(job));
    this.#cpu = new SharedCPU(world.engine, this.jobs, this.rows, (job) => this.#callNext(job));
    this.#store = world.store;
    this.#pods = world.pods;
    this.#nodes = world.nodes;
    this.#addresses = world.addresses;
    this.countsConnections = behaviours.some(({ maxConnections }) => maxConnections < Infinity);
    this.#behaviours = new Map(behaviours.map((behaviour) => [behaviour.workload, behaviour]));
    this.#seed = seed;
    this.#kind = world.engine.define<Servers, typeof kinds>(this, kinds);
    if (isDualStack) world.store.watch('Pod', (change, pod) => this.#holdsIPv6(pod, change !== 'deleted'));
  }

  /** @param routes what routers do; null: there are none */
  attach(caller: Caller, watcher: ProcessWatcher, routes: HTTPRoutes | null): void {
    this.#routes = routes;
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

  #holdsIPv6(pod: Pod, isThere: boolean): void {
    const slot = this.#pods.slotOf(pod);
    for (const { ip } of pod.status.podIPs ?? []) {
      if (familyOf(ip) === 'IPv4') continue;
      const index = this.#addresses.indexOfText(ip);
      if (isThere) this.#addresses.setHolder(index, slot);
      else if (this.#addresses.holder(index) === slot) this.#addresses.setHolder(index, -1);
    }
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
    this.conditions.listens(pod);
    this.#caller.clientsStart(server);
  }

  terminate(pod: number): void {
    const { shutdown } = this.#servers[pod]!.behaviour;
    if (shutdown === 'ignore') return; // until it is killed
    if (shutdown === 'exit') {
      this.#end(pod);
      return this.#watcher.exited(pod);
    }
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
   * @param callId 32 bits of the call, from which with `attempt` (from 1 on) the demand and the job's own calls are hashed, whatever Pod
   *   serves it
   * @returns false when there is no room: the backlog is full
   */
  accept(
    pod: number,
    call: number,
    generation: number,
    distance: number,
    callId: number,
    attempt: number,
    request: number,
  ): boolean {
    if (this.isFull(pod)) return false;
    const { jobs, rows } = this;
    const job = jobs.open();
    jobs.setCall(job, call);
    jobs.setCallGeneration(job, generation);
    jobs.setPod(job, pod);
    const id = mix(callId, attempt);
    jobs.setId(job, id);
    jobs.setRequest(job, request);
    jobs.setDistance(job, distance);
    const demandId = attempt === 1 ? callId : id;
    const demand = this.#samplers[rows.sampler(pod)]!;
    demand.draw(mix(demandId, rows.key(pod)));
    jobs.setDemand(job, demand.out[0]! / rows.coreSpeed(pod));
    if (!rows.isPlain(pod)) this.#demandOf(job, pod, callId, demandId);
    rows.setAccepted(pod, rows.accepted(pod) + 1);
    this.#enter(pod, job);
    return true;
  }

  /** A job's call has ended. A job that is gone by now is not missed. */
  resume(job: number, generation: number, ok: boolean): void {
    if (this.jobs.generation[job] !== generation) return;
    if (!this.rows.isPlain(this.jobs.pod(job))) return this.#resumeOtherwise(job, ok);
    if (ok) this.#callNext(job);
    else this.#finish(job, INTERNAL_ERROR);
  }

  computed(job: number, generation: number): void {
    const { jobs, rows } = this;
    if (jobs.generation[job] !== generation) return;
    const pod = jobs.pod(job);
    rows.setBusyTime(pod, rows.busyTime(pod) + jobs.demand(job) * rows.coreSpeed(pod));
    rows.setComputing(pod, rows.computing(pod) - 1);
    const next = this.#queues.pop(rows.runnable(pod));
    if (next >= 0) this.#compute(pod, next);
    this.#callNext(job);
  }

  /** Every slot and every place of the backlog is taken; none is foreseen to be while that is so. */
  isFull(pod: number): boolean {
    const { rows } = this;
    const taken = rows.busy(pod) + rows.length(rows.waiting(pod)) + rows.reserved(pod);
    return taken >= rows.concurrency(pod) + rows.backlog(pod);
  }

  /** A connection is accepted, or foreseen to be: a place is its request's from now on. */
  reserve(pod: number): void {
    const { rows } = this;
    rows.setReserved(pod, rows.reserved(pod) + 1);
    if (this.isFull(pod)) this.#fills(pod);
  }

  /** The request is there and takes the place, or will not come. @param incarnation of the process that accepted it */
  unreserve(pod: number, incarnation: number): void {
    const { rows } = this;
    if (rows.incarnation(pod) === incarnation) rows.setReserved(pod, rows.reserved(pod) - 1);
  }

  /** Whether any Pod limits its connections: then they are counted. */
  readonly countsConnections: boolean;

  /** A connection to the Pod stands. */
  opened(pod: number): void {
    this.#servers[pod]!.connections++;
  }

  /** One that stood is closed. @param incarnation of the process that accepted it */
  closed(pod: number, incarnation: number): void {
    const server = this.#servers[pod]!;
    if (server.incarnation === incarnation) server.connections--;
  }

  /** There is room, and has been for so long that there will be for a moment to come, unless `Caller.disturbed` tells. */
  hasHadRoom(pod: number): boolean {
    if (this.countsConnections && this.#servers[pod]!.behaviour.maxConnections < Infinity) return false;
    return this.#engine.clock[0]! - this.rows.fullAt(pod) > FULL_MEMORY && !this.isFull(pod);
  }

  /** What a Pod that has too much to do asks its callers to wait, ns. */
  retryAfter(pod: number): number {
    return this.#servers[pod]!.behaviour.retryAfter;
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
      const length = rows.isPlain(pod)
        ? this.#queues.push(rows.waiting(pod), job)
        : this.#line.add(this.#servers[pod]!, job);
      if (length > rows.longestQueue(pod)) rows.setLongestQueue(pod, length);
    }
    if (this.isFull(pod)) this.#fills(pod);
  }

  #start(pod: number, job: number): void {
    const { jobs, rows } = this;
    rows.setBusy(pod, rows.busy(pod) + 1);
    const call = jobs.call(job);
    if (call >= 0) this.#caller.served(call, jobs.callGeneration(job));
    if (rows.isPlain(pod)) this.#takeCore(pod, job);
    else this.#startOtherwise(pod, job);
  }

  /** A core, or a place in the line for one. */
  #takeCore(pod: number, job: number): void {
    const { rows } = this;
    if (rows.computing(pod) < rows.cores(pod)) this.#compute(pod, job);
    else this.#queues.push(rows.runnable(pod), job);
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
    if (!this.rows.isPlain(pod)) return this.#callOtherwise(job, pod);
    const calls = this.rows.calls(pod);
    for (let step = jobs.step(job); step < calls; step++) {
      jobs.setStep(job, step + 1);
      const client = this.#servers[pod]!.clients[step]!;
      const id = mix(jobs.id(job), client.edge.key);
      if (client.edge.share < 1 && uniform(mix(id, SHARE)) >= client.edge.share) continue;
      return this.#caller.begin(client, job, jobs.generation[job]!, id, jobs.request(job));
    }
    if (this.#routes === null || !this.#isRouted(job, pod, calls)) this.#finish(job, OK);
  }

  /** A router sends the request on to a backend, or answers with an error. @returns false: this is none, or it has the answer */
  #isRouted(job: number, pod: number, calls: number): boolean {
    const { jobs } = this;
    const server = this.#servers[pod]!;
    const call = jobs.call(job);
    if (!server.isRouter || call < 0 || jobs.step(job) > calls) return false;
    jobs.setStep(job, calls + 1);
    const edge = this.#caller.edgeOf(call, jobs.callGeneration(job));
    if (edge === undefined) return false; // whoever asked has given up
    const place = this.#routes!.pick(server.workload, edge, mix(jobs.id(job), ROUTE));
    const client = place < 0 ? undefined : server.clients[calls + place];
    if (client === undefined) this.#finish(job, place === NO_RULE ? NOT_FOUND : UNAVAILABLE);
    else this.#caller.begin(client, job, jobs.generation[job]!, mix(jobs.id(job), client.edge.key), jobs.request(job));
    return true;
  }

  #finish(job: number, outcome: number): void {
    const { jobs, rows } = this;
    const pod = jobs.pod(job);
    const call = jobs.call(job);
    const generation = jobs.callGeneration(job);
    const distance = jobs.distance(job);
    jobs.close(job);
    rows.setBusy(pod, rows.busy(pod) - 1);
    const next = rows.isPlain(pod) ? this.#queues.pop(rows.waiting(pod)) : this.#line.next(this.#servers[pod]!);
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
    this.#servers[pod]!.connections = 0;
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
    rows.setReserved(pod, 0);
    rows.setComputing(pod, 0);
    this.#queues.empty(rows.waiting(pod));
    this.#queues.empty(rows.runnable(pod));
    this.#openCPU(pod);
    this.#caller.clientsGone(this.#servers[pod]!);
  }

  #setState(pod: number, state: number): void {
    this.rows.setState(pod, state);
    if (state !== LISTENING) this.#caller.disturbed(pod);
  }

  /** A backlog that fills keeps doing so: within `FULL_MEMORY` nothing is foreseen, so there is nothing to disturb. */
  #fills(pod: number): void {
    const now = this.#engine.clock[0]!;
    const before = this.rows.fullAt(pod);
    this.rows.setFullAt(pod, now);
    if (now - before > FULL_MEMORY) this.#caller.filled(pod);
  }

  #make(slot: number): Server {
    const pod = this.#pods.at(slot);
    const node = this.#nodes.slotOf(this.#store.get('Node', '', pod.spec.nodeName!)!);
    const workload = workloadOf(this.#store, pod);
    const behaviour = this.#behaviours.get(workload) ?? { ...UNDESCRIBED, workload };
    const isRouter = this.#routes?.isRouter(workload) ?? false;
    const server = new Server(this.rows, slot, node, workload, behaviour, isRouter);
    this.#servers[slot] = server;
    const { rows } = this;
    rows.reach(slot);
    const cores = Math.max(1, Math.ceil(behaviour.cores - 1e-9));
    rows.setCoreSpeed(slot, behaviour.cpuQuota === null ? behaviour.cores / cores : 1);
    rows.setFullAt(slot, -Infinity);
    rows.setState(slot, DOWN);
    rows.setNode(slot, node);
    rows.setConcurrency(slot, behaviour.concurrency);
    rows.setCores(slot, cores);
    rows.setBacklog(slot, behaviour.backlog);
    rows.setSampler(slot, this.#samplerNumber(workload, behaviour));
    rows.setKey(slot, mix(keyOf(`service time of ${workload}`), this.#seed));
    this.#queues.empty(rows.waiting(slot));
    this.#queues.empty(rows.runnable(slot));
    this.#openCPU(slot);
    const [slower, errors] = [slowerBy(pod), errorShare(pod)];
    if (slower !== 1 || errors > 0)
      this.conditions.isReleased(slot, { slower, errors, status: 500, fast: false, hangs: false });
    this.#classify(slot);
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

  // What only some Pods do

  outOfMemory(pod: number, incarnation: number): void {
    if (this.rows.incarnation(pod) === incarnation && this.rows.state(pod) !== DOWN)
      this.#watcher.crashed(pod, 'OOMKilled');
  }

  /** What ails the Pods, or their nodes, has changed: from now on they work otherwise; what one held that hung is worked on. */
  conditionsChanged(pods: readonly number[]): void {
    const { jobs } = this;
    for (const pod of pods) this.#classify(pod);
    const well = new Set(pods.filter((pod) => !this.conditions.hangs(pod)));
    for (let job = 0; job < jobs.used; job++) {
      if (!jobs.isOpen(job) || jobs.pending(job) !== HANGING || !well.has(jobs.pod(job))) continue;
      jobs.setPending(job, 0);
      this.#startOtherwise(jobs.pod(job), job);
    }
  }

  #isCalledBy(callers: string[] | null, job: number): boolean {
    if (callers === null) return true;
    const edge = this.#caller.edgeOf(this.jobs.call(job), this.jobs.callGeneration(job));
    return edge !== undefined && callers.includes(edge.from);
  }

  #isAbandoned(job: number): boolean {
    return this.#caller.edgeOf(this.jobs.call(job), this.jobs.callGeneration(job)) === undefined;
  }

  /** The job has waited for too long, or nobody waits for it. */
  #turnAway(job: number): void {
    const { jobs, rows } = this;
    const pod = jobs.pod(job);
    rows.setFinished(pod, rows.finished(pod) + 1);
    const [call, generation, distance] = [jobs.call(job), jobs.callGeneration(job), jobs.distance(job)];
    jobs.close(job);
    this.#caller.answer(call, generation, distance, UNAVAILABLE);
  }

  #classify(pod: number): void {
    const { behaviour, node } = this.#servers[pod]!;
    this.rows.setPlain(pod, isPlain(behaviour) && !this.conditions.isAffected(pod, node));
  }

  #openCPU(pod: number): void {
    const { scheduling, cpuQuota } = this.#servers[pod]!.behaviour;
    if (scheduling === 'processorSharing') this.#cpu.open(pod, cpuQuota);
  }

  /** The demand where the caller has a service time of its own, or all attempts of a call take equally long. */
  #demandOf(job: number, pod: number, callId: number, attemptId: number): void {
    const { jobs, rows } = this;
    const { behaviour } = this.#servers[pod]!;
    const edge = this.#caller.edgeOf(jobs.call(job), jobs.callGeneration(job));
    const own = edge === undefined ? null : this.conditions.samplerFor(behaviour, edge.from);
    if (own === null && behaviour.serviceTimePer === 'attempt') return;
    const sampler = own ?? this.#samplers[rows.sampler(pod)]!;
    sampler.draw(mix(behaviour.serviceTimePer === 'request' ? callId : attemptId, rows.key(pod)));
    jobs.setDemand(job, sampler.out[0]! / rows.coreSpeed(pod));
  }

  #startOtherwise(pod: number, job: number): void {
    const { jobs, rows } = this;
    const server = this.#servers[pod]!;
    if (this.conditions.hangs(pod)) return jobs.setPending(job, HANGING);
    const busy = rows.busy(pod);
    if (jobs.call(job) >= 0) jobs.setFailure(job, this.conditions.failure(server, jobs.id(job)));
    if (jobs.failure(job) !== 0 && this.conditions.failsFast(server)) {
      jobs.setStep(job, rows.calls(pod));
      jobs.setDemand(job, FAILING_TIME);
    } else jobs.setDemand(job, jobs.demand(job) * this.conditions.slowness(server, busy));
    const { memory, scheduling } = server.behaviour;
    if (memory !== null && memory.base + busy * memory.perRequest > memory.limit) {
      this.#in(0, this.#kind['server.oom'], pod, rows.incarnation(pod));
    }
    if (scheduling === 'fifo') this.#takeCore(pod, job);
    else this.#cpu.add(pod, job);
  }

  #resumeOtherwise(job: number, ok: boolean): void {
    const { jobs } = this;
    jobs.setPending(job, jobs.pending(job) - 1);
    if (!ok) {
      jobs.setFailure(job, statusOf(INTERNAL_ERROR));
      jobs.setStep(job, this.rows.calls(jobs.pod(job)));
    }
    if (jobs.pending(job) <= 0) this.#callNext(job);
  }

  /** Makes the next calls of the job that go together, if no cache answers them; after the last of all it answers. */
  #callOtherwise(job: number, pod: number): void {
    const { jobs, rows } = this;
    const { behaviour, clients } = this.#servers[pod]!;
    const calls = rows.calls(pod);
    if (behaviour.queue.dropAbandoned && jobs.call(job) >= 0 && this.#isAbandoned(job)) return this.#finish(job, OK);
    const generation = jobs.generation[job]!;
    let step = jobs.step(job);
    while (step < calls && jobs.pending(job) <= 0) {
      const first = step;
      while (step < calls && (step === first || behaviour.calls[step]!.parallel)) step++;
      jobs.setStep(job, step);
      jobs.setPending(job, 1); // one for this loop: a call that ends at once must not go on from here
      for (let i = first; i < step; i++) {
        const client = clients[i]!;
        if (!this.#isCalledBy(behaviour.calls[i]!.callers, job)) continue;
        const id = mix(jobs.id(job), client.edge.key);
        if (client.edge.share < 1 && uniform(mix(id, SHARE)) >= client.edge.share) continue;
        if (this.conditions.hits(behaviour, i, id)) continue;
        jobs.setPending(job, jobs.pending(job) + 1);
        this.#caller.begin(client, job, generation, id, jobs.request(job));
      }
      jobs.setPending(job, jobs.pending(job) - 1);
      step = jobs.step(job); // past all, if one has failed already
    }
    if (jobs.pending(job) > 0) return;
    const failure = jobs.failure(job);
    if (failure !== 0) return this.#finish(job, httpError(failure));
    if (this.#routes === null) return this.#finish(job, OK);
    jobs.setPending(job, 1); // of the router's call to a backend, should there be one
    if (!this.#isRouted(job, pod, calls)) this.#finish(job, OK);
  }

  #in(delay: number, kind: number, a: number, b: number): void {
    this.#engine.due[0] = this.#engine.clock[0]! + delay;
    this.#engine.schedule(kind, a, b);
  }
}

/** Purposes of draws: whether a job makes a call, and to which backend a router sends it. */
const SHARE = 0x51;
const ROUTE = 0x52;

/** Whether its Pods work on requests in order, a core each, for their service time, and whatever their caller does. */
function isPlain(behaviour: WorkloadBehaviour): boolean {
  const { queue, contention, warmup, errors, memory, scheduling, serviceTimeOf, serviceTimePer, calls } = behaviour;
  return (
    scheduling === 'fifo' &&
    serviceTimePer === 'attempt' &&
    queue.discipline === 'fifo' &&
    queue.maxWait === Infinity &&
    queue.controlledDelay === null &&
    !queue.dropAbandoned &&
    contention === null &&
    warmup === null &&
    errors === null &&
    memory === null &&
    Object.keys(serviceTimeOf).length === 0 &&
    calls.every(({ parallel, cache, callers }) => !parallel && cache === null && callers === null)
  );
}
