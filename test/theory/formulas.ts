/** Closed forms and small Markov chains of queueing theory, in seconds and rates per second. None of this is simulated. */

/**
 * Stationary distribution of a birth–death chain.
 * @param births rate from state k to k + 1 @param deaths rate from state k + 1 to k @returns probabilities of states 0 to births.length
 */
export function birthDeath(births: readonly number[], deaths: readonly number[]): number[] {
  const weights = [1];
  births.forEach((birth, k) => {
    weights.push((weights[k]! * birth) / deaths[k]!);
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** Mean of f over a distribution on 0, 1, 2 … */
export function expectation(probabilities: readonly number[], f: (state: number) => number): number {
  return probabilities.reduce((sum, p, state) => sum + p * f(state), 0);
}

/** Probability that an arrival waits in M/M/c. @param load arrival rate × mean service @source A. K. Erlang 1917 */
export function erlangC(servers: number, load: number): number {
  let blocking = 1; // Erlang B by its recursion
  for (let c = 1; c <= servers; c++) blocking = (load * blocking) / (c + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** Mean wait in M/G/1. @param square second moment of the service time @source Pollaczek–Khinchine */
export function pollaczekKhinchine(rate: number, mean: number, square: number): number {
  return (rate * square) / (2 * (1 - rate * mean));
}

/**
 * Mean sojourn in GI/M/1: σ is the root of σ = A*(μ - μσ) below 1, and sojourns are exponential of mean 1 / (μ (1 - σ)).
 * @param transform Laplace–Stieltjes transform of the gaps @param mu service rate @source Kendall 1953
 */
export function gim1Sojourn(transform: (s: number) => number, mu: number): number {
  let sigma = 0.5;
  for (let i = 0; i < 10_000; i++) sigma = transform(mu * (1 - sigma));
  return 1 / (mu * (1 - sigma));
}

/** Mean sojourn at two M/M/1 queues of which each arrival joins the shorter: the Markov chain, cut off at `size` and iterated. */
export function joinShorterSojourn(rate: number, mu: number, size = 60): number {
  let p = new Float64Array(size * size);
  p[0] = 1;
  const step = 1 / (rate + 2 * mu);
  for (let i = 0; i < 40_000; i++) {
    const next = new Float64Array(size * size);
    for (let x = 0; x < size; x++) {
      for (let y = 0; y < size; y++) {
        const q = p[x * size + y]!;
        if (q === 0) continue;
        const flow = (to: number, r: number) => {
          next[to] = next[to]! + q * r * step;
        };
        const here = x * size + y;
        flow(x > 0 ? here - size : here, mu);
        flow(y > 0 ? here - 1 : here, mu);
        const [right, up] = [x + 1 < size ? here + size : here, y + 1 < size ? here + 1 : here];
        if (x === y) {
          flow(right, rate / 2);
          flow(up, rate / 2);
        } else flow(x < y ? right : up, rate);
      }
    }
    const change = i % 100 === 0 ? next.reduce((max, q, k) => Math.max(max, Math.abs(q - p[k]!)), 0) : 1;
    p = next;
    if (change < 1e-12) break;
  }
  return p.reduce((sum, q, k) => sum + q * (Math.floor(k / size) + (k % size)), 0) / rate;
}

/** Mean sojourn with the power of d choices as the number of servers grows. @source Mitzenmacher 1996, Vvedenskaya et al. 1996 */
export function supermarketSojourn(d: number, load: number, mean: number): number {
  let sum = 0;
  for (let i = 1; i < 60; i++) sum += load ** ((d ** i - d) / (d - 1));
  return sum * mean;
}
