import type { Endpoint, EndpointPort } from '../../cluster/api/endpoint-slice.ts';

/** A slice as the reconciler plans it; without a name it is to be created. */
export interface PlannedSlice {
  name?: string;
  ports: readonly EndpointPort[];
  endpoints: Endpoint[];
}

/** What is to be done to the slices of one Service and address family. */
export interface SlicePlan {
  create: PlannedSlice[];
  update: PlannedSlice[];
  /** Names. */
  remove: string[];
  unchanged: PlannedSlice[];
}

/**
 * Packs the endpoints of one set of ports into slices with few writes: what is there stays where it is; slices that
 * change anyway are filled up, the fullest first; what is left goes whole into the one slice that it fills best, or
 * into new ones.
 * @param existing slices of these ports, named
 * @param desired endpoints by `keyOfEndpoint`; emptied
 * @param labelsChanged of the slice: it is to be written even if its endpoints are the same
 * @source staging/src/k8s.io/endpointslice/reconciler.go reconcileByPortMapping
 * @simplifies endpoints that are to be placed are taken in the order of their Pods, where the real set has none
 */
export function packSlices(
  existing: readonly PlannedSlice[],
  desired: Map<string, Endpoint>,
  ports: readonly EndpointPort[],
  most: number,
  labelsChanged: (slice: PlannedSlice) => boolean,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [], unchanged: [] };
  for (const slice of existing) keepDesired(slice, desired, plan, labelsChanged(slice));
  const fullestFirst = plan.update.toSorted((a, b) => b.endpoints.length - a.endpoints.length);
  for (const slice of fullestFirst) fill(slice, desired, most);
  while (desired.size > 0) {
    const room = desired.size < most ? bestFit(plan.unchanged, desired.size, most) : undefined;
    if (room === undefined) {
      const slice: PlannedSlice = { ports, endpoints: [] };
      fill(slice, desired, most);
      plan.create.push(slice);
    } else {
      plan.unchanged.splice(plan.unchanged.indexOf(room), 1);
      const slice = { ...room, endpoints: [...room.endpoints] };
      fill(slice, desired, most);
      plan.update.push(slice);
    }
  }
  return plan;
}

/** Endpoints of one Pod at one address are the same endpoint. @source endpointslice util endpointHash */
export function keyOfEndpoint({ addresses, targetRef }: Endpoint): string {
  return `${addresses.toSorted().join(',')} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`;
}

function keepDesired(slice: PlannedSlice, desired: Map<string, Endpoint>, plan: SlicePlan, relabel: boolean): void {
  const kept: Endpoint[] = [];
  let changed = false;
  for (const endpoint of slice.endpoints) {
    const key = keyOfEndpoint(endpoint);
    const wanted = desired.get(key);
    if (wanted === undefined) continue;
    desired.delete(key);
    if (endpoint.hints !== undefined && wanted.hints === undefined) wanted.hints = endpoint.hints;
    if (!sameEndpoint(endpoint, wanted)) changed = true;
    kept.push(wanted);
  }
  if (changed || kept.length !== slice.endpoints.length) {
    if (kept.length === 0) plan.remove.push(slice.name!);
    else plan.update.push({ ...slice, endpoints: kept });
  } else if (relabel) plan.update.push({ ...slice, endpoints: kept });
  else plan.unchanged.push(slice);
}

/** Beyond its key. @source endpointslice util EndpointsEqualBeyondHash */
function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.hostname === b.hostname &&
    (a.conditions.ready ?? true) === (b.conditions.ready ?? true) &&
    a.conditions.serving === b.conditions.serving &&
    a.conditions.terminating === b.conditions.terminating &&
    a.targetRef?.uid === b.targetRef?.uid
  );
}

function fill(slice: PlannedSlice, desired: Map<string, Endpoint>, most: number): void {
  for (const [key, endpoint] of desired) {
    if (slice.endpoints.length >= most) return;
    slice.endpoints.push(endpoint);
    desired.delete(key);
  }
}

/** The slice with the least room that still takes all. @source reconciler.go getSliceToFill */
function bestFit(slices: readonly PlannedSlice[], count: number, most: number): PlannedSlice | undefined {
  let best: PlannedSlice | undefined;
  let least = Infinity;
  for (const slice of slices) {
    const room = most - slice.endpoints.length - count;
    if (room >= 0 && room < least) [best, least] = [slice, room];
  }
  return best;
}
