const SIZE = 624;
const SHIFT = 397;

/** MT19937, as C++ has it. @source M. Matsumoto, T. Nishimura 1998; std::mt19937 */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  /** Begins anew. @param seed 32 bits */
  seed(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const last = state[i - 1]!;
      state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
    this.#next = SIZE;
  }

  /** @returns 32 random bits, unsigned */
  bits(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i]! & 0x80000000) | (state[i + 1 === SIZE ? 0 : i + 1]! & 0x7fffffff);
      const far = state[i + SHIFT < SIZE ? i + SHIFT : i + SHIFT - SIZE]!;
      state[i] = far ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
