import type { ProxySettings } from '../rules/proxy-input.ts';
import { HashedBalancer } from './hashed-balancer.ts';
import { RandomBalancer } from './random-balancer.ts';
import { ScheduledBalancer } from './scheduled-balancer.ts';

/** A backend of a virtual address, in the order of the rules. */
export interface Backend {
  ip: string;
  port: number;
  /** `ip:port`. */
  address: string;
}

/** A new connection. */
export interface Connect {
  /** 32 bits that belong to it alone. */
  hash: number;
  /** The client's address folded to 32 bits (see `foldIP`), signed or not. */
  source: number;
  sourcePort: number;
}

/**
 * Picks for one virtual address and port on one node. Backends are known by their index in the list that was set last.
 * The simulation keeps one for each pair of node and virtual server that packets ask for.
 */
export interface Balancer {
  /** What the node has programmed by now; what an old list and the new one share keeps its state. */
  setBackends(backends: readonly Backend[]): void;
  /** @returns an index; -1: there is none */
  pick(connect: Connect): number;
  /** A connection to this backend was opened. Only IPVS counts them. @returns the server, for the two below */
  opened?(backend: number): number;
  /** It began to close, or is gone; its server may have left the list meanwhile. */
  closing?(server: number): void;
  closed?(server: number): void;
}

/** @param isFromOutside of the cluster: eBPF picks elsewhere then, and may do so by Maglev @param virtualIP folded, u32 */
export function createBalancer(settings: ProxySettings, isFromOutside: boolean, virtualIP: number): Balancer {
  if (settings.mode === 'ipvs') return new ScheduledBalancer(settings.scheduler, virtualIP);
  const isMaglev = settings.mode === 'ebpf' && settings.algorithm === 'maglev' && isFromOutside;
  return isMaglev ? new HashedBalancer() : new RandomBalancer();
}
