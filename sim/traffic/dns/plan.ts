import type { Pod } from '../../cluster/api/pod.ts';
import { type KubeletDNS, podResolvConf } from '../../discovery/resolv-conf.ts';
import { candidatesOf } from '../../discovery/resolver/candidates.ts';
import { readOptions } from '../../discovery/resolver/options.ts';
import type { ResolverPolicy } from '../../input/client-policy.ts';
import type { Questions } from './questions.ts';

/** How a program in a Pod looks a name up, in numbers: what it asks for, in which order, and with how much patience. */
export interface Plan {
  /** Questions, in order. */
  questions: Int32Array;
  /** The place of the name as it stands; -1: it is not asked for. */
  asItIs: number;
  library: ResolverPolicy['library'];
  /** Tries of each question, and how long one waits, ns. */
  attempts: number;
  timeout: number;
  /** A and AAAA go out at once, not one after the other. */
  isParallel: boolean;
  /** …from one socket, so that they are one flow. */
  sharesSocket: boolean;
  /** Over TCP (`use-vc`). */
  isTCP: boolean;
  /** False: its resolv.conf names no server of the cluster, and servers outside know nothing of it. */
  asksCluster: boolean;
  cache: ResolverPolicy['cache'];
}

/** @param host as the program spells it */
export function planOf(
  host: string,
  pod: Pod,
  kubelet: KubeletDNS,
  policy: ResolverPolicy,
  questions: Questions,
): Plan {
  const { file } = podResolvConf(pod, kubelet);
  const options = readOptions(file.options);
  const { library } = policy;
  const search = policy.search ?? file.search;
  const walk = library === 'musl' ? 'musl' : 'glibc';
  const { names, asItIs } = candidatesOf(host, search, policy.ndots ?? options.ndots, walk);
  const attempts = policy.attempts ?? options.attempts;
  const timeout = policy.timeout ?? options.timeoutSeconds * 1e9;
  // musl knows none of these options.
  const has = (option: string) => library !== 'musl' && file.options.includes(option);
  const reopens = library === 'glibc' && (policy.singleRequestReopen || has('single-request-reopen'));
  return {
    questions: Int32Array.from(names, (name) => questions.numberOf(name)),
    asItIs,
    library,
    attempts,
    // musl's timeout is of all tries together
    timeout: Math.round(library === 'musl' ? timeout / attempts : timeout),
    isParallel: !(reopens || (library === 'glibc' && has('single-request'))),
    sharesSocket: library !== 'go' && !reopens,
    isTCP: has('use-vc'),
    asksCluster: file.nameservers.some((ip) => kubelet.clusterDNS.includes(ip)),
    cache: policy.cache,
  };
}
