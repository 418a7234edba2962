import { mix } from '../../engine/hash.ts';
import { add, multiply } from '../hashes/halves.ts';
import type { Strategy, StrategyKind, View } from '../strategy.ts';

/** The state of the generator that jumps. */
const key = new Int32Array(2);

/**
 * Which of `buckets` a 64-bit key belongs to. From n to n + 1 buckets a key moves to the new one or stays.
 * @param buckets at least 1
 * @source J. Lamping, E. Veach, A Fast, Minimal Memory, Consistent Hash Algorithm (arXiv:1406.2294), figure 1
 */
export function jumpHash(high: number, low: number, buckets: number): number {
  key[0] = high;
  key[1] = low;
  let bucket = 0;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    multiply(key, 0, 0x27bb2ee6, 0x87b0b0fd);
    add(key, 0, 0, 1);
    next = Math.floor((bucket + 1) * (0x80000000 / ((key[0]! >>> 1) + 1)));
  }
  return bucket;
}

/** Buckets are members in the order in which they were published, so that the last to come is the cheapest to lose. */
class JumpHash implements Strategy {
  readonly #view: View;
  readonly #byPort: boolean;

  constructor(view: View, byPort: boolean) {
    this.#view = view;
    this.#byPort = byPort;
  }

  pick(source: number, port: number): number {
    const { count, members } = this.#view;
    if (count === 0) return -1;
    const salt = this.#byPort ? port : 0;
    return members[jumpHash(mix(source, 2 * salt), mix(source, 2 * salt + 1), count)]!;
  }
}

export const jumpHashing: StrategyKind<{ port: number }> = {
  name: 'jump-hash',
  title:
    'a client hashes to a number below the count of backends; when one is added at the end, only its own clients move',
  knows: 'membership',
  runs: 'proxy',
  source: 'Lamping and Veach 2014 (arXiv:1406.2294)',
  options: { port: 0 },
  create: (view, { port }) => new JumpHash(view, port !== 0),
};
