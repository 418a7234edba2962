import { sameIP } from '../../cluster/ip.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import { isServed } from './cluster-names.ts';
import { clusterIPsOf, endpointsWithAddress } from './published.ts';
import type { DNSServerSettings } from './settings.ts';

/**
 * Who has an address: the Service with that cluster IP, as `name.namespace`; else the endpoints, as
 * `label.name.namespace`.
 * @source CoreDNS plugin/kubernetes/reverse.go, serviceRecordForIP
 */
export function namesOfAddress(
  ip: string,
  objects: ClusterObjects,
  settings: DNSServerSettings,
): { names: string[]; why: string } {
  const isListed = (namespace: string) => settings.namespaces === null || isServed(namespace, objects, settings);
  for (const { metadata, spec } of objects.list('Service')) {
    if (isListed(metadata.namespace) && clusterIPsOf(spec).some((each) => sameIP(each, ip))) {
      return { names: [`${metadata.name}.${metadata.namespace}`], why: 'a cluster IP' };
    }
  }
  const names = endpointsWithAddress(ip, objects, settings.endpointPodNames, isListed);
  const why = names.length > 0 ? 'an endpoint has it' : `neither a served Service nor a ready endpoint has ${ip}`;
  return { names: [...new Set(names)], why };
}

/**
 * The server's own addresses, with their names below the zone: those of the Services that have one of them; where there is
 * none, ns.dns and the loopback.
 * @source CoreDNS plugin/kubernetes/ns.go, nsAddrs
 */
export function serverAddresses(objects: ClusterObjects, own: readonly string[]): { name: string; ip: string }[] {
  const found = [...objects.list('Service')].flatMap(({ metadata, spec }) => {
    const ips = clusterIPsOf(spec);
    const isOwn = ips.some((ip) => own.some((each) => sameIP(each, ip)));
    return isOwn ? [{ name: `${metadata.name}.${metadata.namespace}.svc`, ip: ips[0]! }] : [];
  });
  return found.length > 0 ? found : [{ name: 'ns.dns', ip: '127.0.0.1' }];
}
