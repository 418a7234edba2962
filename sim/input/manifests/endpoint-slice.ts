import type { Endpoint, EndpointPort, EndpointSlice, Endpoints } from '../../cluster/api/endpoint-slice.ts';
import { familyOf } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import { checkDestination } from './addresses.ts';
import { PROTOCOLS } from './container.ts';
import { type Raw, readHead } from './metadata.ts';
import { checkName, DNS_1123_LABEL, DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

const MOST_ENDPOINTS = 1000;
const MOST_PORTS = 20000;

/**
 * An EndpointSlice; a port without protocol is TCP.
 * @source k8s.io/kubernetes pkg/apis/discovery/v1/defaults.go, pkg/apis/discovery/validation/validation.go
 */
export function readEndpointSlice(raw: Raw<EndpointSlice>, v: Validation, namespace: string): EndpointSlice {
  const { addressType, endpoints = [], ports = [] } = raw;
  if (addressType === undefined) v.required(['addressType']);
  else v.oneOf(['addressType'], addressType, ['FQDN', 'IPv4', 'IPv6']);
  if (endpoints.length > MOST_ENDPOINTS) v.invalid(['endpoints'], endpoints.length, 'must have at most 1000 items');
  if (ports.length > MOST_PORTS) v.invalid(['ports'], ports.length, 'must have at most 20000 items');
  for (const [i, endpoint] of endpoints.entries()) checkEndpoint(endpoint, addressType, ['endpoints', i], v);
  return {
    ...readHead('EndpointSlice', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    addressType: addressType ?? 'IPv4',
    endpoints: endpoints.map((endpoint) => ({
      ...(endpoint as Endpoint),
      addresses: endpoint.addresses ?? [],
      conditions: (endpoint.conditions ?? {}) as Endpoint['conditions'],
    })),
    ports: readPorts(ports, v),
  };
}

function checkEndpoint(
  { addresses = [], hostname }: Raw<Endpoint>,
  type: string | undefined,
  path: Path,
  v: Validation,
): void {
  if (addresses.length === 0) v.required([...path, 'addresses'], 'must contain at least 1 address');
  addresses.forEach((address, i) => {
    if ((type === 'IPv4' || type === 'IPv6') && familyOf(address) !== type) {
      v.invalid([...path, 'addresses', i], address, `must be a valid ${type} address`);
    } else if (type === 'IPv4' || type === 'IPv6') checkDestination(v, [...path, 'addresses', i], address);
  });
  if (hostname !== undefined) checkName(v, [...path, 'hostname'], hostname, DNS_1123_LABEL);
}

function readPorts(raw: Raw<EndpointPort>[], v: Validation): EndpointPort[] {
  const names = new Set<string>();
  return raw.map((port, i) => {
    const path = ['ports', i];
    const name = port.name ?? '';
    if (name !== '') checkName(v, [...path, 'name'], name, DNS_1123_LABEL);
    if (names.has(name)) v.duplicate([...path, 'name'], name);
    names.add(name);
    v.oneOf([...path, 'protocol'], port.protocol, PROTOCOLS);
    return { ...(port as EndpointPort), name, protocol: port.protocol ?? 'TCP' };
  });
}

/** The legacy form. @source pkg/apis/core/validation/validation.go ValidateEndpoints */
export function readEndpoints(raw: Raw<Endpoints>, v: Validation, namespace: string): Endpoints {
  const subsets = raw.subsets ?? [];
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    ports.forEach(({ name }, k) => {
      if (!name && ports.length > 1) v.required(['subsets', i, 'ports', k, 'name']);
    });
    if (addresses.length + notReadyAddresses.length === 0) {
      v.required(['subsets', i], 'must specify `addresses` or `notReadyAddresses`');
    }
    for (const [field, list] of [
      ['addresses', addresses],
      ['notReadyAddresses', notReadyAddresses],
    ] as const) {
      for (const [k, { ip = '' }] of list.entries()) checkDestination(v, ['subsets', i, field, k, 'ip'], ip);
    }
  });
  return {
    ...readHead('Endpoints', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    subsets: subsets.map((subset) => ({
      ...(subset as Endpoints['subsets'][number]),
      ...(subset.ports && {
        ports: subset.ports.map(({ port = 0, protocol = 'TCP', ...rest }) => ({ ...rest, port, protocol })),
      }),
    })) as Endpoints['subsets'],
  };
}
