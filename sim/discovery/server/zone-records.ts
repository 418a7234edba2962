import { familyOf } from '../../cluster/ip.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { RecordType, ResourceRecord, StartOfAuthority } from '../message.ts';
import { absolute, addressOfReverse, isReverse, isWithin } from '../names.ts';
import { namesOfAddress, serverAddresses } from './cluster-addresses.ts';
import { type Found, findName, type Target } from './cluster-names.ts';
import { NO_PORT } from './published.ts';
import { parseRequestName } from './request-name.ts';
import type { DNSServerSettings } from './settings.ts';

/** Of the dns-version record. */
const SCHEMA_VERSION = '1.1.0';
const SCHEMA_TTL = 28_800;
/** A chain of CNAMEs in a zone ends here. */
const MOST_ALIASES = 8;

/** What a zone has under a name. */
interface Records {
  /** There is no such name. */
  missing: boolean;
  answers: ResourceRecord[];
  additionals: ResourceRecord[];
  why: string;
}

/**
 * The records that the cluster's objects make in a zone, by the type that is asked for.
 * @source CoreDNS plugin/kubernetes/kubernetes.go, Services and Reverse; plugin/backend_lookup.go
 */
export class ZoneRecords {
  readonly #objects: ClusterObjects;
  readonly #settings: DNSServerSettings;
  readonly #elsewhere: (name: string, type: RecordType) => ResourceRecord[];

  /** @param elsewhere looks a name up that is not in the zone */
  constructor(
    objects: ClusterObjects,
    settings: DNSServerSettings,
    elsewhere: (name: string, type: RecordType) => ResourceRecord[],
  ) {
    this.#objects = objects;
    this.#settings = settings;
    this.#elsewhere = elsewhere;
  }

  /** @param name in `zone`, both absolute */
  of(name: string, zone: string, type: RecordType): Records {
    switch (type) {
      case 'A':
      case 'AAAA':
        return this.#addresses(name, zone, type, []);
      case 'SRV':
        return this.#services(name, zone);
      case 'PTR':
        return this.#pointers(name, zone);
      case 'CNAME':
        return this.#alias(name, zone);
      case 'TXT':
        return this.#text(name, zone);
      case 'SOA':
        return found(name === zone ? [this.#startOfAuthority(zone)] : [], 'only the zone itself has one');
      case 'NS':
        if (name.toLowerCase() === zone) return this.#nameServers(zone);
    }
    // of other types it is only told whether the name is there
    return { ...this.#addresses(name, zone, 'A', []), answers: [] };
  }

  #find(name: string, zone: string): Found {
    if (name.toLowerCase() === `ns.dns.${zone}`.toLowerCase()) {
      const own = serverAddresses(this.#objects, this.#settings.ownAddresses);
      return { missing: false, targets: own.map(({ ip }) => ({ owner: 'ns.dns', host: ip, port: NO_PORT })), why: OWN };
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
    const hosts = new Map(targets.map((target) => [target.host, target]));
    const answers = [...hosts.values()].flatMap((target) => {
      const own = typeOf(target);
      if (own === 'CNAME') return this.#chase(name, zone, type, target, before);
      return own === type ? [this.#record(name, own, target.host)] : [];
    });
    return { missing, answers, additionals: [], why };
  }

  /** The CNAME, and what is behind it. */
  #chase(name: string, zone: string, type: 'A' | 'AAAA', { host }: Target, before: ResourceRecord[]): ResourceRecord[] {
    const alias = this.#record(name, 'CNAME', absolute(host));
    const isLoop = isWithin(alias.data, name) || before.some(({ data }) => data === alias.data);
    if (isLoop || before.length >= MOST_ALIASES) return [];
    if (!isWithin(alias.data, zone)) return [alias, ...this.#elsewhere(alias.data, type)];
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

  #pointers(name: string, zone: string): Records {
    const ip = addressOfReverse(name);
    if (ip === null) return { ...this.#find(name, zone), answers: [], additionals: [] };
    const { names, why } = namesOfAddress(ip, this.#objects, this.#settings);
    const domain = this.#settings.zones.find((each) => !isReverse(each)) ?? this.#settings.zones[0]!;
    const answers = names.map((each) => this.#record(name, 'PTR', `${each}.svc.${domain}`));
    return { missing: names.length === 0, answers, additionals: [], why };
  }

  #alias(name: string, zone: string): Records {
    const { missing, targets, why } = this.#find(name, zone);
    const aliases = targets.slice(0, 1).filter((target) => typeOf(target) === 'CNAME');
    const answers = aliases.map(({ host }) => this.#record(name, 'CNAME', absolute(host)));
    return { missing, answers, additionals: [], why };
  }

  /** Only dns-version has text. Another name is told to be there only if it leads somewhere; `svc.cluster.local.` does not. */
  #text(name: string, zone: string): Records {
    if (name.toLowerCase() === `dns-version.${zone}`.toLowerCase()) {
      const record = { ...this.#record(name, 'TXT', SCHEMA_VERSION), ttl: SCHEMA_TTL };
      return found([record], 'the version of the schema of names');
    }
    const { missing, targets, why } = findName(parseRequestName(name, zone), this.#objects, this.#settings);
    return { missing: missing || targets.length === 0, answers: [], additionals: [], why };
  }

  /** The server itself: by the name of its Service, else as ns.dns. */
  #nameServers(zone: string): Records {
    const own = serverAddresses(this.#objects, this.#settings.ownAddresses);
    const additionals = own.map(({ name, ip }) => this.#record(`${name}.${zone}`, addressType(ip), ip));
    const names = [...new Set(additionals.map(({ name }) => name))];
    return {
      ...found(
        names.map((name) => this.#record(zone, 'NS', name)),
        OWN,
      ),
      additionals,
    };
  }

  /** @simplifies the serial number, in CoreDNS the time of the last change, is always 1 */
  #startOfAuthority(zone: string): ResourceRecord {
    const { ttl, minimum } = startOfAuthority(zone, this.#settings.ttl);
    return { name: zone, type: 'SOA', ttl, data: `ns.dns.${zone} hostmaster.${zone} 1 7200 1800 86400 ${minimum}` };
  }

  #record(name: string, type: RecordType, data: string): ResourceRecord {
    return { name, type, ttl: this.#settings.ttl, data };
  }
}

/** @param ttl of the server's answers, seconds */
export function startOfAuthority(zone: string, ttl: number): StartOfAuthority {
  return { zone, ttl: Math.min(ttl, 300), minimum: ttl };
}

const OWN = 'the server itself';

function found(answers: ResourceRecord[], why: string): Records {
  return { missing: false, answers, additionals: [], why };
}

function typeOf({ host }: Target): 'A' | 'AAAA' | 'CNAME' {
  return familyOf(host) === null ? 'CNAME' : addressType(host);
}

function addressType(ip: string): 'A' | 'AAAA' {
  return familyOf(ip) === 'IPv6' ? 'AAAA' : 'A';
}
