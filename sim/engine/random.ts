import seedrandom from 'seedrandom';

/** A reproducible sequence of random numbers for one named consumer. */
export interface Stream {
  /** @returns 32 random bits as a signed integer: what `Sampler.draw` takes. */
  bits(): number;
  /** @returns a uniform double in (0, 1) from 32 bits; never 0 or 1, so that its logarithm is finite. */
  uniform(): number;
  /** @returns a uniform integer in [0, bound), for a bound of at most 2^31; the bias is below bound / 2^32. */
  below(bound: number): number;
}

/**
 * The named streams of one run: the same (seed, name) gives the same sequence, whatever else draws. A new consumer in
 * one variant does not shift the draws of the others, so variants stay comparable.
 * @source Alea, J. Baagøe 2010, as in `seedrandom`; period about 2^116, 32 bits a draw
 */
export class Streams {
  readonly seed: number;
  #streams = new Map<string, Stream>();

  /** @param seed any finite number; it is printed by every run */
  constructor(seed: number) {
    this.seed = seed;
  }

  /** @returns the stream of this name: made at the first call, the same object (further along) at the next. */
  stream(name: string): Stream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Alea(`${this.seed}/${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}

const unit = 2.3283064365386963e-10; // 2^-32

/**
 * Steps the generator that `seedrandom` has seeded. Its own functions are closures, made anew for each generator, which V8 no
 * longer inlines once there are two; each draw is then a boxed double.
 */
class Alea implements Stream {
  readonly #state: Float64Array; // the last three draws, multiples of 2^-32 in [0, 1), and the carry

  constructor(seed: string) {
    const { s0, s1, s2, c } = seedrandom.alea(seed, { state: true }).state() as unknown as Record<string, number>;
    this.#state = new Float64Array([s0!, s1!, s2!, c!]);
  }

  bits(): number {
    return (this.#next() * 0x100000000) | 0;
  }

  uniform(): number {
    return this.#next() + unit / 2;
  }

  below(bound: number): number {
    return (this.#next() * bound) | 0;
  }

  /** @returns a multiple of 2^-32 in [0, 1); small enough to be put into its callers, so that it is not boxed */
  #next(): number {
    const state = this.#state;
    const product = 2091639 * state[0]! + state[3]! * unit;
    const carry = product | 0;
    const draw = product - carry;
    state[0] = state[1]!;
    state[1] = state[2]!;
    state[2] = draw;
    state[3] = carry;
    return draw;
  }
}
