import { chainHash } from '../rules/chain-hash.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import type { ProxiedPort } from '../rules/service-port.ts';

/** @source kubernetes pkg/proxy/nftables/proxier.go chainNameBaseLengthMax */
const MAX_LENGTH = 240;

type NamedPort = Pick<ProxiedPort, 'namespace' | 'service' | 'protocol' | 'portName'>;

export interface PortChains {
  cluster: string;
  local: string;
  external: string;
  firewall: string;
}

/** @source kubernetes pkg/proxy/nftables/proxier.go servicePortChainNameBase */
export function portChains(port: NamedPort): PortChains {
  const base = withHash(portBase(port));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

export interface EndpointNames {
  chain: string;
  /** The set of clients that are bound to it. */
  affinity: string;
}

/** @source kubernetes pkg/proxy/nftables/proxier.go servicePortEndpointChainNameBase */
export function endpointNames(
  port: NamedPort,
  { ip, port: number }: Pick<ProxiedEndpoint, 'ip' | 'port'>,
): EndpointNames {
  // A chain's name may have dots, but no colons.
  const base = withHash(`${portBase(port)}__${ip.replaceAll(':', '.')}/${number}`);
  return { chain: `endpoint-${base}`, affinity: `affinity-${base}` };
}

function portBase({ namespace, service, protocol, portName }: NamedPort): string {
  return `${namespace}/${service}/${protocol.toLowerCase()}/${portName}`;
}

function withHash(base: string): string {
  const name = `${chainHash(base, 8)}-${base}`;
  return name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH - 3)}...` : name;
}
