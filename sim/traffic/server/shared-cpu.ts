import type { Engine } from '../../engine/engine.ts';
import type { Kinds } from '../../engine/kinds.ts';
import type { JobStore } from '../job-store.ts';
import type { ServerRows } from '../server-rows.ts';

const kinds = {
  'cpu.next': { a: 'pod', b: 'version', run: (cpu, pod, version) => cpu.next(pod, version) },
} satisfies Kinds<SharedCPU>;

/** Less than this is left of a job when it is done, ns of its own share: rounding to whole ns of the clock. */
const EPSILON = 1e-3;

/** The CPU of a Pod. */
interface CPU {
  /** Jobs, a heap by the virtual time at which each is done. */
  readonly heap: number[];
  /** CPU time that each job has had since the Pod came, ns. */
  virtual: number;
  /** Up to when that is counted, ns. */
  at: number;
  version: number;
  /** Of the present period: CPU time used, and the end, ns. */
  used: number;
  periodEnds: number;
  readonly limit: { quota: number; period: number } | null;
}

/**
 * Processor sharing: all jobs of a Pod compute at once, n of them on c cores at c/n of a core each if there are more than
 * cores, at one each otherwise. With a CPU limit they stop when the quota of a period is used up, until the next.
 *
 * A job's end is a virtual time, which is CPU time per job: it does not move when others come and go, so an arrival costs
 * O(log n).
 * @source L. Kleinrock, Queueing Systems II, 4.4; CFS bandwidth control: docs.kernel.org/scheduler/sched-bwc.html
 * @simplifies the quota is handed out to the last nanosecond, and not in slices of 5 ms per CPU
 */
export class SharedCPU {
  readonly #engine: Engine;
  readonly #jobs: JobStore;
  readonly #rows: ServerRows;
  readonly #done: (job: number) => void;
  readonly #cpus: (CPU | undefined)[] = [];
  readonly #kind: number;

  /** @param done hears of each job that has had its CPU time */
  constructor(engine: Engine, jobs: JobStore, rows: ServerRows, done: (job: number) => void) {
    this.#engine = engine;
    this.#jobs = jobs;
    this.#rows = rows;
    this.#done = done;
    this.#kind = engine.define<SharedCPU, typeof kinds>(this, kinds)['cpu.next'];
  }

  /** @param limit quota in cores, and its period in ns; null: none */
  open(pod: number, limit: { quota: number; period: number } | null): void {
    const version = (this.#cpus[pod]?.version ?? 0) + 1;
    this.#cpus[pod] = { heap: [], virtual: 0, at: 0, version, used: 0, periodEnds: 0, limit };
  }

  /** The job computes from now on, until it has had its demand. */
  add(pod: number, job: number): void {
    const cpu = this.#cpus[pod]!;
    this.#advance(pod, cpu);
    this.#jobs.setFinishAt(job, cpu.virtual + this.#jobs.demand(job));
    this.#push(cpu.heap, job);
    this.#schedule(pod, cpu);
  }

  next(pod: number, version: number): void {
    const cpu = this.#cpus[pod]!;
    if (cpu.version !== version) return;
    this.#advance(pod, cpu);
    const { heap } = cpu;
    while (heap.length > 0 && this.#jobs.finishAt(heap[0]!) <= cpu.virtual + EPSILON) {
      this.#done(this.#pop(heap));
      if (cpu !== this.#cpus[pod]) return; // the process ended
    }
    this.#schedule(pod, cpu);
  }

  /** Gives all jobs the time since the last change; between two events nothing changes but that. */
  #advance(pod: number, cpu: CPU): void {
    const now = this.#engine.clock[0]!;
    const rows = this.#rows;
    const cores = Math.min(cpu.heap.length, rows.cores(pod));
    if (cores > 0 && !isThrottled(cpu)) {
      const time = now - cpu.at;
      cpu.virtual += (time * cores) / cpu.heap.length;
      cpu.used += time * cores;
      rows.setBusyTime(pod, rows.busyTime(pod) + time * cores * rows.coreSpeed(pod));
    }
    cpu.at = now;
    if (cpu.limit !== null && now >= cpu.periodEnds) {
      cpu.used = 0;
      cpu.periodEnds = (Math.floor(now / cpu.limit.period) + 1) * cpu.limit.period;
    }
  }

  /** The next thing to happen: a job is done, the quota is used up, or its next period begins. */
  #schedule(pod: number, cpu: CPU): void {
    cpu.version++;
    const { heap, limit } = cpu;
    if (heap.length === 0) return;
    const cores = Math.min(heap.length, this.#rows.cores(pod));
    let due = Infinity;
    if (!isThrottled(cpu)) {
      due = cpu.at + Math.max(0, this.#jobs.finishAt(heap[0]!) - cpu.virtual) * (heap.length / cores);
      if (limit !== null) due = Math.min(due, cpu.at + Math.max(1, (limit.quota * limit.period - cpu.used) / cores));
    }
    if (limit !== null) due = Math.min(due, cpu.periodEnds);
    this.#engine.due[0] = Math.max(this.#engine.clock[0]!, Math.ceil(due - EPSILON));
    this.#engine.schedule(this.#kind, pod, cpu.version);
  }

  #push(heap: number[], job: number): void {
    let at = heap.push(job) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#jobs.finishAt(heap[parent]!) <= this.#jobs.finishAt(job)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = job;
  }

  #pop(heap: number[]): number {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    const time = this.#jobs.finishAt(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const other = child + 1;
      if (other < heap.length && this.#jobs.finishAt(heap[other]!) < this.#jobs.finishAt(heap[child]!)) child = other;
      if (this.#jobs.finishAt(heap[child]!) >= time) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isThrottled({ limit, used }: CPU): boolean {
  return limit !== null && used >= limit.quota * limit.period - EPSILON;
}
