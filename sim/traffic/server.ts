import type { Sampler } from '../engine/samplers/sampler.ts';
import type { WorkloadBehaviour } from '../input/scenario.ts';
import type { Client } from './client.ts';

export const DOWN = 0;
export const LISTENING = 1;
/** After SIGTERM: finishes what it has, accepts no new connection. */
export const DRAINING = 2;

/** A first-in, first-out queue of jobs, linked through `JobStore.next`. */
export interface JobQueue {
  head: number;
  tail: number;
  length: number;
}

/** One Pod's process: slots that requests hold, cores that serve them, and what waits for either. */
export class Server {
  readonly pod: number;
  readonly node: number;
  /** `namespace/name` of its Deployment. */
  readonly workload: string;
  readonly behaviour: WorkloadBehaviour;
  readonly demand: Sampler;
  /** 32 bits for the draws of its workload. */
  readonly key: number;
  /** Container ports: what it listens on. */
  readonly ports: ReadonlySet<number>;
  readonly coreCount: number;
  /** Below 1 when the CPU limit is no whole number of cores. */
  readonly coreSpeed: number;
  state = DOWN;
  /** +1 whenever its process ends: connections to an earlier one are dead. */
  incarnation = 0;
  address = -1;
  /** One for each of the workload's calls; made when the process starts to listen. */
  clients: Client[] = [];
  /** Clients of traffic sources that send from this Pod. */
  senders: Client[] = [];
  /** Slots taken, cores at work. */
  busy = 0;
  computing = 0;
  readonly waiting: JobQueue = { head: -1, tail: -1, length: 0 };
  readonly runnable: JobQueue = { head: -1, tail: -1, length: 0 };
  /** Of its whole life: CPU time used (ns), requests accepted, finished, and lost when it was killed. */
  busyTime = 0;
  accepted = 0;
  finished = 0;
  lost = 0;
  /** Longest queue since the last bucket. */
  longestQueue = 0;

  constructor(
    pod: number,
    node: number,
    workload: string,
    behaviour: WorkloadBehaviour,
    demand: Sampler,
    key: number,
    ports: ReadonlySet<number>,
  ) {
    this.pod = pod;
    this.node = node;
    this.workload = workload;
    this.behaviour = behaviour;
    this.demand = demand;
    this.key = key;
    this.ports = ports;
    this.coreCount = Math.max(1, Math.ceil(behaviour.cores - 1e-9));
    this.coreSpeed = behaviour.cores / this.coreCount;
  }
}
