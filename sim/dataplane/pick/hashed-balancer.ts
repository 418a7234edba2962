import { mix } from '../../engine/hash.ts';
import { maglevLookup } from '../ebpf/maglev.ts';
import type { Backend, Balancer, Connect } from './balancer.ts';

/** Maglev: all nodes pick alike for a client's address and port. */
export class HashedBalancer implements Balancer {
  #table: Uint16Array = new Uint16Array(0);

  setBackends(backends: readonly Backend[]): void {
    this.#table = maglevLookup(backends);
  }

  pick({ source, sourcePort }: Connect): number {
    return this.#table[(mix(source, sourcePort) >>> 0) % this.#table.length] ?? -1;
  }
}
