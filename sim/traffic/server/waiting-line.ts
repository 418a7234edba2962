import type { Engine } from '../../engine/engine.ts';
import type { Kinds } from '../../engine/kinds.ts';
import type { JobStore } from '../job-store.ts';
import type { Server } from '../server.ts';
import type { ServerRows } from '../server-rows.ts';
import type { JobQueues } from './job-queues.ts';

/** `expiresAt` of a job that waits no more. */
const WAITS_NO_MORE = -1;

const kinds = {
  'server.waited': { a: 'job', b: 'generation', run: (line, job, generation) => line.waited(job, generation) },
} satisfies Kinds<WaitingLine>;

/** What a line asks about the callers of its jobs. */
export interface Callers {
  /** Of the call, in a line of discipline `priority`; higher ones go first. */
  urgencyOf(call: number): number;
  /** Has the job's caller given up? */
  isAbandoned(job: number): boolean;
}

/**
 * Who waits for a slot of a Pod whose queue is not plain: who gets the next one, and who has waited for too long. By a longest wait
 * a job leaves when it is over; by controlled delay, and where its caller has given up, when its turn comes.
 * @source HAProxy, `timeout queue`; folly/executors/Codel.cpp, which is asked as a task leaves the queue
 */
export class WaitingLine {
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #kind: number;
  readonly #jobs: JobStore;
  readonly #rows: ServerRows;
  readonly #queues: JobQueues;
  readonly #callers: Callers;
  readonly #turnAway: (job: number) => void;
  /** By Pod slot, while somebody waits there: since when, ns. Only where a queue has a controlled delay. */
  readonly #busySince: number[] = [];

  /** @param turnAway the job gets no slot */
  constructor(
    engine: Engine,
    stores: { jobs: JobStore; rows: ServerRows; queues: JobQueues },
    callers: Callers,
    turnAway: (job: number) => void,
  ) {
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#kind = engine.define<WaitingLine, typeof kinds>(this, kinds)['server.waited'];
    this.#jobs = stores.jobs;
    this.#rows = stores.rows;
    this.#queues = stores.queues;
    this.#callers = callers;
    this.#turnAway = turnAway;
  }

  /** The job waits, where the queue's policy puts it. @returns how many do now */
  add({ pod, behaviour }: Server, job: number): number {
    const { discipline, maxWait, controlledDelay } = behaviour.queue;
    const queue = this.#rows.waiting(pod);
    const now = this.#clock[0]!;
    let patience = maxWait;
    if (controlledDelay !== null) {
      if (this.#rows.length(queue) === 0) this.#busySince[pod] = now;
      const { target, interval } = controlledDelay;
      patience = Math.min(patience, now - this.#busySince[pod]! > interval ? target : interval);
    }
    this.#jobs.setExpiresAt(job, now + patience);
    if (maxWait < Infinity && this.#jobs.call(job) >= 0) {
      const lane = this.#engine.timeoutLane(maxWait, this.#jobs);
      this.#engine.push(lane, this.#kind, job, this.#jobs.generation[job]!);
    }
    if (discipline === 'fifo') return this.#queues.push(queue, job);
    const urgency = discipline === 'lifo' ? Infinity : this.#urgencyOf(job);
    return this.#queues.insert(queue, job, urgency, (other) => this.#urgencyOf(other));
  }

  /** @returns the next job that gets a slot; -1: none waits */
  next({ pod, behaviour }: Server): number {
    const { dropAbandoned, maxWait, controlledDelay } = behaviour.queue;
    const isLimited = maxWait < Infinity || controlledDelay !== null;
    for (;;) {
      const job = this.#queues.pop(this.#rows.waiting(pod));
      if (job < 0 || this.#jobs.call(job) < 0) return job;
      const isAbandoned = dropAbandoned && this.#callers.isAbandoned(job);
      if (!isAbandoned && (!isLimited || this.#clock[0]! < this.#jobs.expiresAt(job))) {
        this.#jobs.setExpiresAt(job, WAITS_NO_MORE);
        return job;
      }
      this.#turnAway(job);
    }
  }

  /** The longest wait is over, if the job still waits. */
  waited(job: number, generation: number): void {
    const jobs = this.#jobs;
    if (jobs.generation[job] !== generation || jobs.expiresAt(job) === WAITS_NO_MORE) return;
    this.#queues.remove(this.#rows.waiting(jobs.pod(job)), job);
    this.#turnAway(job);
  }

  /** Probes go first. */
  #urgencyOf(job: number): number {
    const call = this.#jobs.call(job);
    return call < 0 ? Number.MAX_VALUE : this.#callers.urgencyOf(call);
  }
}
