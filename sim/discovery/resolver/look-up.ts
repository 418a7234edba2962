import { familyOf } from '../../cluster/ip.ts';
import type { DNSServer, Rcode, RecordType, ResourceRecord } from '../message.ts';
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
  /** The types of record that it asks for, at once: `getaddrinfo` asks for A and AAAA. */
  types: readonly RecordType[];
}

export interface Lookup {
  found: boolean;
  addresses: string[];
  /** The answer that ended the search, with the CNAMEs on the way. */
  records: ResourceRecord[];
  /** What went to the server, in order, A and AAAA of one name as one. */
  queries: { name: string; rcode: Rcode; why: string }[];
  /** The hosts file or the name itself answered, and no server; null: a server did. */
  local: string | null;
}

const SEARCHES: Readonly<Record<Library, Search>> = { glibc: searchAsGlibc, musl: searchAsMusl };

/** Addresses as text and names of the hosts file need no server; the rest is searched for. */
export function lookUp(name: string, client: ResolverClient, server: DNSServer): Lookup {
  const own = familyOf(name) === null ? (client.hosts.get(name.toLowerCase()) ?? []) : [name];
  if (own.length > 0) {
    const local = familyOf(name) === null ? `${name} is in the hosts file` : `${name} is an address`;
    return { found: true, addresses: [...own], records: [], queries: [], local };
  }
  const queries: Lookup['queries'] = [];
  const ask = (asked: string): Step => {
    const answers = client.types.map((type) => server.answer(asked, type));
    const isFound = answers.some(({ answers }) => answers.some(({ type }) => client.types.includes(type)));
    const rcode = isFound ? 'NOERROR' : together(answers.map((answer) => answer.rcode));
    const telling =
      answers.find(({ answers }) => answers.some(({ type }) => client.types.includes(type))) ?? answers[0]!;
    queries.push({ name: asked, rcode, why: telling.why });
    return { rcode, records: isFound ? unique(answers.flatMap((answer) => answer.answers)) : [] };
  };
  const records = SEARCHES[client.library](name, client.search, client.options.ndots, ask);
  const addresses = records.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data);
  return { found: records.length > 0, addresses, records, queries, local: null };
}

/** The CNAME comes with the answer to A and to AAAA. */
function unique(records: readonly ResourceRecord[]): ResourceRecord[] {
  return [...new Map(records.map((record) => [`${record.name} ${record.type} ${record.data}`, record])).values()];
}

/** What the answers to A and AAAA say of the name, where none has an address. */
function together(rcodes: readonly Rcode[]): Rcode {
  return (['SERVFAIL', 'REFUSED', 'NOERROR'] as const).find((rcode) => rcodes.includes(rcode)) ?? 'NXDOMAIN';
}
