import { familyOf } from '../cluster/ip.ts';
import type { DNSAnswer, DNSServer, RecordType } from './message.ts';
import { absolute } from './names.ts';

/**
 * The servers outside the cluster: they know a few names and their addresses, and nothing else.
 * @simplifies a name that only has others below it, such as `com.`, is not there
 */
export class Upstream implements DNSServer {
  readonly #addresses: ReadonlyMap<string, readonly string[]>;
  readonly #ttl: number;

  /** @param ttl of answers, seconds */
  constructor(external: Readonly<Record<string, readonly string[]>>, ttl: number) {
    this.#addresses = new Map(Object.entries(external).map(([name, ips]) => [absolute(name).toLowerCase(), ips]));
    this.#ttl = ttl;
  }

  answer(given: string, type: RecordType): DNSAnswer {
    const name = absolute(given);
    const addresses = this.#addresses.get(name.toLowerCase());
    const family = type === 'A' ? 'IPv4' : type === 'AAAA' ? 'IPv6' : null;
    const own = (addresses ?? []).filter((ip) => family !== null && familyOf(ip) === family);
    return {
      rcode: addresses === undefined ? 'NXDOMAIN' : 'NOERROR',
      answers: own.map((data) => ({ name, type, ttl: this.#ttl, data })),
      additionals: [],
      authoritySOA: null,
      why: addresses === undefined ? `outside the cluster nobody knows ${name}` : 'a name outside the cluster',
    };
  }
}
