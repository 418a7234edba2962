import type { Protocol } from '../../cluster/api/meta.ts';
import type { IPFamily } from '../../cluster/api/service.ts';
import type { RuleSet } from '../iptables/rule.ts';

export interface RealServer {
  ip: string;
  port: number;
  /** `ip:port`. */
  address: string;
  weight: number;
}

/** A virtual address and port with its real servers, in the kernel's order: the newest first. */
export interface VirtualServer {
  ip: string;
  port: number;
  protocol: Protocol;
  scheduler: string;
  /** Seconds that a client stays with its server; null: no persistence. */
  persistentSeconds: number | null;
  realServers: RealServer[];
  /** The Service port that it is for. */
  text: string;
}

export type IpSetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port';

export interface IpSet {
  type: IpSetType;
  comment: string;
  /** As `ipset` writes them: `10.96.0.1,tcp:443`. */
  entries: Set<string>;
}

/** What kube-proxy in IPVS mode keeps on a node for one family. */
export interface IpvsProgram {
  family: IPFamily;
  /** By `serverKey`. */
  servers: Map<string, VirtualServer>;
  /** Addresses of the dummy device `kube-ipvs0`, by which the node takes packets for them as its own. */
  boundAddresses: Set<string>;
  sets: Map<string, IpSet>;
  rules: RuleSet;
}

export function serverKey(ip: string, port: number, protocol: Protocol): string {
  return `${protocol} ${ip} ${port}`;
}
