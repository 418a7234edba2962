import { grown } from '../engine/slots.ts';
import { ColumnStore } from './column-store.ts';
/** Jobs: requests inside a Pod, waiting or worked on. A job goes on when its caller has given up: a server does not know. */
export class JobStore extends ColumnStore {
  /** The call that asked, and its generation then; -1: a probe, whose number is in `callGeneration`. */
  call = new Int32Array(0);
  callGeneration = new Int32Array(0);
  pod = new Int32Array(0);
  /** 32 bits from which the job's draws are hashed, and the user request that it is for. */
  id = new Int32Array(0);
  request = new Int32Array(0);
  /** The next of the workload's calls to make. */
  step = new Int32Array(0);
  /** Link of the queue that it waits in. */
  next = new Int32Array(0);
  /** CPU time, ns. */
  demand = new Float64Array(0);
  distance = new Uint8Array(0);

  open(): number {
    const slot = this.slots.take();
    this.step[slot] = 0;
    this.next[slot] = -1;
    return slot;
  }

  protected growColumns(capacity: number): void {
    this.call = grown(this.call, capacity);
    this.callGeneration = grown(this.callGeneration, capacity);
    this.pod = grown(this.pod, capacity);
    this.id = grown(this.id, capacity);
    this.request = grown(this.request, capacity);
    this.step = grown(this.step, capacity);
    this.next = grown(this.next, capacity);
    this.demand = grown(this.demand, capacity);
    this.distance = grown(this.distance, capacity);
  }
}
