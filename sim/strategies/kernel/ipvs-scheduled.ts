import { createScheduler } from '../../dataplane/ipvs/schedulers/create.ts';
import type { Destination, ScheduleRequest, Scheduler } from '../../dataplane/ipvs/schedulers/scheduler.ts';
import type { Strategy, View } from '../strategy.ts';
import { KernelList } from './kernel-list.ts';

/** The virtual address, which dh hashes: 10.96.0.1. */
const VIRTUAL_IP = 0x0a600001;

/** The schedulers of ip_vs whose pick is a turn or a table: those of the data plane as they are. */
export class ScheduledOfKernel implements Strategy {
  readonly #view: View;
  readonly #scheduler: Scheduler;
  readonly #list: KernelList;
  readonly #bySlot: (Destination | undefined)[];
  readonly #request: ScheduleRequest;
  #destinations: Destination[] = [];

  constructor(view: View, scheduler: string) {
    this.#view = view;
    this.#scheduler = createScheduler(scheduler);
    this.#list = new KernelList(view);
    this.#bySlot = new Array<Destination | undefined>(view.capacity).fill(undefined);
    const random = () => view.random.uniform();
    this.#request = { source: 0, sourcePort: 0, destination: VIRTUAL_IP, random };
  }

  changed(): void {
    const list = this.#list;
    list.follow();
    this.#destinations = Array.from(list.order.subarray(0, list.count), (slot) => this.#destination(slot));
  }

  pick(source: number, port: number): number {
    const list = this.#list;
    for (let slot = list.forget(); slot >= 0; slot = list.forget()) this.#count(slot);
    const request = this.#request;
    request.source = source >>> 0;
    request.sourcePort = port;
    const place = this.#scheduler.pick(this.#destinations, request);
    return place < 0 ? -1 : list.order[place]!;
  }

  started(slot: number): void {
    this.#count(slot);
  }

  ended(slot: number): void {
    this.#list.closed(slot);
    this.#count(slot);
  }

  #destination(slot: number): Destination {
    const weight = this.#list.weight[slot]!;
    let destination = this.#bySlot[slot];
    if (destination === undefined) {
      const address = this.#view.address[slot]!;
      const colon = address.lastIndexOf(':');
      destination = {
        ip: address.slice(0, colon),
        port: Number(address.slice(colon + 1)),
        weight,
        active: 0,
        inactive: 0,
      };
      this.#bySlot[slot] = destination;
    }
    destination.weight = weight;
    return destination;
  }

  #count(slot: number): void {
    const destination = this.#bySlot[slot];
    if (destination === undefined) return;
    destination.active = this.#view.inFlight[slot]!;
    destination.inactive = this.#list.inactive[slot]!;
  }
}
