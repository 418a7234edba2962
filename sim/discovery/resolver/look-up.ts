import { familyOf } from '../../cluster/ip.ts';
import type { DNSServer, Rcode } from '../message.ts';
import type { HostsFile } from './hosts-file.ts';
import type { ResolverOptions } from './options.ts';
import { type Search, type Step, searchAsGlibc, searchAsMusl } from './search.ts';

export type Library = 'glibc' | 'musl';

/** A program that looks a name up: its C library and what it reads. */
export interface ResolverClient {
  library: Library;
  search: readonly string[];
  options: ResolverOptions;
  hosts: HostsFile;
  /** The types of record that it asks for, at once. */
  types: readonly ('A' | 'AAAA')[];
}

/** A lookup as `getaddrinfo` makes it. */
export interface Lookup {
  found: boolean;
  addresses: string[];
  /** What went to the server, in order, A and AAAA of one name as one. */
  queries: { name: string; rcode: Rcode }[];
  /** The same with the server's reason for each. */
  why: string[];
}

const SEARCHES: Readonly<Record<Library, Search>> = { glibc: searchAsGlibc, musl: searchAsMusl };

/** Addresses as text and names of the hosts file need no server; the rest is searched for. */
export function lookUp(name: string, client: ResolverClient, server: DNSServer): Lookup {
  const local = familyOf(name) !== null ? [name] : addressesIn(client.hosts, name);
  if (local.length > 0) {
    const why = familyOf(name) !== null ? `${name} is an address` : `${name} is in the hosts file`;
    return { found: true, addresses: local, queries: [], why: [why] };
  }
  const queries: Lookup['queries'] = [];
  const why: string[] = [];
  const ask = (asked: string): Step => {
    const answers = client.types.map((type) => server.answer(asked, type));
    const addresses = answers.flatMap((answer) =>
      answer.answers.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data),
    );
    const rcode = addresses.length > 0 ? 'NOERROR' : together(answers.map((answer) => answer.rcode));
    queries.push({ name: asked, rcode });
    why.push(
      `${asked} ${rcode}${rcode === 'NOERROR' && addresses.length === 0 ? ' without addresses' : ''}: ${answers[0]!.why}`,
    );
    return { rcode, addresses };
  };
  const addresses = SEARCHES[client.library](name, client.search, client.options.ndots, ask);
  return { found: addresses.length > 0, addresses, queries, why };
}

function addressesIn(hosts: HostsFile, name: string): string[] {
  return [...(hosts.get(name.toLowerCase()) ?? hosts.get(name) ?? [])];
}

/** What the answers to A and AAAA say of the name, where none has an address. */
function together(rcodes: readonly Rcode[]): Rcode {
  return (['SERVFAIL', 'REFUSED', 'NOERROR'] as const).find((rcode) => rcodes.includes(rcode)) ?? 'NXDOMAIN';
}
