/**
 * What of every server changes from request to request, or is asked at each: a row of 128 bytes by Pod slot. Two queues of jobs
 * (first in, first out, linked through the jobs) are three integers each; a queue is named by its place.
 */
export class ServerRows {
  #doubles = new Float64Array(0);
  #ints = new Int32Array(0);

  /** Makes room for a Pod. */
  reach(pod: number): void {
    if (pod << 4 < this.#doubles.length) return;
    const doubles = new Float64Array((2 * pod + 64) << 4);
    doubles.set(this.#doubles);
    this.#doubles = doubles;
    this.#ints = new Int32Array(doubles.buffer);
  }

  /** CPU time used in all its life, ns. */
  busyTime(pod: number): number {
    return this.#doubles[pod << 4]!;
  }

  setBusyTime(pod: number, value: number): void {
    this.#doubles[pod << 4] = value;
  }

  /** Requests of all its life: accepted, finished, and lost when it was killed. */
  accepted(pod: number): number {
    return this.#doubles[(pod << 4) | 1]!;
  }

  setAccepted(pod: number, value: number): void {
    this.#doubles[(pod << 4) | 1] = value;
  }

  finished(pod: number): number {
    return this.#doubles[(pod << 4) | 2]!;
  }

  setFinished(pod: number, value: number): void {
    this.#doubles[(pod << 4) | 2] = value;
  }

  lost(pod: number): number {
    return this.#doubles[(pod << 4) | 3]!;
  }

  setLost(pod: number, value: number): void {
    this.#doubles[(pod << 4) | 3] = value;
  }

  /** Below 1 when the CPU limit is no whole number of cores. */
  coreSpeed(pod: number): number {
    return this.#doubles[(pod << 4) | 4]!;
  }

  setCoreSpeed(pod: number, value: number): void {
    this.#doubles[(pod << 4) | 4] = value;
  }

  /** When its backlog last became full, ns; -Infinity: never. */
  fullAt(pod: number): number {
    return this.#doubles[(pod << 4) | 5]!;
  }

  setFullAt(pod: number, value: number): void {
    this.#doubles[(pod << 4) | 5] = value;
  }

  /** `DOWN`, `LISTENING` or `DRAINING`. */
  state(pod: number): number {
    return this.#ints[(pod << 5) | 12]!;
  }

  setState(pod: number, value: number): void {
    this.#ints[(pod << 5) | 12] = value | 0;
  }

  /** +1 whenever its process ends: connections to an earlier one are dead. */
  incarnation(pod: number): number {
    return this.#ints[(pod << 5) | 13]!;
  }

  setIncarnation(pod: number, value: number): void {
    this.#ints[(pod << 5) | 13] = value | 0;
  }

  /** Whether requests are worked on in order, a core each, for their service time, and whatever their caller does: most Pods. */
  isPlain(pod: number): boolean {
    return this.#ints[(pod << 5) | 27] === 0;
  }

  setPlain(pod: number, value: boolean): void {
    this.#ints[(pod << 5) | 27] = value ? 0 : 1;
  }

  node(pod: number): number {
    return this.#ints[(pod << 5) | 14]!;
  }

  setNode(pod: number, value: number): void {
    this.#ints[(pod << 5) | 14] = value | 0;
  }

  /** Slots taken, and slots. */
  busy(pod: number): number {
    return this.#ints[(pod << 5) | 15]!;
  }

  setBusy(pod: number, value: number): void {
    this.#ints[(pod << 5) | 15] = value | 0;
  }

  concurrency(pod: number): number {
    return this.#ints[(pod << 5) | 16]!;
  }

  setConcurrency(pod: number, value: number): void {
    this.#ints[(pod << 5) | 16] = value | 0;
  }

  /** Cores at work, and cores. */
  computing(pod: number): number {
    return this.#ints[(pod << 5) | 17]!;
  }

  setComputing(pod: number, value: number): void {
    this.#ints[(pod << 5) | 17] = value | 0;
  }

  cores(pod: number): number {
    return this.#ints[(pod << 5) | 18]!;
  }

  setCores(pod: number, value: number): void {
    this.#ints[(pod << 5) | 18] = value | 0;
  }

  /** Requests that may wait for a slot. */
  backlog(pod: number): number {
    return this.#ints[(pod << 5) | 19]!;
  }

  setBacklog(pod: number, value: number): void {
    this.#ints[(pod << 5) | 19] = value | 0;
  }

  /** Longest queue since the last bucket. */
  longestQueue(pod: number): number {
    return this.#ints[(pod << 5) | 20]!;
  }

  setLongestQueue(pod: number, value: number): void {
    this.#ints[(pod << 5) | 20] = value | 0;
  }

  /** Calls of the workload that each job makes, one after the other. */
  calls(pod: number): number {
    return this.#ints[(pod << 5) | 21]!;
  }

  setCalls(pod: number, value: number): void {
    this.#ints[(pod << 5) | 21] = value | 0;
  }

  /** Number of its workload's sampler, and 32 bits for the draws. */
  sampler(pod: number): number {
    return this.#ints[(pod << 5) | 22]!;
  }

  setSampler(pod: number, value: number): void {
    this.#ints[(pod << 5) | 22] = value | 0;
  }

  key(pod: number): number {
    return this.#ints[(pod << 5) | 23]!;
  }

  setKey(pod: number, value: number): void {
    this.#ints[(pod << 5) | 23] = value | 0;
  }

  /** Places of slots and backlog that connections hold whose first request is on its way, those too that are foreseen to stand. */
  reserved(pod: number): number {
    return this.#ints[(pod << 5) | 31]!;
  }

  setReserved(pod: number, value: number): void {
    this.#ints[(pod << 5) | 31] = value | 0;
  }

  /** The queue of jobs that wait for a slot. */
  waiting(pod: number): number {
    return (pod << 5) | 24;
  }

  /** The queue of jobs that have a slot and wait for a core. */
  runnable(pod: number): number {
    return (pod << 5) | 28;
  }

  /** @returns the first job of a queue; -1: it is empty */
  head(queue: number): number {
    return this.#ints[queue]!;
  }

  setHead(queue: number, job: number): void {
    this.#ints[queue] = job | 0;
  }

  tail(queue: number): number {
    return this.#ints[queue | 1]!;
  }

  setTail(queue: number, job: number): void {
    this.#ints[queue | 1] = job | 0;
  }

  length(queue: number): number {
    return this.#ints[queue | 2]!;
  }

  setLength(queue: number, jobs: number): void {
    this.#ints[queue | 2] = jobs | 0;
  }
}
