import { grown } from '../engine/slots.ts';
import { ColumnStore } from './column-store.ts';
/** What a call does now. */
export const WAITING = 0;
export const CONNECTING = 1;
export const SENT = 2;
export const BACKING_OFF = 3;

/** Calls in flight: what a client wants from a Service, over all its attempts. One attempt is under way at a time. */
export class CallStore extends ColumnStore {
  client = new Int32Array(0);
  /** The job that waits for it, and that job's generation; -1: a user does. */
  job = new Int32Array(0);
  jobGeneration = new Int32Array(0);
  /** 32 bits from which every draw of this call is hashed. */
  id = new Int32Array(0);
  /** Number of the user request that all this is for. */
  request = new Int32Array(0);
  attempt = new Int32Array(0);
  phase = new Uint8Array(0);
  /** The attempt holds one of the client's connections. */
  holds = new Uint8Array(0);
  /** ns: when it was due, and when the present attempt began. */
  startedAt = new Float64Array(0);
  attemptAt = new Float64Array(0);
  /** ns: when the attempt sent its first SYN, and when the connection stood. */
  synAt = new Float64Array(0);
  connectedAt = new Float64Array(0);
  servedAt = new Float64Array(0);
  /** Of the attempt: address index, Pod slot and incarnation, trace object that it went to, delay class, position in the client's addresses. */
  address = new Int32Array(0);
  pod = new Int32Array(0);
  incarnation = new Int32Array(0);
  target = new Int32Array(0);
  /** Where the ledger counts it, once it has a target. */
  flow = new Int32Array(0);
  distance = new Uint8Array(0);
  position = new Int32Array(0);
  /** The outcome that is on its way to the client. */
  result = new Uint8Array(0);

  open(clock: Float64Array): number {
    const slot = this.slots.take();
    this.startedAt[slot] = clock[0]!;
    this.attempt[slot] = 0;
    this.holds[slot] = 0;
    return slot;
  }

  protected growColumns(capacity: number): void {
    this.client = grown(this.client, capacity);
    this.job = grown(this.job, capacity);
    this.jobGeneration = grown(this.jobGeneration, capacity);
    this.id = grown(this.id, capacity);
    this.request = grown(this.request, capacity);
    this.attempt = grown(this.attempt, capacity);
    this.phase = grown(this.phase, capacity);
    this.holds = grown(this.holds, capacity);
    this.startedAt = grown(this.startedAt, capacity);
    this.attemptAt = grown(this.attemptAt, capacity);
    this.synAt = grown(this.synAt, capacity);
    this.connectedAt = grown(this.connectedAt, capacity);
    this.servedAt = grown(this.servedAt, capacity);
    this.address = grown(this.address, capacity);
    this.pod = grown(this.pod, capacity);
    this.incarnation = grown(this.incarnation, capacity);
    this.target = grown(this.target, capacity);
    this.flow = grown(this.flow, capacity);
    this.distance = grown(this.distance, capacity);
    this.position = grown(this.position, capacity);
    this.result = grown(this.result, capacity);
  }
}
