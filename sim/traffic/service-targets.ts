import { parseIPv4 } from '../cluster/address.ts';
import type { Service } from '../cluster/api/service.ts';
import { familyOf } from '../cluster/ip.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import type { Client } from './client.ts';
import type { Edge } from './edge.ts';

/**
 * Which Service has a name and which an address, while Services come and go. A Service that is deleted leaves the clients that
 * know its cluster IP with an address that nobody has, also when another of its name comes.
 * @simplifies a node's rules for the address go at the moment of the deletion, not with its next sync
 */
export class ServiceTargets {
  readonly #store: ObjectStore;
  readonly #services: Registry<'Service'>;
  readonly #addresses: AddressBook;
  readonly #edges = new Map<string, Edge[]>();
  /** By cluster IP: the slot of the Service that has it. */
  readonly #slots = new Map<string, number>();
  /** By slot: the address index of a deleted Service's cluster IP. */
  readonly #dead = new Map<number, number>();
  readonly #targetPortOf: (service: Service, port: number) => number;
  #clients: readonly Client[] = [];

  /** @param targetPortOf what the Pods behind a port of a Service listen on */
  constructor(
    world: { store: ObjectStore; services: Registry<'Service'>; addresses: AddressBook },
    targetPortOf: (service: Service, port: number) => number,
  ) {
    this.#store = world.store;
    this.#services = world.services;
    this.#addresses = world.addresses;
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
    const dead = this.#dead.get(slot);
    if (dead !== undefined) client.knowsDeadAddress(dead);
    else client.knows(slot, slot < 0 ? 0 : portIndexOf(this.#services.at(slot), client.edge.port));
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
    const ips = (service.spec.clusterIPs ?? []).filter((ip) => ip !== 'None');
    for (const ip of ips) if (this.#slots.get(ip) === slot) this.#slots.delete(ip);
    const ip = ips.find((each) => familyOf(each) === 'IPv4');
    if (ip === undefined) return;
    const dead = this.#addresses.indexOf(parseIPv4(ip));
    this.#dead.set(slot, dead);
    for (const client of this.#clients) {
      if (client.alive && client.usesVirtualAddress && client.serviceSlot === slot) client.knowsDeadAddress(dead);
    }
  }

  #aim(edge: Edge, service: Service): void {
    edge.serviceSlot = this.#services.slotOf(service);
    edge.portIndex = portIndexOf(service, edge.port);
    edge.targetPort = this.#targetPortOf(service, edge.port);
    edge.hasService = true;
  }
}

/** -1: the Service has no such port, and rejects it. */
function portIndexOf({ spec }: Service, port: number): number {
  return (spec.ports ?? []).findIndex((each) => each.port === port);
}
