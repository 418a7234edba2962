import { grown, Slots } from '../../engine/slots.ts';
import { REPLY } from '../../strategies/strategy.ts';

/** Answers of probes on their way back. */
export class Probes {
  readonly #slots = new Slots((capacity) => {
    this.#pod = grown(this.#pod, capacity);
    this.#queue = grown(this.#queue, capacity);
    this.#estimate = grown(this.#estimate, capacity);
  });
  #pod = new Int32Array(0);
  #queue = new Int32Array(0);
  #estimate = new Float64Array(0);

  /** @param estimate [0]: how long a request would take, ns @returns its number */
  answered(pod: number, queue: number, estimate: Float64Array): number {
    const row = this.#slots.take();
    this.#pod[row] = pod;
    this.#queue[row] = queue;
    this.#estimate[row] = estimate[0]!;
    return row;
  }

  /** Writes an answer into `reply`, and forgets it. @returns its Pod */
  take(row: number, reply: Float64Array): number {
    reply[REPLY.queue] = this.#queue[row]!;
    reply[REPLY.service] = this.#estimate[row]!;
    this.#slots.release(row);
    return this.#pod[row]!;
  }
}
