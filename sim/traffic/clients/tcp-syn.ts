/** The first timeout of a SYN, ns. @source RFC 6298, 2.1 */
const FIRST = 1e9;
/** Timeouts of that length before they double, beside the first. @source Linux >= 6.5, tcp_syn_linear_timeouts; Documentation/networking/ip-sysctl.rst */
const LINEAR = 4;
const LINEAR_UNTIL = (LINEAR + 1) * FIRST;

/**
 * When Linux sends a SYN again that nobody answered.
 * @param sentAfter when it was last sent, ns after the first time: 0, 1 s, … 5 s, 7 s, 11 s, 19 s, 35 s, 67 s
 * @returns ns to the next
 */
export function synTimeout(sentAfter: number): number {
  return sentAfter < LINEAR_UNTIL ? FIRST : sentAfter - LINEAR_UNTIL + 2 * FIRST;
}

/**
 * When connect() fails with ETIMEDOUT, ns after the first SYN: at the first timer at or after 2^(retries + 1) - 1 seconds.
 * @param retries `net.ipv4.tcp_syn_retries`
 * @source net/ipv4/tcp_timer.c, retransmits_timed_out; measured for 2 and 3
 */
export function synGivesUp(retries: number): number {
  const limit = (2 ** (retries + 1) - 1) * FIRST;
  let timer = 0;
  while (timer < limit) timer += synTimeout(timer);
  return timer;
}

/** The kernel's own patience: `tcp_syn_retries` 6, 131 s. A program that would wait longer is told then. */
export const SYN_PATIENCE = synGivesUp(6);
