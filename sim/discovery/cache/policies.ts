/** For how long a cache keeps an answer. All in seconds. */
export interface CachePolicy {
  /** @param ttl the smallest of the answer's records */
  positive(ttl: number): number;
  /** @param ttl what the SOA of the negative answer allows: the smaller of its TTL and minimum */
  negative(ttl: number): number;
  /** Does it hand answers on with the time that is left of their TTL? */
  passesTTL: boolean;
}

/**
 * CoreDNS's cache plugin: the TTL, between 5 s and the limits of its configuration.
 * @param most `cache 30` in kubeadm's Corefile; without a number 3600 and 1800
 * @source CoreDNS plugin/cache/README.md
 */
export function coreDNSCache(most: { success: number; denial: number } = { success: 30, denial: 30 }): CachePolicy {
  const within = (limit: number) => (ttl: number) => Math.min(Math.max(ttl, 5), limit);
  return { positive: within(most.success), negative: within(most.denial), passesTTL: true };
}

/** @source kubernetes cluster/addons/dns/nodelocaldns/nodelocaldns.yaml: `success 9984 30`, `denial 9984 5` */
export const NODE_LOCAL_DNS_CACHE: CachePolicy = coreDNSCache({ success: 30, denial: 5 });

/**
 * A JVM keeps an address whatever its TTL.
 * @source OpenJDK src/java.base/share/conf/security/java.security: networkaddress.cache.ttl 30 without a security manager,
 *   networkaddress.cache.negative.ttl 10
 */
export function jvmCache(positiveSeconds = 30, negativeSeconds = 10): CachePolicy {
  return { positive: () => positiveSeconds, negative: () => negativeSeconds, passesTTL: false };
}

/** nginx with a literal name in `proxy_pass`: resolved at start or reload and never again. */
export const NGINX_AT_START: CachePolicy = {
  positive: () => Number.POSITIVE_INFINITY,
  negative: () => Number.POSITIVE_INFINITY,
  passesTTL: false,
};

/** Go, Node and most others ask each time. */
export const NO_CACHE: CachePolicy = { positive: () => 0, negative: () => 0, passesTTL: false };
