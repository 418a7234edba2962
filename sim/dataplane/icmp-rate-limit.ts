const SECOND = 1e9;

/**
 * How the kernel of a node rations ICMP errors, and so REJECT's answers: tokens for each destination, that is for each
 * client. Without a token the packet is dropped in silence, and the client hangs until it sends its SYN again.
 * @source linux net/ipv4/inetpeer.c inet_peer_xrlim_allow, net/ipv4/icmp.c icmpv4_xrlim_allow;
 *   net.ipv4.icmp_ratelimit is the time for one token
 * @simplifies the limit over all clients (net.ipv4.icmp_msgs_per_sec, 1000/s) is left out: more is answered than really
 */
export class ICMPRateLimit {
  readonly #interval: number;
  readonly #buckets = new Map<number, { tokens: number; at: number }>();

  /** @param interval ns for one token; 0: no limit */
  constructor(interval = SECOND) {
    this.#interval = interval;
  }

  /** May an error be sent to a client now? Takes a token if so. @param client an integer of its own @param clock [0] is now, ns */
  allows(client: number, clock: Float64Array): boolean {
    const interval = this.#interval;
    if (interval === 0) return true;
    const now = clock[0]!;
    const full = BURST * interval;
    let bucket = this.#buckets.get(client);
    if (bucket === undefined) {
      bucket = { tokens: full, at: now };
      this.#buckets.set(client, bucket);
    }
    const tokens = Math.min(full, bucket.tokens + now - bucket.at);
    const isAllowed = tokens >= interval;
    bucket.tokens = isAllowed ? tokens - interval : tokens;
    bucket.at = now;
    return isAllowed;
  }
}

/** Errors that a client gets at once after a silence. @source linux inetpeer.c XRLIM_BURST_FACTOR */
const BURST = 6;

/**
 * When a client sends the SYN of one connection, ns after the first: a second apart at first, then twice as long each time.
 * @param linear how many come a second apart before the doubling starts: 4 since Linux 6.5, before 0
 * @source linux net.ipv4.tcp_syn_retries (6), net.ipv4.tcp_syn_linear_timeouts; net/ipv4/tcp_timer.c
 */
export function synTimes(linear: number, retries = 6): number[] {
  const times = [0];
  let wait = SECOND;
  for (let retry = 1; retry <= retries; retry++) {
    times.push(times.at(-1)! + wait);
    if (retry > linear) wait *= 2;
  }
  return times;
}
