import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import type { Node } from '../../cluster/api/node.ts';
import { isNodeReady } from '../../cluster/pod-state.ts';
import { roomOf } from '../../cluster/resources.ts';
import { zoneOf } from '../../cluster/zone.ts';
import type { PlannedSlice, SlicePlan } from './reconcile.ts';

/** How far a zone may be loaded above its share. @source topologycache/topologycache.go overloadThreshold */
const OVERLOAD = 0.2;

/** How many endpoints a zone should have. */
export interface Allocation {
  minimum: number;
  maximum: number;
  desired: number;
}

/** Why hints are not given, in the words of the event that says so. */
export type NoHints =
  | 'InsufficientNodeInfo'
  | 'NodesReadyInOneZoneOnly'
  | 'InsufficientNumberOfEndpoints'
  | 'MinAllocationExceedsOverloadThreshold'
  | 'NoZoneSpecified';

/** Does the Service's annotation ask for topology mode Auto? @source topologycache hintsEnabled */
export function asksForHints(annotations: Readonly<Record<string, string>>): boolean {
  const mode =
    annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/**
 * Each zone's share of the allocatable CPU, of nodes that are ready and carry no control plane.
 * @returns null: a node does not say its zone or its CPU, or all are in one zone
 * @source staging/src/k8s.io/endpointslice/topologycache/topologycache.go SetNodes
 */
export function cpuShares(nodes: Iterable<Node>): Map<string, number> | null {
  const byZone = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const { labels } = node.metadata;
    if ('node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels) continue;
    if (!isNodeReady(node)) continue;
    const zone = zoneOf(node);
    const cpu = roomOf(node).cpuMilli;
    if (zone === '' || cpu === 0) return null;
    byZone.set(zone, (byZone.get(zone) ?? 0) + cpu);
    total += cpu;
  }
  if (total === 0 || byZone.size < 2) return null;
  for (const [zone, cpu] of byZone) byZone.set(zone, cpu / total);
  return byZone;
}

/** @param shares by zone, summing to 1; null: not known @source topologycache.go getAllocations */
export function allocate(
  shares: ReadonlyMap<string, number> | null,
  endpoints: number,
): Map<string, Allocation> | NoHints {
  if (shares === null) return 'InsufficientNodeInfo';
  if (shares.size < 2) return 'NodesReadyInOneZoneOnly';
  if (shares.size > endpoints) return 'InsufficientNumberOfEndpoints';
  const allocations = new Map<string, Allocation>();
  let least = 0;
  for (const [zone, share] of shares) {
    const desired = share * endpoints;
    const minimum = Math.ceil(desired * (1 / (1 + OVERLOAD)));
    allocations.set(zone, { minimum, maximum: 0, desired: Math.max(desired, minimum) });
    least += minimum;
    if (least > endpoints) return 'MinAllocationExceedsOverloadThreshold';
  }
  for (const allocation of allocations.values()) allocation.maximum = allocation.minimum + endpoints - least;
  return allocations;
}

/**
 * How many hints zones with too many give, and zones with too few get: whole endpoints, from the fullest to the neediest.
 * @source topologycache/utils.go getGivingAndReceivingZones
 */
export function givingAndReceiving(
  desired: ReadonlyMap<string, number>,
  allocated: ReadonlyMap<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const spare = new Map<string, number>();
  const need = new Map<string, number>();
  for (const [zone, target] of desired) {
    const hints = allocated.get(zone) ?? 0;
    if (hints > target) spare.set(zone, hints - target);
    else if (hints < target) need.set(zone, target - hints);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, give] = largest(spare);
    const [to, get] = largest(need);
    if (from === '' || to === '' || (give < 1 && get < 1)) return { giving, receiving };
    giving.set(from, (giving.get(from) ?? 0) + 1);
    receiving.set(to, (receiving.get(to) ?? 0) + 1);
    spare.set(from, give - 1);
    need.set(to, get - 1);
  }
}

function largest(amounts: ReadonlyMap<string, number>): [zone: string, amount: number] {
  let best: [string, number] = ['', 0];
  for (const [zone, amount] of amounts) if (amount > best[1]) best = [zone, amount];
  return best;
}

/**
 * Topology mode Auto: endpoints are hinted to their own zone, and as many of those of full zones to needy ones as their
 * shares of CPU ask for. Hints that are there and good enough stay.
 * @returns why no hints are given (those that were there are taken away), or null
 * @source topologycache.go AddHints
 */
export function addTopologyHints(plan: SlicePlan, shares: ReadonlyMap<string, number> | null): NoHints | null {
  const refuse = (why: NoHints) => {
    removeHints(plan);
    return why;
  };
  const ready = [...plan.create, ...plan.update, ...plan.unchanged].flatMap(({ endpoints }) =>
    endpoints.filter(isReady),
  );
  const allocations = allocate(shares, ready.length);
  if (typeof allocations === 'string') return refuse(allocations);
  const hinted = keepGoodHints(plan, allocations);
  const open = [...plan.create, ...plan.update];
  for (const { endpoints } of open) {
    for (const endpoint of endpoints) {
      delete endpoint.hints;
      if (!isReady(endpoint)) continue;
      if (!endpoint.zone) return refuse('NoZoneSpecified');
      hinted.set(endpoint.zone, (hinted.get(endpoint.zone) ?? 0) + 1);
      endpoint.hints = { forZones: [{ name: endpoint.zone }] };
    }
  }
  const desired = new Map([...allocations].map(([zone, allocation]) => [zone, allocation.desired]));
  const { giving, receiving } = givingAndReceiving(desired, hinted);
  redistribute(open, giving, receiving);
  return null;
}

/** Takes all hints away. */
export function removeHints(plan: SlicePlan): void {
  for (const slice of plan.unchanged.splice(0)) {
    if (slice.endpoints.some(({ hints }) => hints !== undefined)) plan.update.push(copyOf(slice));
    else plan.unchanged.push(slice);
  }
  for (const { endpoints } of [...plan.create, ...plan.update]) for (const endpoint of endpoints) delete endpoint.hints;
}

/** Slices whose hints are no good go to those that are written. @returns hints by zone in the others */
function keepGoodHints(plan: SlicePlan, allocations: ReadonlyMap<string, Allocation>): Map<string, number> {
  const total = new Map<string, number>();
  for (const slice of plan.unchanged.splice(0)) {
    const here = hintsOf(slice, allocations);
    const fits =
      here !== null && [...here].every(([zone, n]) => n + (total.get(zone) ?? 0) <= allocations.get(zone)!.maximum);
    if (fits) {
      plan.unchanged.push(slice);
      for (const [zone, n] of here) total.set(zone, n + (total.get(zone) ?? 0));
    } else plan.update.push(copyOf(slice));
  }
  return total;
}

/** @returns null: a ready endpoint has no hint, or one to a zone that is not there */
function hintsOf(
  { endpoints }: PlannedSlice,
  allocations: ReadonlyMap<string, Allocation>,
): Map<string, number> | null {
  const hints = new Map<string, number>();
  for (const endpoint of endpoints) {
    if (!isReady(endpoint)) continue;
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0 || !zones.every(({ name }) => allocations.has(name))) return null;
    hints.set(zones[0]!.name, (hints.get(zones[0]!.name) ?? 0) + 1);
  }
  return hints;
}

/** @source topologycache/utils.go redistributeHints */
function redistribute(
  slices: readonly PlannedSlice[],
  giving: Map<string, number>,
  receiving: Map<string, number>,
): void {
  for (const { endpoints } of slices) {
    for (const endpoint of endpoints) {
      if (!isReady(endpoint) || !endpoint.zone) continue;
      const give = giving.get(endpoint.zone) ?? 0;
      const to = [...receiving].find(([, count]) => count > 0);
      if (give === 0 || to === undefined) continue;
      endpoint.hints = { forZones: [{ name: to[0] }] };
      giving.set(endpoint.zone, give - 1);
      receiving.set(to[0], to[1] - 1);
    }
  }
}

export function isReady({ conditions }: Endpoint): boolean {
  return conditions.ready ?? true;
}

export function copyOf(slice: PlannedSlice): PlannedSlice {
  return { ...slice, endpoints: slice.endpoints.map((endpoint) => ({ ...endpoint })) };
}
