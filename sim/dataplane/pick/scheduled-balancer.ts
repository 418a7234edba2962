import { mix, uniform } from '../../engine/hash.ts';
import { createScheduler } from '../ipvs/schedulers/create.ts';
import type { Destination, ScheduleRequest, Scheduler } from '../ipvs/schedulers/scheduler.ts';
import type { Backend, Balancer, Connect } from './balancer.ts';

/**
 * IPVS: a virtual server with the connections of this node alone, each of its destinations of weight 1. A new destination
 * goes to the head of the kernel's list. One that leaves is not picked any more; its connections go on and are counted, as
 * at weight 0, so that it comes back with those that it still has.
 * @source kubernetes pkg/proxy/ipvs/graceful_termination.go
 */
export class ScheduledBalancer implements Balancer {
  readonly #scheduler: Scheduler;
  readonly #request: ScheduleRequest;
  /** Every server that there was, in the order in which they came; and their places here. */
  readonly #servers: Destination[] = [];
  readonly #serverOf = new Map<string, number>();
  /** In the kernel's order. */
  #destinations: Destination[] = [];
  /** By position in the kernel's order: the index that callers know; by that index: the server. */
  #indexOf = new Int32Array(0);
  #servedBy = new Int32Array(0);
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
    const before = new Set(this.#destinations);
    this.#servedBy = Int32Array.from(backends, (backend) => this.#server(backend));
    const now = Array.from(this.#servedBy, (server) => this.#servers[server]!);
    const places = new Map(now.map((destination, index) => [destination, index]));
    const kept = this.#destinations.filter((destination) => places.has(destination));
    const added = now.filter((destination) => !before.has(destination)).toReversed();
    this.#destinations = [...added, ...kept];
    this.#indexOf = Int32Array.from(this.#destinations, (destination) => places.get(destination)!);
  }

  pick({ hash, source, sourcePort }: Connect): number {
    const request = this.#request;
    request.source = source;
    request.sourcePort = sourcePort;
    this.#draw = hash;
    const position = this.#scheduler.pick(this.#destinations, request);
    return position < 0 ? -1 : this.#indexOf[position]!;
  }

  opened(backend: number): number {
    const server = this.#servedBy[backend]!;
    this.#servers[server]!.active++;
    return server;
  }

  closing(server: number): void {
    const destination = this.#servers[server]!;
    destination.active--;
    destination.inactive++;
  }

  closed(server: number): void {
    this.#servers[server]!.inactive--;
  }

  #server({ ip, port, address }: Backend): number {
    let server = this.#serverOf.get(address);
    if (server === undefined) {
      server = this.#servers.push({ ip, port, weight: 1, active: 0, inactive: 0 }) - 1;
      this.#serverOf.set(address, server);
    }
    return server;
  }
}
