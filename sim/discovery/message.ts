/** Questions and answers of the Domain Name System, as zone files spell them. */

export const RECORD_TYPES = [
  'A',
  'AAAA',
  'ANY',
  'AXFR',
  'CAA',
  'CNAME',
  'DNSKEY',
  'DS',
  'HINFO',
  'HTTPS',
  'IXFR',
  'LOC',
  'MX',
  'NAPTR',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'SVCB',
  'TXT',
] as const;

export type RecordType = (typeof RECORD_TYPES)[number];

export type Rcode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';

export interface ResourceRecord {
  /** With a dot at its end, in the case of the question where it repeats it. */
  name: string;
  type: RecordType;
  /** Seconds. */
  ttl: number;
  /** `10.96.0.1`, or `0 100 80 web.shop.svc.cluster.local.`; a TXT without quotes. */
  data: string;
}

/** The start of authority in a negative answer: for how long it may be remembered. */
export interface StartOfAuthority {
  zone: string;
  /** Seconds, both. */
  ttl: number;
  minimum: number;
}

export interface DNSAnswer {
  rcode: Rcode;
  answers: ResourceRecord[];
  additionals: ResourceRecord[];
  /** null: a positive answer, or one from elsewhere that says nothing. */
  authoritySOA: StartOfAuthority | null;
  /** The fact or rule that decided. */
  why: string;
}

/** Whatever answers questions: a server, a cache before one. */
export interface DNSServer {
  /** @param name with or without a dot at its end: it is absolute */
  answer(name: string, type: RecordType): DNSAnswer;
}
