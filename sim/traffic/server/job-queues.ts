import type { JobStore } from '../job-store.ts';
import type { ServerRows } from '../server-rows.ts';

/** Queues of jobs, linked through the jobs; their ends and lengths are in the servers' rows. */
export class JobQueues {
  readonly #jobs: JobStore;
  readonly #rows: ServerRows;

  constructor(jobs: JobStore, rows: ServerRows) {
    this.#jobs = jobs;
    this.#rows = rows;
  }

  /** Adds a job at the end. @returns how long the queue is now */
  push(queue: number, job: number): number {
    const rows = this.#rows;
    this.#jobs.setNext(job, -1);
    const tail = rows.tail(queue);
    if (tail >= 0) this.#jobs.setNext(tail, job);
    else rows.setHead(queue, job);
    rows.setTail(queue, job);
    const length = rows.length(queue) + 1;
    rows.setLength(queue, length);
    return length;
  }

  /** Adds a job behind the last of those that are at least as urgent: all of them, or none with an urgency of Infinity. @returns as `push` */
  insert(queue: number, job: number, urgency: number, urgencyOf: (job: number) => number): number {
    const rows = this.#rows;
    const jobs = this.#jobs;
    let before = -1;
    let after = rows.head(queue);
    while (after >= 0 && urgencyOf(after) >= urgency) {
      before = after;
      after = jobs.next(after);
    }
    if (after < 0) return this.push(queue, job);
    jobs.setNext(job, after);
    if (before < 0) rows.setHead(queue, job);
    else jobs.setNext(before, job);
    const length = rows.length(queue) + 1;
    rows.setLength(queue, length);
    return length;
  }

  /** @returns the first job of the queue, which leaves it; -1: it was empty */
  pop(queue: number): number {
    const rows = this.#rows;
    const job = rows.head(queue);
    if (job < 0) return -1;
    const next = this.#jobs.next(job);
    rows.setHead(queue, next);
    if (next < 0) rows.setTail(queue, -1);
    rows.setLength(queue, rows.length(queue) - 1);
    return job;
  }

  /** Takes a job out that waits in the queue, wherever in it: from the head on it is looked for. */
  remove(queue: number, job: number): void {
    const rows = this.#rows;
    const jobs = this.#jobs;
    let before = -1;
    for (let other = rows.head(queue); other !== job; other = jobs.next(other)) before = other;
    const next = jobs.next(job);
    if (before < 0) rows.setHead(queue, next);
    else jobs.setNext(before, next);
    if (next < 0) rows.setTail(queue, before);
    rows.setLength(queue, rows.length(queue) - 1);
  }

  empty(queue: number): void {
    this.#rows.setHead(queue, -1);
    this.#rows.setTail(queue, -1);
    this.#rows.setLength(queue, 0);
  }
}
