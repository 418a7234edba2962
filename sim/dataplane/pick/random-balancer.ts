import type { Backend, Balancer, Connect } from './balancer.ts';
import { numgenIndex } from './draw.ts';

/** iptables, nftables, and eBPF inside the cluster: one independent draw a connection, without memory or knowledge of load. */
export class RandomBalancer implements Balancer {
  #count = 0;

  setBackends(backends: readonly Backend[]): void {
    this.#count = backends.length;
  }

  pick({ hash }: Connect): number {
    return this.#count === 0 ? -1 : numgenIndex(this.#count, hash);
  }
}
