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
      stream = create(`${this.seed}/${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}

function create(seed: string): Stream {
  const alea = seedrandom.alea(seed);
  return {
    bits: () => alea.int32(),
    uniform: () => alea() + 1.1641532182693481e-10, // alea gives multiples of 2^-32, from 0 on: + 2^-33
    below: (bound) => Math.floor(alea() * bound),
  };
}
