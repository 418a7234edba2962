import { mix, uniform } from '../../engine/hash.ts';
import { createScheduler } from '../ipvs/schedulers/create.ts';
import type { Destination, ScheduleRequest, Scheduler } from '../ipvs/schedulers/scheduler.ts';
import type { Backend, Balancer, Connect } from './balancer.ts';

/**
 * IPVS: a virtual server with the connections of this node alone, each of its destinations of weight 1. A new destination
 * goes to the head of the kernel's list; one that leaves is not picked any more, whatever connections it still has.
 */
export class ScheduledBalancer implements Balancer {
  readonly #scheduler: Scheduler;
  readonly #request: ScheduleRequest;
  /** In the kernel's order. */
  #destinations: Destination[] = [];
  /** By position in the kernel's order: the index that callers know, and back. */
  #indexOf = new Int32Array(0);
  #positionOf = new Int32Array(0);
  #draw = 0;

  constructor(scheduler: string, virtualIP: number) {
    this.#scheduler = createScheduler(scheduler);
    // The two draws of one connection differ.
    const random = () => {
      this.#draw = mix(this.#draw, 1);
      return uniform(this.#draw);
    };
    this.#request = { source: 0, sourcePort: 0, destination: virtualIP, random };
  }

  setBackends(backends: readonly Backend[]): void {
    const places = new Map(backends.map(({ ip, port }, index) => [`${ip} ${port}`, index]));
    const known = new Set(this.#destinations.map(({ ip, port }) => `${ip} ${port}`));
    const kept = this.#destinations.filter(({ ip, port }) => places.has(`${ip} ${port}`));
    const added = backends.filter(({ ip, port }) => !known.has(`${ip} ${port}`)).toReversed();
    this.#destinations = [...added.map(({ ip, port }) => ({ ip, port, weight: 1, active: 0, inactive: 0 })), ...kept];
    this.#indexOf = Int32Array.from(this.#destinations, ({ ip, port }) => places.get(`${ip} ${port}`)!);
    this.#positionOf = new Int32Array(backends.length);
    this.#indexOf.forEach((index, position) => {
      this.#positionOf[index] = position;
    });
  }

  pick({ hash, source, sourcePort }: Connect): number {
    const request = this.#request;
    request.source = source;
    request.sourcePort = sourcePort;
    this.#draw = hash;
    const position = this.#scheduler.pick(this.#destinations, request);
    return position < 0 ? -1 : this.#indexOf[position]!;
  }

  opened(backend: number): void {
    this.#at(backend).active++;
  }

  closing(backend: number): void {
    const destination = this.#at(backend);
    destination.active--;
    destination.inactive++;
  }

  closed(backend: number): void {
    this.#at(backend).inactive--;
  }

  #at(backend: number): Destination {
    return this.#destinations[this.#positionOf[backend]!]!;
  }
}
