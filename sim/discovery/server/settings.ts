/** How CoreDNS is configured: its Corefile, as far as answers depend on it. */
export interface DNSServerSettings {
  /** Zones of the kubernetes plugin, absolute. */
  zones: readonly string[];
  /** Zones for which a name that is not there is asked for upstream: `fallthrough`. */
  fallthrough: readonly string[];
  /** Of answers, seconds. */
  ttl: number;
  /** Names of Pods by address: none, all that are spelled right, or those that there are. */
  pods: 'disabled' | 'insecure' | 'verified';
  /** Served namespaces; null: all. An empty list in a Corefile's `namespaces` is no restriction. */
  namespaces: readonly string[] | null;
  /** `ignore empty_service` */
  ignoreEmptyService: boolean;
  /** `endpoint_pod_names` */
  endpointPodNames: boolean;
  /** false: the server has not seen all objects yet. */
  apiSynced: boolean;
  /** The server's own addresses, for its NS records; it is the Service that has one of them, if there is one. */
  ownAddresses: readonly string[];
  /** Names outside and their addresses: what the servers know to which the rest is forwarded. */
  external: Readonly<Record<string, readonly string[]>>;
}

/** The part of a `cluster.dns` section that the server reads; `ttl` in ns. */
export interface DNSSection {
  zones?: readonly string[] | undefined;
  ttl: number;
  pods: DNSServerSettings['pods'];
  namespaces?: readonly string[] | undefined;
  ignoreEmptyService: boolean;
  endpointPodNames: boolean;
  apiSynced: boolean;
  clusterDomain: string;
  clusterDNS: readonly string[];
  external: Readonly<Record<string, readonly string[]>>;
}

/**
 * Without `zones` it is configured as kubeadm does: the cluster's domain and all reverse lookups, of which those that are
 * not the cluster's go on upstream.
 */
export function serverSettings(section: DNSSection): DNSServerSettings {
  const reverse = ['in-addr.arpa.', 'ip6.arpa.'];
  return {
    zones: (section.zones ?? [section.clusterDomain, ...reverse]).map((zone) => `${zone.replace(/\.$/, '')}.`),
    fallthrough: section.zones === undefined ? reverse : [],
    ttl: Math.round(section.ttl / 1e9),
    pods: section.pods,
    namespaces: section.namespaces?.length ? section.namespaces : null,
    ignoreEmptyService: section.ignoreEmptyService,
    endpointPodNames: section.endpointPodNames,
    apiSynced: section.apiSynced,
    ownAddresses: section.clusterDNS,
    external: section.external,
  };
}
