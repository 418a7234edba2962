import type { Service } from '../cluster/api/service.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Client } from './client.ts';
import type { Edge } from './edge.ts';

/**
 * Which Service has a name and which an address, while Services come and go. A Service that is deleted leaves the clients that
 * know its cluster IP with an address that nobody has once their nodes have heard of it, also when another of its name comes.
 */
export class ServiceTargets {
  readonly #store: ObjectStore;
  readonly #services: Registry<'Service'>;
  readonly #edges = new Map<string, Edge[]>();
  /** By cluster IP: the slot of the Service that has it. */
  readonly #slots = new Map<string, number>();
  readonly #targetPortOf: (service: Service, port: number) => number;
  #clients: readonly Client[] = [];

  /** @param targetPortOf what the Pods behind a port of a Service listen on */
  constructor(
    world: { store: ObjectStore; services: Registry<'Service'> },
    targetPortOf: (service: Service, port: number) => number,
  ) {
    this.#store = world.store;
    this.#services = world.services;
    this.#targetPortOf = targetPortOf;
    world.store.watch('Service', (change, service) => {
      if (change === 'deleted') this.#gone(service);
      else this.#there(service);
    });
  }

  /** @param clients all that there are, a list that grows */
  attach(clients: readonly Client[]): void {
    this.#clients = clients;
  }

  /** Aims an edge at the Service of its name, now and whenever one of that name comes. */
  follow(edge: Edge): void {
    this.#edges.set(edge.service, [...(this.#edges.get(edge.service) ?? []), edge]);
    const [namespace, name] = edge.service.split('/') as [string, string];
    const service = this.#store.get('Service', namespace, name);
    if (service !== undefined) this.#aim(edge, service);
  }

  /** @returns the slot of the Service with that cluster IP; -1: there is none */
  slotOfAddress(ip: string): number {
    return this.#slots.get(ip) ?? -1;
  }

  /** The client has learned the address of a Service. @param slot -1: of none */
  learned(client: Client, slot: number): void {
    client.knows(slot, slot < 0 ? 0 : portIndexOf(this.#services.at(slot), client.edge));
  }

  #there(service: Service): void {
    const { namespace, name } = service.metadata;
    const slot = this.#services.slotOf(service);
    for (const ip of service.spec.clusterIPs ?? []) if (ip !== 'None') this.#slots.set(ip, slot);
    const edges = this.#edges.get(`${namespace}/${name}`) ?? [];
    for (const edge of edges) this.#aim(edge, service);
    if (edges.length === 0) return;
    // Users outside find the new load balancer by its name.
    for (const client of this.#clients) if (client.pod < 0 && edges.includes(client.edge)) this.learned(client, slot);
  }

  #gone(service: Service): void {
    const { namespace, name } = service.metadata;
    const slot = this.#services.slotOf(service);
    for (const edge of this.#edges.get(`${namespace}/${name}`) ?? []) edge.hasService = false;
    for (const ip of service.spec.clusterIPs ?? []) if (this.#slots.get(ip) === slot) this.#slots.delete(ip);
  }

  #aim(edge: Edge, service: Service): void {
    edge.serviceSlot = this.#services.slotOf(service);
    edge.portIndex = portIndexOf(service, edge);
    edge.targetPort = this.#targetPortOf(service, edge.port);
    // A Service without an address of the family has no record of its type.
    edge.hasService = service.spec.ipFamilies?.includes(edge.family) ?? edge.family === 'IPv4';
  }
}

/** As `PublishedService.ports` has it; -1: the Service has no such port, and rejects it. */
function portIndexOf({ spec: { ports = [] } }: Service, { port, protocol, family }: Edge): number {
  const place = ports.findIndex((each) => each.port === port && each.protocol === protocol);
  return place < 0 || family === 'IPv4' ? place : ports.length + place;
}
