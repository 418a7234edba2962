import { RowStore } from './row-store.ts';

/** What a call does now. */
export const WAITING = 0;
export const CONNECTING = 1;
/** Its SYN is under way and will be accepted, as things stand: the request's arrival is scheduled. */
export const FORESEEN = 2;
/** The same, but things have changed: the SYN's arrival decides. */
export const DOUBTED = 3;
export const SENT = 4;
export const BACKING_OFF = 5;
/** A Pod has accepted its connection, which holds a place in the backlog until the request is there. */
export const ACCEPTED = 6;

/** A call's `job` where a member of a closed loop makes it; its `jobGeneration` is then the member. */
export const OF_MEMBER = -2;
/** A call's `job` where it is a further attempt of another call, beside that one's own; its `jobGeneration` is then the other. */
export const OF_HEDGE = -3;

/** Calls in flight: what a client wants from a Service, over all its attempts. One attempt is under way at a time. */
export class CallStore extends RowStore {
  constructor() {
    super(128);
  }

  open(clock: Float64Array): number {
    const call = this.slots.take();
    this.setStartedAt(call, clock[0]!);
    this.setAttempt(call, 0);
    this.setHolds(call, 0);
    return call;
  }

  /** When it was due, ns. */
  startedAt(call: number): number {
    return this.doubles[call << 4]!;
  }

  setStartedAt(call: number, value: number): void {
    this.doubles[call << 4] = value;
  }

  /** When the present attempt began, ns. */
  attemptAt(call: number): number {
    return this.doubles[(call << 4) | 1]!;
  }

  setAttemptAt(call: number, value: number): void {
    this.doubles[(call << 4) | 1] = value;
  }

  /** When the attempt sent its first SYN, ns. */
  synAt(call: number): number {
    return this.doubles[(call << 4) | 2]!;
  }

  setSynAt(call: number, value: number): void {
    this.doubles[(call << 4) | 2] = value;
  }

  /** When the connection stood, or will as things stand, ns; -1: none. */
  connectedAt(call: number): number {
    return this.doubles[(call << 4) | 3]!;
  }

  setConnectedAt(call: number, value: number): void {
    this.doubles[(call << 4) | 3] = value;
  }

  /** When a job of the attempt got a slot, ns; -1: not yet. */
  servedAt(call: number): number {
    return this.doubles[(call << 4) | 4]!;
  }

  setServedAt(call: number, value: number): void {
    this.doubles[(call << 4) | 4] = value;
  }

  /** Number of the client. */
  client(call: number): number {
    return this.ints[(call << 5) | 10]!;
  }

  setClient(call: number, value: number): void {
    this.ints[(call << 5) | 10] = value | 0;
  }

  /** The job that waits for it; -1: a user does. */
  job(call: number): number {
    return this.ints[(call << 5) | 11]!;
  }

  setJob(call: number, value: number): void {
    this.ints[(call << 5) | 11] = value | 0;
  }

  jobGeneration(call: number): number {
    return this.ints[(call << 5) | 12]!;
  }

  setJobGeneration(call: number, value: number): void {
    this.ints[(call << 5) | 12] = value | 0;
  }

  /** 32 bits from which every draw of this call is hashed. */
  id(call: number): number {
    return this.ints[(call << 5) | 13]!;
  }

  setId(call: number, value: number): void {
    this.ints[(call << 5) | 13] = value | 0;
  }

  /** Number of the user request that all this is for. */
  request(call: number): number {
    return this.ints[(call << 5) | 14]!;
  }

  setRequest(call: number, value: number): void {
    this.ints[(call << 5) | 14] = value | 0;
  }

  /** From 1 on. */
  attempt(call: number): number {
    return this.ints[(call << 5) | 15]!;
  }

  setAttempt(call: number, value: number): void {
    this.ints[(call << 5) | 15] = value | 0;
  }

  phase(call: number): number {
    return this.ints[(call << 5) | 16]!;
  }

  setPhase(call: number, value: number): void {
    this.ints[(call << 5) | 16] = value | 0;
  }

  /** 1 while the attempt holds one of the client's connections. */
  holds(call: number): number {
    return this.ints[(call << 5) | 17]!;
  }

  setHolds(call: number, value: number): void {
    this.ints[(call << 5) | 17] = value | 0;
  }

  /** Address index that the attempt goes to. */
  address(call: number): number {
    return this.ints[(call << 5) | 18]!;
  }

  setAddress(call: number, value: number): void {
    this.ints[(call << 5) | 18] = value | 0;
  }

  /** Slot of the Pod that had the address, and which life of its process. */
  pod(call: number): number {
    return this.ints[(call << 5) | 19]!;
  }

  setPod(call: number, value: number): void {
    this.ints[(call << 5) | 19] = value | 0;
  }

  incarnation(call: number): number {
    return this.ints[(call << 5) | 20]!;
  }

  setIncarnation(call: number, value: number): void {
    this.ints[(call << 5) | 20] = value | 0;
  }

  /** Where the ledger counts the attempt, by its target; -1: it has none yet. */
  flow(call: number): number {
    return this.ints[(call << 5) | 21]!;
  }

  setFlow(call: number, value: number): void {
    this.ints[(call << 5) | 21] = value | 0;
  }

  /** Delay class. */
  distance(call: number): number {
    return this.ints[(call << 5) | 22]!;
  }

  setDistance(call: number, value: number): void {
    this.ints[(call << 5) | 22] = value | 0;
  }

  /** Position in the client's addresses. */
  position(call: number): number {
    return this.ints[(call << 5) | 23]!;
  }

  setPosition(call: number, value: number): void {
    this.ints[(call << 5) | 23] = value | 0;
  }

  /** The outcome that is on its way to the client. */
  result(call: number): number {
    return this.ints[(call << 5) | 24]!;
  }

  setResult(call: number, value: number): void {
    this.ints[(call << 5) | 24] = value | 0;
  }

  /** Its connection in `TrackedFlows`; -1: none. Meaningless where that is off. */
  tracked(call: number): number {
    return this.ints[(call << 5) | 25]!;
  }

  setTracked(call: number, value: number): void {
    this.ints[(call << 5) | 25] = value | 0;
  }

  /** When it ends in any case, ns. Meaningless where its edge is not bounded. */
  deadline(call: number): number {
    return this.doubles[(call << 4) | 13]!;
  }

  setDeadline(call: number, value: number): void {
    this.doubles[(call << 4) | 13] = value;
  }

  /** When the connection that it uses is too old for another request, ns; -1: it is new. Meaningless where connections live for ever. */
  expiresAt(call: number): number {
    return this.doubles[(call << 4) | 14]!;
  }

  setExpiresAt(call: number, value: number): void {
    this.doubles[(call << 4) | 14] = value;
  }

  /** Of a call that is hedged the last of its hedges, of a hedge the one before it; -1: none. Meaningless where hedging is off. */
  hedge(call: number): number {
    return this.ints[(call << 5) | 30]!;
  }

  setHedge(call: number, value: number): void {
    this.ints[(call << 5) | 30] = value | 0;
  }

  /** The shared connection that its attempt uses; -1: none. Meaningless where nobody shares connections. */
  stream(call: number): number {
    return this.ints[(call << 5) | 31]!;
  }

  setStream(call: number, value: number): void {
    this.ints[(call << 5) | 31] = value | 0;
  }
}
