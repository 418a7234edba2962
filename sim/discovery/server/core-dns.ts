import { familyOf, sameIP } from '../../cluster/ip.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { DNSAnswer, DNSServer, Rcode, RecordType, ResourceRecord, StartOfAuthority } from '../message.ts';
import { absolute, addressOfReverse, isReverse, isWithin, zoneOf } from '../names.ts';
import { Upstream } from '../upstream.ts';
import { type Found, findName, isServed, type Target } from './cluster-names.ts';
import { clusterIPsOf, NO_PORT, namesOfAddress } from './published.ts';
import { parseRequestName } from './request-name.ts';
import type { DNSServerSettings } from './settings.ts';

/** Of the dns-version record. */
const SCHEMA_VERSION = '1.1.0';
const SCHEMA_TTL = 28_800;
/** A chain of CNAMEs ends here. */
const MOST_ALIASES = 8;

/** What a branch found: records, or that the name is not there. */
interface Records {
  missing: boolean;
  answers: ResourceRecord[];
  additionals: ResourceRecord[];
  why: string;
}

/**
 * The cluster's DNS server: CoreDNS with its kubernetes plugin, which forwards the rest.
 * @source CoreDNS plugin/kubernetes/handler.go, plugin/backend_lookup.go
 * @simplifies answers of other servers have this one's TTL
 */
export class CoreDNS implements DNSServer {
  readonly #objects: ClusterObjects;
  readonly #settings: DNSServerSettings;
  readonly #upstream: Upstream;

  constructor(objects: ClusterObjects, settings: DNSServerSettings) {
    this.#objects = objects;
    this.#settings = settings;
    this.#upstream = new Upstream(settings.external, settings.ttl);
  }

  answer(given: string, type: RecordType): DNSAnswer {
    const name = absolute(given);
    const matched = zoneOf(name, this.#settings.zones);
    if (matched === undefined) return this.#upstream.answer(name, type);
    // the zone is echoed in the case of the question
    const zone = matched === '.' ? '.' : name.slice(-matched.length);
    if (type === 'AXFR' || type === 'IXFR') {
      return { ...this.#negative('REFUSED', zone, 'the kubernetes plugin transfers no zone'), authoritySOA: null };
    }
    const { missing, why, ...records } = this.#records(name, zone, type);
    if (missing) {
      if (zoneOf(name, this.#settings.fallthrough) !== undefined) return this.#upstream.answer(name, type);
      if (!this.#settings.apiSynced) return this.#negative('SERVFAIL', zone, 'the server has not seen all objects yet');
      return this.#negative('NXDOMAIN', zone, why);
    }
    if (records.answers.length === 0) return this.#negative('NOERROR', zone, `${why}, but it has no ${type} record`);
    return { rcode: 'NOERROR', ...records, authoritySOA: null, why };
  }

  #records(name: string, zone: string, type: RecordType): Records {
    switch (type) {
      case 'A':
      case 'AAAA':
        return this.#addresses(name, zone, type, []);
      case 'SRV':
        return this.#services(name, zone);
      case 'PTR':
        return this.#pointers(name);
      case 'CNAME':
        return this.#alias(name, zone);
      case 'TXT':
        return this.#version(name, zone);
      case 'SOA':
        return found(name === zone ? [this.#startOfAuthorityRecord(zone)] : [], 'only the zone itself has one');
      case 'NS':
        if (name.toLowerCase() === zone) return this.#nameServers(zone);
    }
    return { ...this.#addresses(name, zone, 'A', []), answers: [] };
  }

  #find(name: string, zone: string): Found {
    if (name.toLowerCase() === `ns.dns.${zone}`.toLowerCase()) {
      const targets = this.#ownAddresses(zone).map(({ data }) => ({ owner: 'ns.dns', host: data, port: NO_PORT }));
      return { missing: false, targets, why: 'the server’s own name' };
    }
    const request = parseRequestName(name, zone);
    if (request !== null && request.kind !== '' && isReverse(name)) {
      return { missing: true, targets: [], why: 'a zone of reverse lookups has no Services' };
    }
    return findName(request, this.#objects, this.#settings);
  }

  /** @param before the CNAMEs that led here */
  #addresses(name: string, zone: string, type: 'A' | 'AAAA', before: ResourceRecord[]): Records {
    const { missing, targets, why } = this.#find(name, zone);
    if (missing) return { missing, answers: [], additionals: [], why };
    const hosts = new Map(targets.map((target) => [target.host, target]));
    const answers = [...hosts.values()].flatMap((target) => {
      const own = typeOf(target);
      if (own === 'CNAME') return this.#chase(name, zone, type, target, before);
      return own === type ? [this.#record(name, own, target.host)] : [];
    });
    return found(answers, why);
  }

  /** The CNAME, and what is behind it. */
  #chase(name: string, zone: string, type: 'A' | 'AAAA', { host }: Target, before: ResourceRecord[]): ResourceRecord[] {
    const alias = this.#record(name, 'CNAME', absolute(host));
    const isLoop = isWithin(alias.data, name) || before.some(({ data }) => data === alias.data);
    if (isLoop || before.length >= MOST_ALIASES) return [];
    if (!isWithin(alias.data, zone)) return [alias, ...this.answer(alias.data, type).answers];
    const next = this.#addresses(alias.data, zone, type, [...before, alias]);
    return next.answers.length === 0 ? [] : [alias, ...next.answers];
  }

  /**
   * A record for each port and name; the weights of all share 100. An ExternalName has none.
   * Equal names are told once, so that the weights of what is told may sum to less.
   */
  #services(name: string, zone: string): Records {
    const { missing, targets: all, why } = this.#find(name, zone);
    const targets = all.filter((target) => typeOf(target) !== 'CNAME');
    const weight = Math.max(1, Math.floor(100 / targets.length));
    const answers = new Map<string, ResourceRecord>();
    const additionals = new Map<string, ResourceRecord>();
    for (const { owner, host, port } of targets.filter((target) => target.port !== NO_PORT)) {
      const target = `${owner}.${zone}`;
      answers.set(`${target} ${port}`, this.#record(name, 'SRV', `0 ${weight} ${port} ${target}`));
      additionals.set(`${target} ${host}`, this.#record(target, addressType(host), host));
    }
    return { missing, answers: [...answers.values()], additionals: [...additionals.values()], why };
  }

  /** The name of the Service with that cluster IP; else those of the endpoints with that address. */
  #pointers(name: string): Records {
    const ip = addressOfReverse(name);
    if (ip === null) {
      const zone = zoneOf(name, this.#settings.zones)!;
      const { missing, why } = this.#find(name, zone);
      return { missing, answers: [], additionals: [], why };
    }
    const isListed = (namespace: string) =>
      this.#settings.namespaces === null || isServed(namespace, this.#objects, this.#settings);
    const service = [...this.#objects.list('Service')].find(
      ({ metadata, spec }) => isListed(metadata.namespace) && clusterIPsOf(spec).some((each) => sameIP(each, ip)),
    );
    const names =
      service === undefined
        ? namesOfAddress(ip, this.#objects, this.#settings.endpointPodNames, isListed)
        : [`${service.metadata.name}.${service.metadata.namespace}`];
    const domain = this.#settings.zones.find((zone) => !isReverse(zone)) ?? this.#settings.zones[0]!;
    const answers = [...new Set(names)].map((each) => this.#record(name, 'PTR', `${each}.svc.${domain}`));
    if (answers.length > 0) return found(answers, service === undefined ? 'an endpoint has it' : 'a cluster IP');
    return { missing: true, answers, additionals: [], why: `neither a served Service nor a ready endpoint has ${ip}` };
  }

  #alias(name: string, zone: string): Records {
    const { missing, targets, why } = this.#find(name, zone);
    const [first] = targets;
    const answers =
      first !== undefined && typeOf(first) === 'CNAME' ? [this.#record(name, 'CNAME', absolute(first.host))] : [];
    return { missing, answers, additionals: [], why };
  }

  /** Only dns-version has text. Another name is told to be there only if it leads somewhere; `svc.cluster.local.` does not. */
  #version(name: string, zone: string): Records {
    if (name.toLowerCase() === `dns-version.${zone}`.toLowerCase()) {
      return found(
        [{ name, type: 'TXT', ttl: SCHEMA_TTL, data: SCHEMA_VERSION }],
        'the version of the schema of names',
      );
    }
    const { missing, targets, why } = findName(parseRequestName(name, zone), this.#objects, this.#settings);
    return { missing: missing || targets.length === 0, answers: [], additionals: [], why };
  }

  #nameServers(zone: string): Records {
    const own = this.#ownAddresses(zone);
    const names = [...new Set(own.map(({ name }) => name))];
    return {
      ...found(
        names.map((name) => this.#record(zone, 'NS', name)),
        'the server itself',
      ),
      additionals: own,
    };
  }

  /** The addresses of the server under the name of its Service; where none is known, under ns.dns and the loopback. */
  #ownAddresses(zone: string): ResourceRecord[] {
    const { ownAddresses } = this.#settings;
    const records = [...this.#objects.list('Service')].flatMap(({ metadata, spec }) => {
      const isOwn = clusterIPsOf(spec).some((ip) => ownAddresses.some((own) => sameIP(own, ip)));
      const name = `${metadata.name}.${metadata.namespace}.svc.${zone}`;
      return isOwn
        ? clusterIPsOf(spec)
            .slice(0, 1)
            .map((ip) => this.#record(name, addressType(ip), ip))
        : [];
    });
    return records.length > 0 ? records : [this.#record(`ns.dns.${zone}`, 'A', '127.0.0.1')];
  }

  #record(name: string, type: RecordType, data: string): ResourceRecord {
    return { name, type, ttl: this.#settings.ttl, data };
  }

  #startOfAuthority(zone: string): StartOfAuthority {
    const { ttl } = this.#settings;
    return { zone, ttl: Math.min(ttl, 300), minimum: ttl };
  }

  /** @simplifies the serial number, in CoreDNS the time of the last change, is always 1 */
  #startOfAuthorityRecord(zone: string): ResourceRecord {
    const { ttl, minimum } = this.#startOfAuthority(zone);
    const data = `ns.dns.${zone} hostmaster.${zone} 1 7200 1800 86400 ${minimum}`;
    return { name: zone, type: 'SOA', ttl, data };
  }

  #negative(rcode: Rcode, zone: string, why: string): DNSAnswer {
    return { rcode, answers: [], additionals: [], authoritySOA: this.#startOfAuthority(zone), why };
  }
}

function found(answers: ResourceRecord[], why: string): Records {
  return { missing: false, answers, additionals: [], why };
}

function typeOf({ host }: Target): 'A' | 'AAAA' | 'CNAME' {
  return familyOf(host) === null ? 'CNAME' : addressType(host);
}

function addressType(ip: string): 'A' | 'AAAA' {
  return familyOf(ip) === 'IPv6' ? 'AAAA' : 'A';
}
