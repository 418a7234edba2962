/** Closed forms of M/M/c, in seconds and rates per second: what theory says beside a simulation. */

/** Probability that an arrival waits. @param load arrival rate × mean service, below `servers` @source A. K. Erlang 1917 */
export function erlangC(servers: number, load: number): number {
  if (load >= servers) return 1;
  let blocking = 1; // Erlang B by its recursion
  for (let c = 1; c <= servers; c++) blocking = (load * blocking) / (c + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** Mean time from arrival to departure; Infinity when the load is too much. */
export function meanSojourn(servers: number, rate: number, service: number): number {
  const load = rate * service;
  if (load >= servers) return Number.POSITIVE_INFINITY;
  return service + (erlangC(servers, load) * service) / (servers - load);
}

/**
 * P(sojourn > t): the wait is 0, or exponential of rate cμ - λ; the service comes on top.
 * @source Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory, 4th edition, 2.3.3 (M/M/c)
 */
export function sojournTail(servers: number, rate: number, service: number, time: number): number {
  const mu = 1 / service;
  const load = rate * service;
  if (load >= servers) return 1;
  const waits = erlangC(servers, load);
  const drain = servers * mu - rate;
  const served = Math.exp(-mu * time);
  const difference = drain - mu;
  // Where both rates are the same, the sum of the two exponentials is a gamma.
  const both =
    Math.abs(difference) < 1e-9 * mu
      ? (1 + mu * time) * served
      : (drain * served - mu * Math.exp(-drain * time)) / difference;
  return (1 - waits) * served + waits * both;
}

/** The time that a share `q` of sojourns does not exceed; Infinity when the load is too much. */
export function sojournQuantile(servers: number, rate: number, service: number, q: number): number {
  if (rate * service >= servers) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, service];
  while (sojournTail(servers, rate, service, high) > 1 - q) high *= 2;
  for (let i = 0; i < 100 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (sojournTail(servers, rate, service, middle) > 1 - q) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Servers by the square-root rule: the load, and β times its root on top, where β gives the wished chance of waiting.
 * @param waits P(an arrival waits), 0 to 1 @source S. Halfin & W. Whitt, Heavy-traffic limits for queues with many exponential servers, 1981
 */
export function squareRootServers(load: number, waits: number): number {
  let [low, high] = [1e-6, 8];
  for (let i = 0; i < 60; i++) {
    const beta = (low + high) / 2;
    if (halfinWhitt(beta) > waits) low = beta;
    else high = beta;
  }
  return Math.ceil(load + ((low + high) / 2) * Math.sqrt(load));
}

/** Chance of waiting with β spare roots of the load. */
function halfinWhitt(beta: number): number {
  const density = Math.exp((-beta * beta) / 2) / Math.sqrt(2 * Math.PI);
  return 1 / (1 + (beta * normal(beta)) / density);
}

/** Standard normal distribution function, error below 1e-7. @source Abramowitz & Stegun 26.2.17 */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  return 1 - density * series.reduceRight((sum, a) => (sum + a) * t, 0);
}
