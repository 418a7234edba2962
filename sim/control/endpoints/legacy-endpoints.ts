import {
  type Endpoint,
  type EndpointAddress,
  type EndpointPort,
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  MANAGED_BY_LABEL,
} from '../../cluster/api/endpoint-slice.ts';
import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import type { Service } from '../../cluster/api/service.ts';
import { bytesOfIP } from '../../cluster/ip.ts';
import { SLICE_CONTROLLER } from './slice-labels.ts';

/** More addresses than this are left out, those that are not ready first. */
const MOST = 1000;

/**
 * The Endpoints object that the control plane keeps beside a Service's slices: nobody in the data plane reads it any
 * more, so it is made when somebody looks.
 * @param slices of the Service
 * @returns undefined where the endpoints controller makes none: no selector, or no slice of its sibling's
 * @source kubernetes pkg/controller/endpoint/endpoints_controller.go syncService, truncateEndpoints; pkg/api/v1/endpoints
 *   RepackSubsets
 * @simplifies the version, uid and age are those of the Service; without the annotation of the last trigger's time
 */
export function legacyEndpoints(service: Service, slices: readonly EndpointSlice[]): Endpoints | undefined {
  const { metadata, spec } = service;
  if (Object.keys(spec.selector ?? {}).length === 0 || spec.type === 'ExternalName') return undefined;
  const managed = slices.filter(({ metadata }) => metadata.labels[MANAGED_BY_LABEL] === SLICE_CONTROLLER);
  if (managed.length === 0) return undefined;
  const family = spec.ipFamilies?.[0] ?? managed[0]!.addressType;
  // A Pod whose ports none of the Service's names leads to is in no subset. @source endpoints_controller.go addEndpointSubset
  const hasPorts = (spec.ports ?? []).length > 0;
  const told = managed.filter(({ addressType, ports }) => addressType === family && (!hasPorts || ports.length > 0));
  const subsets = subsetsOf(told);
  const isOverCapacity = truncate(subsets);
  const isHeadless = spec.clusterIP === 'None';
  return {
    apiVersion: API_VERSIONS.Endpoints,
    kind: 'Endpoints',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: `${metadata.uid}-endpoints`,
      resourceVersion: Math.max(...managed.map(({ metadata }) => metadata.resourceVersion)),
      generation: 1,
      creationTimestamp: metadata.creationTimestamp,
      labels: {
        ...metadata.labels,
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
        ...(isHeadless && { 'service.kubernetes.io/headless': '' }),
      },
      annotations: isOverCapacity ? { 'endpoints.kubernetes.io/over-capacity': 'truncated' } : {},
    },
    subsets,
  };
}

/** Addresses with the same ports are one subset, in the order of the addresses. */
function subsetsOf(slices: readonly EndpointSlice[]): EndpointSubset[] {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  for (const { ports, endpoints } of slices) {
    const sorted = ports.toSorted((a, b) => (keyOfPort(a) < keyOfPort(b) ? -1 : 1));
    const key = sorted.map(keyOfPort).join(',');
    const group = groups.get(key) ?? { ports: sorted, endpoints: [] };
    groups.set(key, group);
    // One that terminates and is not published in spite of it is in no Endpoints.
    for (const each of endpoints) {
      if (each.conditions.ready || !each.conditions.terminating) group.endpoints.push(each);
    }
  }
  const filled = [...groups].filter(([, { endpoints }]) => endpoints.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return filled.map(([, { ports, endpoints }]) => {
    const addresses = endpoints.filter(({ conditions }) => conditions.ready ?? true).map(addressOf);
    const notReadyAddresses = endpoints.filter(({ conditions }) => !(conditions.ready ?? true)).map(addressOf);
    return {
      ...(addresses.length > 0 && { addresses: addresses.sort(byAddress) }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses: notReadyAddresses.sort(byAddress) }),
      ...(ports.length > 0 && { ports: ports.map(portOf) }),
    };
  });
}

/** Takes from each subset its share of what is too much. @returns whether there was too much */
function truncate(subsets: EndpointSubset[]): boolean {
  const count = (field: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, subset) => sum + (subset[field]?.length ?? 0), 0);
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')];
  if (ready + notReady <= MOST) return false;
  const field = ready > MOST ? 'addresses' : 'notReadyAddresses';
  const [room, total] = ready > MOST ? [MOST, ready] : [MOST - ready, notReady];
  let left = room;
  for (const subset of subsets) {
    const share = Math.min(left, Math.ceil(((subset[field]?.length ?? 0) / total) * room));
    left -= share;
    if (field === 'addresses') delete subset.notReadyAddresses;
    if (share > 0) subset[field] = subset[field]!.slice(0, share);
    else delete subset[field];
  }
  return true;
}

function addressOf({ addresses, hostname, nodeName, targetRef }: Endpoint): EndpointAddress {
  return {
    ip: addresses[0]!,
    ...(hostname !== undefined && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(targetRef !== undefined && { targetRef }),
  };
}

function portOf({ name, port, protocol, appProtocol }: EndpointPort): NonNullable<EndpointSubset['ports']>[number] {
  return { ...(name && { name }), port: port!, protocol, ...(appProtocol !== undefined && { appProtocol }) };
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const [left, right] = [bytesOfIP(a.ip), bytesOfIP(b.ip)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return 0;
}

function keyOfPort({ name = '', port, protocol }: EndpointPort): string {
  return `${name} ${protocol} ${port}`;
}
