import type { Pod } from '../../cluster/api/pod.ts';

/** By name: its addresses in /etc/hosts. */
export type HostsFile = ReadonlyMap<string, readonly string[]>;

/**
 * The hosts file that the kubelet writes for a Pod: localhost, the Pod's own name, and its `hostAliases`.
 * @source kubelet pkg/kubelet/kubelet_pods.go, managedHostsFileContent
 * @simplifies on the host network it is the node's file, of which only localhost is known
 */
export function podHosts({ metadata, spec, status }: Pod, clusterDomain: string): HostsFile {
  const hosts = new Map<string, string[]>();
  const add = (ip: string, names: readonly string[]) => {
    for (const name of names) hosts.set(name, [...(hosts.get(name) ?? []), ip]);
  };
  add('127.0.0.1', ['localhost']);
  add('::1', ['localhost', 'ip6-localhost', 'ip6-loopback']);
  if (spec.hostNetwork !== true) {
    const hostname = spec.hostname || metadata.name.slice(0, 63).replace(/[-.]+$/, '');
    const domain = spec.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : '';
    const ips = status.podIPs?.map(({ ip }) => ip) ?? (status.podIP ? [status.podIP] : []);
    for (const ip of ips) add(ip, domain === '' ? [hostname] : [`${hostname}.${domain}`, hostname]);
  }
  for (const { ip, hostnames = [] } of spec.hostAliases ?? []) add(ip, hostnames);
  return hosts;
}
