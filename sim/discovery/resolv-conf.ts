import type { Pod, PodDNSConfig } from '../cluster/api/pod.ts';

/** What /etc/resolv.conf says. */
export interface ResolvConf {
  nameservers: string[];
  search: string[];
  /** Such as `ndots:5`. */
  options: string[];
}

/** The kubelet's configuration of DNS. */
export interface KubeletDNS {
  /** `--cluster-domain`, without a dot at its end. Empty: the search list is the node's. */
  clusterDomain: string;
  /** `--cluster-dns`. */
  clusterDNS: readonly string[];
  /** The node's own file (`--resolv-conf`). */
  hostResolvConf: Readonly<ResolvConf>;
}

/** Limits of the API and so of the kubelet: @source pkg/apis/core/validation/validation.go */
const MOST_NAMESERVERS = 3;
const MOST_SEARCH_DOMAINS = 32;
const LONGEST_SEARCH_LINE = 2048;
const LONGEST_DOMAIN = 253;

/**
 * The resolv.conf that the kubelet gives to a Pod's containers, with what it had to leave out.
 * @returns warnings as the messages of its events (DNSConfigForming, MissingClusterDNS)
 * @source kubelet pkg/kubelet/network/dns/dns.go, GetPodDNS
 */
export function podResolvConf(pod: Pod, kubelet: KubeletDNS): { file: ResolvConf; why: string; warnings: string[] } {
  const warnings: string[] = [];
  const { file, why } = base(pod, kubelet, warnings);
  const { dnsConfig } = pod.spec;
  return {
    file: withinLimits(dnsConfig === undefined ? file : merged(file, dnsConfig), warnings),
    why: dnsConfig === undefined ? why : `${why}; dnsConfig is merged into it`,
    warnings,
  };
}

/** What the policy gives, before `dnsConfig`. */
function base(
  { metadata, spec }: Pod,
  { clusterDomain, clusterDNS, hostResolvConf }: KubeletDNS,
  warnings: string[],
): { file: ResolvConf; why: string } {
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  const host = {
    nameservers: [...hostResolvConf.nameservers],
    search: hostResolvConf.search.map(withoutFinalDot),
    options: [...hostResolvConf.options],
  };
  if (policy === 'None') {
    return { file: { nameservers: [], search: [], options: [] }, why: 'dnsPolicy None begins with an empty file' };
  }
  if (policy === 'Default') return { file: host, why: 'dnsPolicy Default takes the file of the node' };
  if (policy === 'ClusterFirst' && spec.hostNetwork === true) {
    return { file: host, why: 'dnsPolicy ClusterFirst counts as Default on the host network' };
  }
  if (clusterDNS.length === 0) {
    const text = `kubelet does not have ClusterDNS IP configured and cannot create Pod using "${policy}" policy. Falling back to "Default" policy.`;
    warnings.push(text);
    return { file: host, why: 'the kubelet knows no cluster DNS server, so that the file of the node is taken' };
  }
  const { namespace } = metadata;
  const cluster =
    clusterDomain === '' ? [] : [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return {
    file: { nameservers: [...clusterDNS], search: unique([...cluster, ...host.search]), options: ['ndots:5'] },
    why: `dnsPolicy ${policy}: the cluster’s server, the namespace’s search list before the node’s, ndots:5`,
  };
}

function merged({ nameservers, search, options }: ResolvConf, config: PodDNSConfig): ResolvConf {
  const byName = new Map<string, string>();
  for (const option of options) {
    const [name = '', value = ''] = option.split(/:(.*)/, 2);
    byName.set(name, value);
  }
  for (const { name, value = '' } of config.options ?? []) byName.set(name, value);
  return {
    nameservers: unique([...nameservers, ...(config.nameservers ?? [])]),
    search: unique([...search, ...(config.searches ?? [])]),
    options: [...byName].map(([name, value]) => (value === '' ? name : `${name}:${value}`)),
  };
}

function withinLimits({ nameservers, search, options }: ResolvConf, warnings: string[]): ResolvConf {
  const servers = nameservers.slice(0, MOST_NAMESERVERS);
  if (servers.length < nameservers.length) {
    warnings.push(
      `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.join(' ')}`,
    );
  }
  const domains = search.slice(0, MOST_SEARCH_DOMAINS).filter((domain) => domain.length <= LONGEST_DOMAIN);
  while (domains.join(' ').length > LONGEST_SEARCH_LINE) domains.pop();
  if (domains.length < search.length) {
    warnings.push(
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${domains.join(' ')}`,
    );
  }
  return { nameservers: servers, search: domains, options };
}

function unique(list: string[]): string[] {
  return [...new Set(list)];
}

function withoutFinalDot(domain: string): string {
  return domain === '.' ? domain : domain.replace(/\.$/, '');
}
