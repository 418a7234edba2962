import { parseIPv4 } from '../../cluster/address.ts';
import type { EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import { SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { AddressBook } from '../../dataplane/address-book.ts';
import type { DNSServer } from '../../discovery/message.ts';
import type { ServiceTargets } from '../service-targets.ts';

/** What a name leads to. */
export interface NameAnswer {
  /** There is no such name; else, without addresses, there is nothing to tell of it. */
  missing: boolean;
  /** IPv4 addresses. */
  ips: readonly string[];
  /** The same, as indices of the address book, where they are no Service's. */
  addresses: Int32Array;
  /** Of a headless Service, and so Pods' own. */
  isHeadless: boolean;
}

/**
 * Names as small integers, and what the cluster's DNS server knows of each: worked out once, and again when the objects that
 * answers are made of have changed and the server has heard of it.
 * @simplifies all Pods of the server hear of a change after the same delay, and then see the newest state
 */
export class Questions {
  readonly #server: DNSServer;
  readonly #clock: Float64Array;
  readonly #watchDelay: number;
  readonly #addresses: AddressBook;
  readonly #targets: ServiceTargets;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  /** By question: its answer, and at which version it was made. */
  readonly #answers: number[] = [];
  readonly #versions: number[] = [];
  readonly #known: NameAnswer[] = [];
  readonly #knownNumbers = new Map<string, number>();
  /** Times (ns) at which the server hears of changes, ascending; the version is how many it has heard of. */
  readonly #heardAt: number[] = [];
  #version = 0;

  constructor(
    world: {
      store: ObjectStore;
      clock: Float64Array;
      addresses: AddressBook;
      targets: ServiceTargets;
      server: DNSServer;
    },
    watchDelay: number,
  ) {
    this.#server = world.server;
    this.#clock = world.clock;
    this.#addresses = world.addresses;
    this.#targets = world.targets;
    this.#watchDelay = watchDelay;
    const { store } = world;
    store.watch('Service', () => this.#changed());
    store.watch('Namespace', () => this.#changed());
    store.watch('EndpointSlice', (_, slice) => {
      if (isOfHeadless(store, slice)) this.#changed();
    });
  }

  /** @param name absolute */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    this.#answers.push(-1);
    this.#versions.push(-1);
    return number;
  }

  /** @returns the number of what the server knows now */
  answerTo(question: number): number {
    const now = this.#clock[0]!;
    while (this.#version < this.#heardAt.length && this.#heardAt[this.#version]! <= now) this.#version++;
    if (this.#versions[question] !== this.#version) this.#ask(question);
    return this.#answers[question]!;
  }

  answer(number: number): NameAnswer {
    return this.#known[number]!;
  }

  #ask(question: number): void {
    this.#versions[question] = this.#version;
    const { rcode, answers } = this.#server.answer(this.#names[question]!, 'A');
    const ips = answers.filter(({ type }) => type === 'A').map(({ data }) => data);
    const isHeadless = ips.length > 0 && this.#targets.slotOfAddress(ips[0]!) < 0;
    const key = `${rcode} ${isHeadless} ${ips.join(' ')}`;
    let number = this.#knownNumbers.get(key);
    if (number === undefined) {
      const addresses = Int32Array.from(ips, (ip) => this.#addresses.indexOf(parseIPv4(ip)));
      number = this.#known.push({ missing: rcode === 'NXDOMAIN', ips, addresses, isHeadless }) - 1;
      this.#knownNumbers.set(key, number);
    }
    this.#answers[question] = number;
  }

  #changed(): void {
    const now = this.#clock[0]!;
    this.#heardAt.push(now === 0 ? 0 : now + this.#watchDelay);
  }
}

function isOfHeadless(store: ObjectStore, { metadata }: EndpointSlice): boolean {
  const service = store.get('Service', metadata.namespace, metadata.labels[SERVICE_NAME_LABEL] ?? '');
  return service === undefined || service.spec.clusterIP === 'None';
}
