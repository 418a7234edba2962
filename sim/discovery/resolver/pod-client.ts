import type { Pod } from '../../cluster/api/pod.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { DNSServer } from '../message.ts';
import { type KubeletDNS, podResolvConf, type ResolvConf } from '../resolv-conf.ts';
import { CoreDNS } from '../server/core-dns.ts';
import { type DNSSection, serverSettings } from '../server/settings.ts';
import { Upstream } from '../upstream.ts';
import { podHosts } from './hosts-file.ts';
import type { Library, ResolverClient } from './look-up.ts';
import { readOptions } from './options.ts';

/** A program in a Pod, and the server that its resolv.conf names. */
export interface PodClient {
  client: ResolverClient;
  server: DNSServer;
  resolvConf: ResolvConf;
  why: string;
}

/**
 * @param section the cluster's DNS settings: the kubelet's and the server's
 * @param types that the program asks for
 */
export function podClient(
  pod: Pod,
  objects: ClusterObjects,
  section: DNSSection & KubeletDNS,
  library: Library,
  types: ResolverClient['types'],
): PodClient {
  const { file, why } = podResolvConf(pod, section);
  const client = {
    library,
    search: file.search,
    options: readOptions(file.options),
    hosts: podHosts(pod, section.clusterDomain),
    types,
  };
  return { client, server: serverBehind(file, objects, section), resolvConf: file, why };
}

/** The cluster's server, if the file names it; else one outside that knows nothing of the cluster. */
function serverBehind({ nameservers }: ResolvConf, objects: ClusterObjects, section: DNSSection): DNSServer {
  const settings = serverSettings(section);
  const isCluster = nameservers.some((ip) => section.clusterDNS.includes(ip));
  return isCluster ? new CoreDNS(objects, settings) : new Upstream(section.external, settings.ttl);
}
