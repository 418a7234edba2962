import { bytesOf } from '../hashes/halves.ts';
import { xxHash64 } from '../hashes/xx-hash-64.ts';
import { HashRing } from '../structures/hash-ring.ts';

const hash = new Uint32Array(2);

/**
 * A ring on which the points of a backend are the hashes of its name and a number from 0: `10.244.3.8:8080_0` …
 * @param counts how many points each has @param owners whose they are @param hashOf what hashes them
 * @source Envoy's ring_hash_lb.cc, and gRPC's ring.go, which follows it
 */
export function namedPoints(
  names: readonly string[],
  counts: ArrayLike<number>,
  owners: ArrayLike<number>,
  hashOf: (bytes: Uint8Array, length: number, into: Uint32Array) => void = xxHash64,
): HashRing {
  let size = 0;
  for (let i = 0; i < names.length; i++) size += counts[i]!;
  const points = { high: new Uint32Array(size), low: new Uint32Array(size), owner: new Int32Array(size) };
  let at = 0;
  names.forEach((name, i) => {
    for (let point = 0; point < counts[i]!; point++, at++) {
      const text = `${name}_${point}`;
      hashOf(bytesOf(text), text.length, hash);
      points.high[at] = hash[0]!;
      points.low[at] = hash[1]!;
      points.owner[at] = owners[i]!;
    }
  });
  return new HashRing(points);
}

/**
 * How many points each backend has, so that the one with the least weight has a whole number of them, and all about `least`
 * together, but no more than `most`. What others lack of a whole point they have with those before them.
 * @param weights above 0
 * @source Envoy's ring_hash_lb.cc; gRPC's ring.go, newRing
 */
export function pointCounts(weights: readonly number[], least: number, most: number): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const smallest = weights.reduce((share, weight) => Math.min(share, weight / sum), 1);
  const scale = Math.min(Math.ceil(smallest * least) / smallest, most);
  let target = 0;
  let points = 0;
  return weights.map((weight) => {
    target += scale * (weight / sum);
    const count = Math.max(0, Math.ceil(target) - points);
    points += count;
    return count;
  });
}
