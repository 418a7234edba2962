import type { CachePolicy } from '../../discovery/cache/policies.ts';
import { grown } from '../../engine/slots.ts';

/**
 * The caches of many holders (Pods of the DNS server, nodes), in numbers: by holder and question the answer, and until when it
 * is good. What a policy says in seconds is kept in ns.
 * @simplifies A and AAAA of a name are one question; nothing is thrown out for lack of room
 */
export class AnswerCache {
  readonly #clock: Float64Array;
  readonly #policy: CachePolicy;
  /** By holder, then question. */
  readonly #answers: Int32Array[] = [];
  readonly #validUntil: Float64Array[] = [];

  constructor(clock: Float64Array, policy: CachePolicy) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** @returns the answer that the holder still has; -1: none */
  get(holder: number, question: number): number {
    const until = this.#validUntil[holder];
    if (until === undefined || question >= until.length || until[question]! <= this.#clock[0]!) return -1;
    return this.#answers[holder]![question]!;
  }

  /** Until when the holder's answer is good, ns. */
  validUntil(holder: number, question: number): number {
    return this.#validUntil[holder]![question]!;
  }

  /** @param ttl seconds that the answer came with @param found that there is an address */
  put(holder: number, question: number, answer: number, ttl: number, found: boolean): void {
    this.#reach(holder, question);
    const seconds = found ? this.#policy.positive(ttl) : this.#policy.negative(ttl);
    this.#answers[holder]![question] = answer;
    this.#validUntil[holder]![question] = this.#clock[0]! + seconds * 1e9;
  }

  /** The holder's process has ended, and what it knew with it. */
  forget(holder: number): void {
    this.#validUntil[holder]?.fill(-1);
  }

  #reach(holder: number, question: number): void {
    while (this.#answers.length <= holder) {
      this.#answers.push(new Int32Array(0));
      this.#validUntil.push(new Float64Array(0));
    }
    if (question < this.#answers[holder]!.length) return;
    this.#answers[holder] = grown(this.#answers[holder]!, 2 * question + 8);
    this.#validUntil[holder] = grown(this.#validUntil[holder]!, 2 * question + 8);
  }
}
