import { RowStore } from './row-store.ts';

/** Jobs: requests inside a Pod, waiting or worked on. */
export class JobStore extends RowStore {
  constructor() {
    super(64);
  }

  open(): number {
    const job = this.slots.take();
    this.setStep(job, 0);
    this.setNext(job, -1);
    this.setPending(job, 0);
    this.setFailure(job, 0);
    return job;
  }

  /** When it is turned away if it still waits for a slot, ns. Only where the queue is not plain. */
  expiresAt(job: number): number {
    return this.doubles[(job << 3) | 5]!;
  }

  setExpiresAt(job: number, value: number): void {
    this.doubles[(job << 3) | 5] = value;
  }

  /** In virtual time, where it shares the CPU: when it is done. */
  finishAt(job: number): number {
    return this.doubles[(job << 3) | 6]!;
  }

  setFinishAt(job: number, value: number): void {
    this.doubles[(job << 3) | 6] = value;
  }

  /** Of its calls, those under way. Below 0: it hangs. */
  pending(job: number): number {
    return this.ints[(job << 4) | 14]!;
  }

  setPending(job: number, value: number): void {
    this.ints[(job << 4) | 14] = value | 0;
  }

  /** The status of the error that it will end with; 0: it does not fail. */
  failure(job: number): number {
    return this.ints[(job << 4) | 15]!;
  }

  setFailure(job: number, value: number): void {
    this.ints[(job << 4) | 15] = value | 0;
  }

  /** CPU time, ns. */
  demand(job: number): number {
    return this.doubles[job << 3]!;
  }

  setDemand(job: number, value: number): void {
    this.doubles[job << 3] = value;
  }

  /** The call that asked; -1: a probe. */
  call(job: number): number {
    return this.ints[(job << 4) | 2]!;
  }

  setCall(job: number, value: number): void {
    this.ints[(job << 4) | 2] = value | 0;
  }

  /** The call's generation then; the number of a probe. */
  callGeneration(job: number): number {
    return this.ints[(job << 4) | 3]!;
  }

  setCallGeneration(job: number, value: number): void {
    this.ints[(job << 4) | 3] = value | 0;
  }

  pod(job: number): number {
    return this.ints[(job << 4) | 4]!;
  }

  setPod(job: number, value: number): void {
    this.ints[(job << 4) | 4] = value | 0;
  }

  /** 32 bits from which the job's draws are hashed. */
  id(job: number): number {
    return this.ints[(job << 4) | 5]!;
  }

  setId(job: number, value: number): void {
    this.ints[(job << 4) | 5] = value | 0;
  }

  /** Number of the user request that it is for. */
  request(job: number): number {
    return this.ints[(job << 4) | 6]!;
  }

  setRequest(job: number, value: number): void {
    this.ints[(job << 4) | 6] = value | 0;
  }

  /** The next of the workload's calls to make. */
  step(job: number): number {
    return this.ints[(job << 4) | 7]!;
  }

  setStep(job: number, value: number): void {
    this.ints[(job << 4) | 7] = value | 0;
  }

  /** Link of the queue that it waits in. */
  next(job: number): number {
    return this.ints[(job << 4) | 8]!;
  }

  setNext(job: number, value: number): void {
    this.ints[(job << 4) | 8] = value | 0;
  }

  /** Delay class of the way to the caller. */
  distance(job: number): number {
    return this.ints[(job << 4) | 9]!;
  }

  setDistance(job: number, value: number): void {
    this.ints[(job << 4) | 9] = value | 0;
  }
}
