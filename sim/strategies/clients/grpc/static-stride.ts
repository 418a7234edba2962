/** What weights are scaled to: the largest of them. */
const MOST = 0xffff;
/** How far the generations of neighbours are apart, so that equals do not pause together. */
const OFFSET = 0x7fff;

/** @returns x modulo 65535, for x from 0 to 2^32 - 1 */
function modulo(x: number): number {
  const once = (x >>> 16) + (x & MOST);
  const twice = (once >>> 16) + (once & MOST);
  return twice === MOST ? 0 : twice;
}

/**
 * Weighted round robin without a queue: a sequence number says a backend and a generation, and the backend has its turn in as many
 * of 65535 generations as its weight.
 * @source grpc-go balancer/weightedroundrobin/scheduler.go; grpc static_stride_scheduler.cc
 * @simplifies the sequence number does not wrap at 2^32
 */
export class Stride {
  /** By place: what was given, 0: no weight; scaled; where it is within 65535 generations. */
  #given = new Float64Array(0);
  #scaled = new Uint16Array(0);
  #phase = new Uint16Array(0);
  #even = true;
  #count = 0;
  #place = 0;
  #generation = 0; // modulo 65535

  /** @returns where to write the weights of `count` backends before `rebuild` */
  weigh(count: number): Float64Array {
    this.#count = count;
    if (count > this.#given.length) {
      this.#given = new Float64Array(count);
      this.#scaled = new Uint16Array(count);
      this.#phase = Uint16Array.from({ length: count }, (_, i) => modulo(i * OFFSET));
    }
    return this.#given;
  }

  /** Those without weight take the mean of the others; with fewer than two weights, or with equal ones, all are the same. */
  rebuild(): void {
    const given = this.#given;
    let [sum, most, weighted] = [0, 0, 0];
    for (let i = 0; i < this.#count; i++) {
      sum += given[i]!;
      most = Math.max(most, given[i]!);
      if (given[i]! > 0) weighted++;
    }
    const mean = Math.round(((MOST / most) * sum) / weighted);
    this.#even = true;
    for (let i = 0; i < this.#count && weighted >= 2; i++) {
      this.#scaled[i] = given[i]! > 0 ? Math.round((MOST / most) * given[i]!) : mean;
      if (this.#scaled[i] !== mean) this.#even = false;
    }
    if (this.#place >= this.#count) this.#place = 0;
  }

  /** Weights scaled to 65535; only meaningful if they differ. */
  get scaled(): readonly number[] {
    return Array.from(this.#scaled.subarray(0, this.#count));
  }

  /** Goes to a sequence number, 0 to 2^32 - 1. */
  seek(sequence: number): void {
    if (this.#count === 0) return;
    this.#place = sequence % this.#count;
    this.#generation = Math.floor(sequence / this.#count) % MOST;
  }

  /** @returns the place of the next backend; there must be one */
  next(): number {
    for (;;) {
      const place = this.#place;
      const generation = this.#generation;
      if (place + 1 < this.#count) this.#place = place + 1;
      else {
        this.#place = 0;
        this.#generation = generation + 1 === MOST ? 0 : generation + 1;
      }
      if (this.#even) return place;
      const weight = this.#scaled[place]!;
      if (modulo(weight * generation + this.#phase[place]!) >= MOST - weight) return place;
    }
  }
}

export function strideOf(weights: readonly number[]): Stride {
  const stride = new Stride();
  stride.weigh(weights.length).set(weights);
  stride.rebuild();
  return stride;
}
