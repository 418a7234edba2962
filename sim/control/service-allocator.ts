import { formatIPv4, parseCIDR } from '../cluster/address.ts';
import type { IPFamily, Service, ServicePort } from '../cluster/api/service.ts';
import { familyOf } from '../cluster/ip.ts';
import type { ClusterSettings } from '../input/scenario.ts';

/** @source kube-apiserver --service-node-port-range */
const NODE_PORTS = { first: 30000, last: 32767 };

/**
 * The addresses and node ports that the API server gives a Service which does not name its own. Ranges keep their first
 * part for those that do: dynamic allocation begins behind it.
 * @source pkg/registry/core/service/storage/alloc.go; KEP-3070 (cluster IPs), KEP-3668 (node ports)
 * @simplifies addresses are given in order, where the real one draws at random; the range is never exhausted
 */
export class ServiceAllocator {
  readonly #base: number;
  readonly #prefix6: string;
  readonly #taken = new Set<string>();
  readonly #takenPorts = new Set<number>();
  #next: number;
  #next6 = 256;
  #nextPort: number;

  constructor({ serviceCIDR, serviceCIDRv6 }: Pick<ClusterSettings, 'serviceCIDR' | 'serviceCIDRv6'>) {
    const { base, bits } = parseCIDR(serviceCIDR);
    const size = 2 ** (32 - bits);
    this.#base = base;
    this.#next = Math.min(Math.max(16, Math.floor(size / 16)), 256, Math.floor(size / 2));
    this.#prefix6 = serviceCIDRv6.split('/')[0]!;
    const ports = NODE_PORTS.last - NODE_PORTS.first + 1;
    this.#nextPort = NODE_PORTS.first + Math.min(Math.max(16, Math.floor(ports / 32)), 128);
  }

  /**
   * Fills in families, addresses, node ports and the health check's port.
   * @param old what the Service was before this write: what it was given survives
   */
  allocate(service: Service, old?: Service): void {
    const { spec } = service;
    if (spec.type === 'ExternalName') {
      if (old !== undefined) this.release(old);
      return;
    }
    if (old !== undefined) this.#keep(service, old);
    this.#families(service);
    this.#clusterIPs(service);
    this.#nodePorts(service);
  }

  release({ spec }: Service): void {
    for (const ip of spec.clusterIPs ?? []) this.#taken.delete(ip);
    for (const { nodePort } of spec.ports ?? []) if (nodePort) this.#takenPorts.delete(nodePort);
    if (spec.healthCheckNodePort) this.#takenPorts.delete(spec.healthCheckNodePort);
  }

  #keep({ spec }: Service, { spec: old }: Service): void {
    if (!spec.clusterIP && !spec.clusterIPs?.length && old.clusterIP) {
      spec.clusterIP = old.clusterIP;
      if (old.clusterIPs) spec.clusterIPs = old.clusterIPs;
      if (!spec.ipFamilies && old.ipFamilies) spec.ipFamilies = old.ipFamilies;
      spec.ipFamilyPolicy ??= old.ipFamilyPolicy!;
    }
    for (const port of spec.ports ?? []) {
      const before = old.ports?.find((each) => each.port === port.port && each.protocol === port.protocol);
      if (before?.nodePort && !port.nodePort) port.nodePort = before.nodePort;
    }
    if (old.healthCheckNodePort && !spec.healthCheckNodePort) spec.healthCheckNodePort = old.healthCheckNodePort;
  }

  /** @simplifies the cluster is dual-stack, IPv4 first */
  #families({ spec }: Service): void {
    const given = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
    const known = given.map(familyOf).filter((family) => family !== null);
    const families: IPFamily[] = spec.ipFamilies?.length ? [...spec.ipFamilies] : known.length > 0 ? known : ['IPv4'];
    const headless = given[0] === 'None';
    const hasSelector = Object.keys(spec.selector ?? {}).length > 0;
    spec.ipFamilyPolicy ??= headless && !hasSelector ? 'RequireDualStack' : 'SingleStack';
    if (spec.ipFamilyPolicy === 'SingleStack') families.length = 1;
    else if (families.length === 1) families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    spec.ipFamilies = families;
  }

  #clusterIPs({ spec }: Service): void {
    const given = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
    if (given[0] === 'None') spec.clusterIPs = ['None'];
    else {
      spec.clusterIPs = spec.ipFamilies!.map(
        (family) => given.find((ip) => familyOf(ip) === family) ?? this.#free(family),
      );
      for (const ip of spec.clusterIPs) this.#taken.add(ip);
    }
    spec.clusterIP = spec.clusterIPs[0]!;
  }

  #free(family: IPFamily): string {
    for (;;) {
      const ip =
        family === 'IPv4'
          ? formatIPv4(this.#base + ++this.#next)
          : `${this.#prefix6.replace(/::$/, '')}::${(++this.#next6).toString(16)}`;
      if (!this.#taken.has(ip)) return ip;
    }
  }

  #nodePorts({ spec }: Service): void {
    const wants =
      spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && (spec.allocateLoadBalancerNodePorts ?? true));
    const ports = spec.ports ?? [];
    for (const { nodePort } of ports) if (nodePort) this.#takenPorts.add(nodePort);
    if (spec.type === 'ClusterIP') for (const port of ports) delete port.nodePort;
    if (wants) {
      for (const port of ports) if (!port.nodePort) port.nodePort = this.#sharedPort(ports, port) ?? this.#freePort();
    }
    if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
      spec.healthCheckNodePort ||= this.#freePort();
    } else delete spec.healthCheckNodePort;
  }

  /** One number in two protocols has one node port. @source alloc.go allocateNodePorts: findMatchedPort */
  #sharedPort(ports: readonly ServicePort[], { port, protocol }: ServicePort): number | undefined {
    return ports.find((each) => each.port === port && each.protocol !== protocol && each.nodePort)?.nodePort;
  }

  #freePort(): number {
    while (this.#takenPorts.has(this.#nextPort)) this.#nextPort++;
    this.#takenPorts.add(this.#nextPort);
    return this.#nextPort;
  }
}
