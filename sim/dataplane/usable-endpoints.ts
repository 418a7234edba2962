import type { Endpoint } from '../cluster/api/endpoint-slice.ts';

/**
 * Which endpoints may a packet under traffic policy Cluster go to?
 * All that are ready. If none is, those that still serve while they terminate. Otherwise none.
 * @returns indices into `endpoints`, ascending. Empty: the caller rejects the packet.
 * @source KEP-1669, stable in Kubernetes 1.28; kube-proxy pkg/proxy/topology.go CategorizeEndpoints
 */
export function usableClusterEndpoints(endpoints: readonly Endpoint[]): number[] {
  const indices = [...endpoints.keys()];
  const ready = indices.filter((i) => endpoints[i]!.conditions.ready ?? true);
  if (ready.length > 0) return ready;
  return indices.filter((i) => (endpoints[i]!.conditions.serving ?? true) && endpoints[i]!.conditions.terminating);
}
