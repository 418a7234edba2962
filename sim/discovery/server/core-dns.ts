import type { ClusterObjects } from '../cluster-objects.ts';
import type { DNSAnswer, DNSServer, Rcode, RecordType } from '../message.ts';
import { absolute, zoneOf } from '../names.ts';
import { Upstream } from '../upstream.ts';
import type { DNSServerSettings } from './settings.ts';
import { startOfAuthority, ZoneRecords } from './zone-records.ts';

/** So many lookups in other zones may be under way: two zones may send each other round in a circle. */
const DEEPEST = 8;

/**
 * The cluster's DNS server: CoreDNS with its kubernetes plugin, which forwards the rest.
 * @source CoreDNS plugin/kubernetes/handler.go
 * @simplifies answers of other servers have this one's TTL
 */
export class CoreDNS implements DNSServer {
  readonly #settings: DNSServerSettings;
  readonly #records: ZoneRecords;
  readonly #upstream: Upstream;
  #depth = 0;

  constructor(objects: ClusterObjects, settings: DNSServerSettings) {
    this.#settings = settings;
    this.#records = new ZoneRecords(objects, settings, (name, type) => this.#elsewhere(name, type));
    this.#upstream = new Upstream(settings.external, settings.ttl);
  }

  answer(given: string, type: RecordType): DNSAnswer {
    const name = absolute(given);
    const { zones, fallthrough, apiSynced } = this.#settings;
    const matched = zoneOf(name, zones);
    if (matched === undefined) return this.#upstream.answer(name, type);
    // the zone is echoed in the case of the question
    const zone = matched === '.' ? '.' : name.slice(-matched.length);
    if (type === 'AXFR' || type === 'IXFR') {
      return { ...this.#negative('REFUSED', zone, 'the kubernetes plugin transfers no zone'), authoritySOA: null };
    }
    const { missing, why, ...records } = this.#records.of(name, zone, type);
    if (missing) {
      if (zoneOf(name, fallthrough) !== undefined) return this.#upstream.answer(name, type);
      if (!apiSynced) return this.#negative('SERVFAIL', zone, 'the server has not seen all objects yet');
      return this.#negative('NXDOMAIN', zone, why);
    }
    if (records.answers.length === 0) return this.#negative('NOERROR', zone, `${why}, but it has no ${type} record`);
    return { rcode: 'NOERROR', ...records, authoritySOA: null, why };
  }

  /** In another zone, or upstream: what is behind a CNAME. */
  #elsewhere(name: string, type: RecordType): DNSAnswer['answers'] {
    if (this.#depth >= DEEPEST) return [];
    this.#depth++;
    const { answers } = this.answer(name, type);
    this.#depth--;
    return answers;
  }

  #negative(rcode: Rcode, zone: string, why: string): DNSAnswer {
    const authoritySOA = startOfAuthority(zone, this.#settings.ttl);
    return { rcode, answers: [], additionals: [], authoritySOA, why };
  }
}
