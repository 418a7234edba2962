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

/** Laplace–Stieltjes transform of a hyperexponential of two branches, each with half of the mean. @param square squared coefficient of variation */
export function balancedH2(mean: number, square: number): (s: number) => number {
  const p = (1 + Math.sqrt((square - 1) / (square + 1))) / 2;
  const branch = (share: number, s: number) => share / (1 + (s * mean) / (2 * share));
  return (s) => branch(p, s) + branch(1 - p, s);
}

/**
 * M/M/c of which everybody leaves who has waited for `patience`, from the density of the wait that is offered: it falls at cμ - λ
 * below the patience and at cμ above. @returns share that leaves, mean wait of all @source Baccelli & Hebuterne 1981
 */
export function deadline(servers: number, rate: number, mu: number, patience: number): { lost: number; wait: number } {
  const weights = [1]; // of k in the system, below `servers`
  for (let k = 1; k < servers; k++) weights.push((weights[k - 1]! * rate) / (k * mu));
  const fall = servers * mu - rate;
  const atZero = rate * weights[servers - 1]!;
  const below = (atZero * -Math.expm1(-fall * patience)) / fall;
  const above = (atZero * Math.exp(-fall * patience)) / (servers * mu);
  const waitBelow =
    (atZero * (-Math.expm1(-fall * patience) - fall * patience * Math.exp(-fall * patience))) / fall ** 2;
  const total = weights.reduce((sum, weight) => sum + weight, 0) + below + above;
  return { lost: above / total, wait: (waitBelow + patience * above) / total };
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
