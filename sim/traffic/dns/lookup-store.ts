import { RowStore } from '../row-store.ts';

/** The answers to A and to AAAA have come. */
export const GOT_A = 1;
export const GOT_AAAA = 2;
export const GOT_BOTH = 3;
/** A and AAAA go out one after the other: the resolver asks so, or has learned to. */
export const ONE_BY_ONE = 4;

/** Lookups in flight: a name that a program in a Pod wants the addresses of. */
export class LookupStore extends RowStore {
  constructor() {
    super(64);
  }

  open(): number {
    return this.slots.take();
  }

  /** When it began, ns. */
  startedAt(lookup: number): number {
    return this.doubles[lookup << 3]!;
  }

  setStartedAt(lookup: number, value: number): void {
    this.doubles[lookup << 3] = value;
  }

  /** Until when the answer that came is good, ns. */
  validUntil(lookup: number): number {
    return this.doubles[(lookup << 3) | 1]!;
  }

  setValidUntil(lookup: number, value: number): void {
    this.doubles[(lookup << 3) | 1] = value;
  }

  /** The call that waits for it, if it still does. */
  call(lookup: number): number {
    return this.ints[(lookup << 4) | 4]!;
  }

  setCall(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 4] = value | 0;
  }

  callGeneration(lookup: number): number {
    return this.ints[(lookup << 4) | 5]!;
  }

  setCallGeneration(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 5] = value | 0;
  }

  /** Number of the client. */
  client(lookup: number): number {
    return this.ints[(lookup << 4) | 6]!;
  }

  setClient(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 6] = value | 0;
  }

  /** Place in the plan's questions. */
  place(lookup: number): number {
    return this.ints[(lookup << 4) | 7]!;
  }

  setPlace(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 7] = value | 0;
  }

  /** Tries of the present question, from 0. */
  attempt(lookup: number): number {
    return this.ints[(lookup << 4) | 8]!;
  }

  setAttempt(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 8] = value | 0;
  }

  /** `GOT_A`, `GOT_AAAA`, `ONE_BY_ONE`. */
  flags(lookup: number): number {
    return this.ints[(lookup << 4) | 9]!;
  }

  setFlags(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 9] = value | 0;
  }

  /** 32 bits from which its draws are hashed, +1 for each that was made. */
  key(lookup: number): number {
    return this.ints[(lookup << 4) | 10]!;
  }

  setKey(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 10] = value | 0;
  }

  /** The answer that came. */
  answer(lookup: number): number {
    return this.ints[(lookup << 4) | 11]!;
  }

  setAnswer(lookup: number, value: number): void {
    this.ints[(lookup << 4) | 11] = value | 0;
  }

  /** The Pod that was asked. @param query 2 · lookup for A, + 1 for AAAA */
  pod(query: number): number {
    return this.ints[((query >> 1) << 4) | 12 | (query & 1)]!;
  }

  setPod(query: number, value: number): void {
    this.ints[((query >> 1) << 4) | 12 | (query & 1)] = value | 0;
  }

  /** How far away it is: a distance class of the network. */
  distance(query: number): number {
    return this.ints[((query >> 1) << 4) | 14 | (query & 1)]!;
  }

  setDistance(query: number, value: number): void {
    this.ints[((query >> 1) << 4) | 14 | (query & 1)] = value | 0;
  }
}
