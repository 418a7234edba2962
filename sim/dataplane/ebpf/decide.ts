import { inCIDR } from '../../cluster/ip.ts';
import type { Candidate, Decision, Packet, Step } from '../rules/packet.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import { maglevShares } from './maglev.ts';
import { type Frontend, frontendKey, type ServiceMaps } from './service-map.ts';

/**
 * What an eBPF data plane does with a new connection on a node: from a Pod or the node, connect() itself gets a
 * backend's address, and nothing is translated later; from outside, the program at the device picks, and sends to another
 * node from the node's own address (SNAT) or with the client's (DSR).
 * @source cilium bpf/bpf_sock.c, bpf/lib/nodeport.h (DROP_IS_CLUSTER_IP)
 * @simplifies no backend is an ICMP error, or in connect() an error, at once: `service-no-backend-response: reject`
 */
export function decideEbpf(maps: ServiceMaps, packet: Packet): Decision {
  const isInside = packet.where !== 'external';
  const hook = isInside ? `cgroup ${callOf(packet)}` : 'tc ingress';
  const key = frontendKey(packet.to, packet.port, packet.protocol);
  const frontend = maps.frontends.get(key);
  const map = maps.family === 'IPv4' ? 'cilium_lb4_services_v2' : 'cilium_lb6_services_v2';
  const lookup: Step = {
    hook,
    chain: map,
    matched: frontend === undefined ? null : describe(key, frontend),
    looked: 1,
  };
  if (frontend === undefined)
    return ending('accept', [lookup], 'no entry of the service map has this address and port');
  if (!isInside && !frontend.isRoutable) {
    const because = `${lookup.matched} is not for what comes from outside (bpf-lb-external-clusterip: false)`;
    return ending('drop', [lookup], because);
  }
  if (!isInside && frontend.sourceRanges.length > 0) {
    const range = frontend.sourceRanges.find((block) => inCIDR(packet.from, block));
    const check: Step = { hook, chain: 'cilium_lb4_source_range', matched: range ?? null, looked: 1 };
    if (range === undefined)
      return ending('drop', [lookup, check], `${packet.from} is in no source range of ${frontend.text}`);
  }
  const backends = isInside ? frontend.inside : frontend.outside;
  if (backends.length === 0) return ending('reject', [lookup], `${lookup.matched} has no backend`);
  const candidates = candidatesOf(maps, backends, packet, hook, isInside);
  return { verdict: 'dnat', candidates, steps: [lookup], because: lookup.matched! };
}

function ending(verdict: 'accept' | 'reject' | 'drop', steps: Step[], because: string): Decision {
  return { verdict, candidates: [], steps, because };
}

function callOf({ protocol, family }: Packet): string {
  const digit = family === 'IPv4' ? 4 : 6;
  return protocol === 'UDP' ? `sendmsg${digit}` : `connect${digit}`;
}

function describe(key: string, { type, text, isLocalOnly }: Frontend): string {
  return `${key} ${type} of ${text}${isLocalOnly ? ' (policy Local)' : ''}`;
}

function candidatesOf(
  { algorithm, loadBalancerMode }: ServiceMaps,
  backends: readonly ProxiedEndpoint[],
  packet: Packet,
  hook: string,
  isInside: boolean,
): Candidate[] {
  const bound = backends.filter(({ address }) => packet.remembered?.has(address) === true).slice(0, 1);
  const open = bound.length > 0 ? bound : backends;
  // Maglev is for what comes from outside; over all clients a backend gets its share of the table.
  const shares =
    algorithm === 'maglev' && !isInside && bound.length === 0 ? maglevShares(open) : open.map(() => 1 / open.length);
  return open.map(({ ip, port, address, isLocal }, i) => ({
    ip,
    port,
    address,
    probability: shares[i]!,
    masquerade: !isInside && !isLocal && loadBalancerMode === 'snat',
    steps: [{ hook, chain: 'cilium_lb4_backends_v3', matched: `backend ${address}`, looked: 1 }],
  }));
}
