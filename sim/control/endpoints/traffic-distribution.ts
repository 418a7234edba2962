import type { Endpoint, EndpointHints } from '../../cluster/api/endpoint-slice.ts';
import type { PlannedSlice, SlicePlan } from './reconcile.ts';
import { copyOf, isReady, removeHints } from './topology-hints.ts';

/**
 * `spec.trafficDistribution`: every ready endpoint is hinted to its own zone, or to its own node and zone. Unlike
 * topology mode Auto it does not care how many there are.
 * @param preferSame the feature gate PreferSameTrafficDistribution (on since 1.34): without it only PreferClose is known
 * @source staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go ReconcileHints; KEP-3015
 */
export function addTrafficDistributionHints(
  plan: SlicePlan,
  distribution: string | undefined,
  preferSame: boolean,
): void {
  const byZone = distribution === 'PreferClose' || (preferSame && distribution === 'PreferSameZone');
  const byNode = preferSame && distribution === 'PreferSameNode';
  if (!byZone && !byNode) return removeHints(plan);
  const hintsFor = (endpoint: Endpoint): EndpointHints | undefined => {
    const { zone, nodeName } = endpoint;
    if (!isReady(endpoint)) return undefined;
    const forZones = zone ? { forZones: [{ name: zone }] } : {};
    if (byZone) return zone ? forZones : undefined;
    return nodeName ? { ...forZones, forNodes: [{ name: nodeName }] } : undefined;
  };
  for (const slice of plan.unchanged.splice(0)) {
    if (slice.endpoints.every((endpoint) => sameHints(endpoint.hints, hintsFor(endpoint)))) plan.unchanged.push(slice);
    else plan.update.push(copyOf(slice));
  }
  for (const slice of [...plan.create, ...plan.update]) hint(slice, hintsFor);
}

function hint({ endpoints }: PlannedSlice, hintsFor: (endpoint: Endpoint) => EndpointHints | undefined): void {
  for (const endpoint of endpoints) {
    const hints = hintsFor(endpoint);
    if (hints === undefined) delete endpoint.hints;
    else endpoint.hints = hints;
  }
}

function sameHints(a: EndpointHints | undefined, b: EndpointHints | undefined): boolean {
  const names = (list: { name: string }[] = []) => list.map(({ name }) => name).join(' ');
  return names(a?.forZones) === names(b?.forZones) && names(a?.forNodes) === names(b?.forNodes);
}
