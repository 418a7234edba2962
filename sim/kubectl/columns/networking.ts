import type { Gateway, HTTPRoute, Ingress, IngressClass, NetworkPolicy } from '../../cluster/api/networking.ts';
import { ageColumn, type Column, formatSelector, NONE, nameColumn } from '../printer.ts';
import { balancerText } from './services.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printNetworkPolicy */
export const networkPolicyColumns: readonly Column<NetworkPolicy>[] = [
  nameColumn(),
  { heading: 'POD-SELECTOR', cell: ({ spec }) => formatSelector(spec.podSelector) },
  ageColumn(),
];

/** @source printIngress */
export const ingressColumns: readonly Column<Ingress>[] = [
  nameColumn(),
  { heading: 'CLASS', cell: ({ spec }) => spec.ingressClassName ?? NONE },
  { heading: 'HOSTS', cell: hostsOf },
  { heading: 'ADDRESS', cell: ({ status }, _, wide) => balancerText(status.loadBalancer.ingress, wide) },
  { heading: 'PORTS', cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80') },
  ageColumn(),
];

/** @source printIngressClass */
export const ingressClassColumns: readonly Column<IngressClass>[] = [
  nameColumn(),
  { heading: 'CONTROLLER', cell: ({ spec }) => spec.controller },
  {
    heading: 'PARAMETERS',
    cell: ({ spec: { parameters } }) => {
      const { apiGroup, kind, name } = (parameters ?? {}) as { apiGroup?: string; kind?: string; name?: string };
      return kind === undefined ? NONE : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    },
  },
  ageColumn(),
];

/** @source sigs.k8s.io/gateway-api: the printer columns of its CustomResourceDefinitions */
export const gatewayColumns: readonly Column<Gateway>[] = [
  nameColumn(),
  { heading: 'CLASS', cell: ({ spec }) => spec.gatewayClassName },
  { heading: 'ADDRESS', cell: ({ status }) => (status.addresses ?? []).map(({ value }) => value).join(',') },
  {
    heading: 'PROGRAMMED',
    cell: ({ status }) => {
      const { conditions = [] } = status as { conditions?: { type: string; status: string }[] };
      return conditions.find(({ type }) => type === 'Programmed')?.status ?? 'Unknown';
    },
  },
  ageColumn(),
];

/** @source as of Gateway */
export const httpRouteColumns: readonly Column<HTTPRoute>[] = [
  nameColumn(),
  { heading: 'HOSTNAMES', cell: ({ spec }) => (spec.hostnames ? JSON.stringify(spec.hostnames) : '') },
  ageColumn(),
];

/** Three hosts, and how many more rules; a rule without a host counts for none. */
function hostsOf({ spec: { rules = [] } }: Ingress): string {
  const hosts = rules.flatMap(({ host }) => (host ? [host] : []));
  if (hosts.length === 0) return '*';
  const more = hosts.length > 3 ? ` + ${rules.length - 3} more...` : '';
  return hosts.slice(0, 3).join(',') + more;
}
