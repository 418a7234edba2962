import type { Service } from '../../sim/cluster/api/service.ts';
import type { Packet } from '../../sim/dataplane/rules/packet.ts';
import type { ProxyInput } from '../../sim/dataplane/rules/proxy-input.ts';
import { CLIENT_IP, NODE_IPS, OUTSIDE_IP, type Place } from './lab.ts';

/** A client and where it connects to. */
export interface Pair {
  place: Place;
  packet: Packet;
  /** Of the Service. */
  name: string;
  /** Seconds of affinity at that address; null: none. */
  affinity: number | null;
}

/** Every way in which the clients may come to the Services of a cluster, and some that lead nowhere. */
export function pairsOf({ services }: ProxyInput): Pair[] {
  return services.flatMap((service) => {
    const { spec, status } = service;
    const { port, nodePort = 0 } = spec.ports![0]!;
    const vips = (status.loadBalancer.ingress ?? []).map(({ ip }) => ip!);
    const targets = [spec.clusterIP!, ...(spec.externalIPs ?? []), ...vips].map((ip) => ({ ip, port }));
    if (nodePort !== 0) for (const ip of NODE_IPS) targets.push({ ip, port: nodePort });
    targets.push({ ip: spec.clusterIP!, port: 81 });
    const pairs = targets.flatMap((target) => CLIENTS.map((client) => pairOf(service, client, target)));
    if (nodePort !== 0) {
      const target = { ip: '127.0.0.1', port: nodePort };
      pairs.push(pairOf(service, { place: 'node', where: 'node', from: '127.0.0.1' }, target));
    }
    return pairs;
  });
}

type Client = Pick<Pair, 'place'> & Pick<Packet, 'where' | 'from'>;

const CLIENTS: readonly Client[] = [
  { place: 'client', where: 'pod', from: CLIENT_IP },
  { place: 'outside', where: 'external', from: OUTSIDE_IP },
  { place: 'node', where: 'node', from: NODE_IPS[0]! },
];

function pairOf(
  { spec, metadata }: Service,
  { place, where, from }: Client,
  target: { ip: string; port: number },
): Pair {
  const packet: Packet = { from, where, to: target.ip, port: target.port, protocol: 'TCP', family: 'IPv4' };
  const isAffine = spec.sessionAffinity === 'ClientIP';
  return {
    place,
    packet,
    name: metadata.name,
    affinity: isAffine ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : null,
  };
}
