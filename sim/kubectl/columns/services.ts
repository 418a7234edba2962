import type { EndpointSlice, Endpoints } from '../../cluster/api/endpoint-slice.ts';
import type { LoadBalancerIngress, Service } from '../../cluster/api/service.ts';
import { joinHostPort } from '../../cluster/ip.ts';
import { explainEndpoints } from '../../control/endpoints/explain-endpoints.ts';
import { ageColumn, type Column, firstThree, formatLabels, list, NONE, nameColumn } from '../printer.ts';

/** Longer addresses are cut to this, without `-o wide`. @source printers.go loadBalancerWidth */
const BALANCER_WIDTH = 16;

/**
 * kubectl's, and behind them what its users have long wished for: how many endpoints are ready, and why there is none.
 * @source kubernetes pkg/printers/internalversion/printers.go printService
 */
export const serviceColumns: readonly Column<Service>[] = [
  nameColumn(),
  { heading: 'TYPE', cell: ({ spec }) => spec.type },
  { heading: 'CLUSTER-IP', cell: ({ spec }) => spec.clusterIPs?.[0] || spec.clusterIP || NONE },
  { heading: 'EXTERNAL-IP', cell: (service, _, wide) => externalAddress(service, wide) },
  { heading: 'PORT(S)', cell: ports },
  ageColumn(),
  { heading: 'SELECTOR', wide: true, cell: ({ spec }) => formatLabels(spec.selector ?? {}) },
  {
    heading: 'ENDPOINTS',
    cell: (service, snapshot) => {
      if (service.spec.type === 'ExternalName') return NONE;
      const { ready, total } = explainEndpoints(service, snapshot);
      return `${ready}/${total}`;
    },
  },
  {
    heading: 'WHY',
    cell: (service, snapshot) => explainEndpoints(service, snapshot).why ?? pendingReason(service) ?? '',
  },
];

/** @source printEndpoints */
export const endpointsColumns: readonly Column<Endpoints>[] = [
  nameColumn(),
  { heading: 'ENDPOINTS', cell: endpointTexts },
  ageColumn(),
];

/** @source printEndpointSlice */
export const endpointSliceColumns: readonly Column<EndpointSlice>[] = [
  nameColumn(),
  { heading: 'ADDRESSTYPE', cell: ({ addressType }) => addressType },
  {
    heading: 'PORTS',
    cell: ({ ports }) =>
      firstThree(
        ports.map(({ port }) => `${port ?? '*'}`),
        '<unset>',
      ),
  },
  {
    heading: 'ENDPOINTS',
    cell: ({ endpoints }) =>
      firstThree(
        endpoints.flatMap(({ addresses }) => addresses),
        '<unset>',
      ),
  },
  ageColumn(),
];

/** `10.0.0.1,lb.example.com`; '' when there is none. */
export function balancerText(ingress: readonly LoadBalancerIngress[] = [], wide = true): string {
  const text = [...new Set(ingress.map(({ ip, hostname }) => ip || hostname || ''))].filter(Boolean).sort().join(',');
  return !wide && text.length > BALANCER_WIDTH ? `${text.slice(0, BALANCER_WIDTH - 3)}...` : text;
}

/** Why a LoadBalancer has no address. */
export function pendingReason({ spec, status }: Service): string | undefined {
  if (spec.type !== 'LoadBalancer' || (status.loadBalancer.ingress ?? []).length > 0) return undefined;
  return spec.loadBalancerClass === undefined
    ? 'no address: no load balancer provider is in the cluster'
    : `no address: no load balancer of class ${spec.loadBalancerClass} is in the cluster`;
}

function externalAddress({ spec, status }: Service, wide: boolean): string {
  const external = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return list(external);
  const balancer = balancerText(status.loadBalancer.ingress, wide);
  const all = [...(balancer === '' ? [] : [balancer]), ...external];
  return all.length === 0 ? '<pending>' : all.join(',');
}

function ports({ spec }: Service): string {
  return list(
    (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`),
  );
}

/** `10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...`; those that are not ready do not count. */
export function endpointTexts({ subsets }: Pick<Endpoints, 'subsets'>): string {
  const texts = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port))),
  );
  return firstThree(texts, NONE);
}
