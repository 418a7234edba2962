/**
 * The draw of an iptables chain: rule i of n matches with probability 1/(n-i), each by a draw of its own, as the kernel
 * holds the probability in 31 bits. @param draw31 @returns 0 to 2^31 - 1
 * @source linux net/netfilter/xt_statistic.c; kubernetes pkg/proxy/iptables/proxier.go
 */
export function statisticIndex(n: number, draw31: () => number): number {
  for (let i = 0; i < n - 1; i++) {
    const written = Math.round(1e10 / (n - i)) / 1e10;
    if (draw31() < Math.round(written * 2 ** 31)) return i;
  }
  return n - 1;
}

/**
 * The draw of nft's `numgen random mod n`: one for all. Also what any mode's uniform draw comes to.
 * @param draw32 u32
 * @source linux net/netfilter/nft_numgen.c, reciprocal_scale
 */
export function numgenIndex(n: number, draw32: number): number {
  return Math.floor(((draw32 >>> 0) * n) / 2 ** 32);
}
