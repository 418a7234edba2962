/** Shares are counted in so many parts. */
export const PARTS = 10000;

/** How requests of a proxy's own zone are spread over zones. */
export interface ZoneRouting {
  /** Parts that stay in the own zone; all of them: nothing leaves it. */
  readonly local: number;
  /** By zone: where the rest goes, as sums of what this zone and those before it have to spare. */
  readonly residual: readonly number[];
}

/**
 * Of the proxies, and of the hosts, each zone has a share. A zone with more hosts than proxies serves all its own; another one as much
 * as it has hosts for; the rest goes to those with hosts to spare.
 * @param proxies by zone @param hosts by zone: healthy ones @param home the zone of the proxy that asks
 * @source envoy load_balancer_impl.cc, calculateLocalityPercentages, regenerateLocalityRoutingStructures
 */
export function zoneRouting(proxies: ArrayLike<number>, hosts: ArrayLike<number>, home: number): ZoneRouting {
  const shares = (counts: ArrayLike<number>) => {
    const all = Array.from(counts);
    const sum = all.reduce((total, count) => total + count, 0);
    return all.map((count) => (sum === 0 ? 0 : Math.floor((PARTS * count) / sum)));
  };
  const ofHosts = shares(hosts);
  const ofProxies = ofHosts.map((share, zone) => (share === 0 ? 0 : (shares(proxies)[zone] ?? 0)));
  const mine = ofHosts[home] ?? 0;
  const asked = ofProxies[home] ?? 0;
  if (mine > 0 && mine >= asked) return { local: PARTS, residual: [] };
  let sum = 0;
  const residual = ofHosts.map((share, zone) => {
    if (zone !== home) sum += Math.max(0, share - ofProxies[zone]!);
    return sum;
  });
  return { local: asked > 0 ? Math.floor((mine * PARTS) / asked) : 0, residual };
}
