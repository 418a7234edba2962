import { maglevSlot, maglevTable } from '../../dataplane/ipvs/schedulers/maglev-hash.ts';
import type { Strategy, View } from '../strategy.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import { KernelList } from './kernel-list.ts';

/**
 * mh: Maglev by the client's address and, as kube-proxy sets it up, port. All nodes have heard of the same members in the same
 * order, so one table serves them all. @source linux net/netfilter/ipvs/ip_vs_mh.c
 */
export class MaglevOfKernel implements Strategy {
  readonly #view: View;
  readonly #withPort: boolean;
  readonly #list: KernelList;
  #table: Int32Array = new Int32Array(0);

  constructor(view: View, withPort: boolean) {
    this.#view = view;
    this.#withPort = withPort;
    this.#list = new KernelList(view);
  }

  changed(): void {
    const { address } = this.#view;
    const list = this.#list;
    list.follow();
    this.#table = sharedTable(this.#view, 'ipvs-mh', () => {
      const order = list.order.slice(0, list.count);
      const destinations = Array.from(order, (slot) => {
        const [ip = '', port] = address[slot]!.split(':');
        return { ip, port: Number(port), weight: list.weight[slot]! };
      });
      return Int32Array.from(maglevTable(destinations), (place) => (place < 0 ? -1 : order[place]!));
    });
  }

  pick(source: number, port: number): number {
    const table = this.#table;
    return this.#list.count === 0 ? -1 : table[maglevSlot(source >>> 0, this.#withPort ? port : 0) % table.length]!;
  }
}
