import { inCIDR } from '../../cluster/ip.ts';
import { nodePortAddresses, primaryIP } from '../rules/node-addresses.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import type { PortView, ProxyView } from '../rules/proxy-view.ts';
import { ipvsRules } from './filter-rules.ts';
import { emptySets, type SetName, setName } from './ip-sets.ts';
import { type IpvsProgram, serverKey } from './program.ts';

/**
 * Virtual servers, sets and rules of one node and family.
 * @source kubernetes pkg/proxy/ipvs/proxier.go syncProxyRules, syncEndpoint
 */
export function compileIpvs(view: ProxyView): IpvsProgram {
  const { family, input } = view;
  const { node, settings } = input;
  const program: Omit<IpvsProgram, 'rules'> = {
    family,
    servers: new Map(),
    boundAddresses: new Set(),
    sets: emptySets(family),
  };
  const blocks = nodePortAddresses(node, family, settings.nodePortAddresses);
  const nodePortIPs = blocks.ips.filter((ip) => !ip.startsWith('127.') && ip !== '::1');
  const nodeIP = primaryIP(node, family);
  const closedToNode: { ip: string; view: PortView }[] = [];
  for (const port of view.ports) {
    new PortCompiler(program, port, settings.scheduler).compile(nodePortIPs, nodeIP, closedToNode);
  }
  for (const ip of program.boundAddresses) program.sets.get(setName('IPVS-IPS', family))!.entries.add(ip);
  const rules = ipvsRules(program, {
    masqueradeAll: settings.masqueradeAll,
    podBlock: view.podBlock,
    nodeIP,
    closedToNode: closedToNode.map(({ ip, view: { port } }) => ({ ip, port: port.port, protocol: port.protocol })),
  });
  return { ...program, rules };
}

class PortCompiler {
  readonly #program: Omit<IpvsProgram, 'rules'>;
  readonly #view: PortView;
  readonly #scheduler: string;
  readonly #protocol: string;

  constructor(program: Omit<IpvsProgram, 'rules'>, view: PortView, scheduler: string) {
    this.#program = program;
    this.#view = view;
    this.#scheduler = scheduler;
    this.#protocol = view.port.protocol.toLowerCase();
  }

  compile(
    nodePortIPs: readonly string[],
    nodeIP: string | undefined,
    closedToNode: { ip: string; view: PortView }[],
  ): void {
    const { port, reachable } = this.#view;
    for (const { ip, port: number, isLocal } of reachable) {
      if (isLocal) this.#add('LOOP-BACK', `${this.#entry(ip, number)},${ip}`);
    }
    this.#add('CLUSTER-IP', this.#entry(port.clusterIP, port.port));
    this.#serve(port.clusterIP, port.port, port.internalPolicyLocal, true);
    for (const ip of port.externalIPs) {
      this.#add(port.externalPolicyLocal ? 'EXTERNAL-IP-LOCAL' : 'EXTERNAL-IP', this.#entry(ip, port.port));
      this.#serve(ip, port.port, port.externalPolicyLocal, true);
    }
    for (const ip of port.loadBalancerVIPs) {
      this.#add('LOAD-BALANCER', this.#entry(ip, port.port));
      if (port.externalPolicyLocal) this.#add('LOAD-BALANCER-LOCAL', this.#entry(ip, port.port));
      if (port.sourceRanges.length > 0 && !this.#guard(ip, nodeIP)) closedToNode.push({ ip, view: this.#view });
      this.#serve(ip, port.port, port.externalPolicyLocal, true);
    }
    if (port.nodePort !== 0) this.#addNodePort(nodePortIPs);
    if (port.healthCheckNodePort !== 0) this.#add('HEALTH-CHECK-NODE-PORT', `${port.healthCheckNodePort}`);
  }

  /** @returns may the node itself use the address? */
  #guard(ip: string, nodeIP: string | undefined): boolean {
    const { port } = this.#view;
    const entry = this.#entry(ip, port.port);
    this.#add('LOAD-BALANCER-FW', entry);
    for (const range of port.sourceRanges) this.#add('LOAD-BALANCER-SOURCE-CIDR', `${entry},${range}`);
    const letsNodeIn = nodeIP !== undefined && port.sourceRanges.some((range) => inCIDR(nodeIP, range));
    if (letsNodeIn) this.#add('LOAD-BALANCER-SOURCE-IP', `${entry},${ip}`);
    return letsNodeIn;
  }

  #addNodePort(nodePortIPs: readonly string[]): void {
    const { port } = this.#view;
    const { nodePort, externalPolicyLocal, protocol } = port;
    for (const ip of nodePortIPs) {
      // The sets of TCP and UDP hold bare ports.
      const entry = protocol === 'SCTP' ? this.#entry(ip, nodePort) : `${nodePort}`;
      const suffix = protocol === 'SCTP' ? 'SCTP-HASH' : protocol;
      this.#add(`NODE-PORT-${suffix}`, entry);
      if (externalPolicyLocal) this.#add(`NODE-PORT-LOCAL-${suffix}`, entry);
      this.#serve(ip, nodePort, externalPolicyLocal, false);
    }
  }

  #serve(ip: string, port: number, onlyLocal: boolean, isBound: boolean): void {
    const { text, protocol, affinitySeconds } = this.#view.port;
    const realServers = this.#endpoints(onlyLocal)
      .map(({ ip: own, port: number, address }) => ({ ip: own, port: number, address, weight: 1 }))
      // kube-proxy adds them in the order of their texts, and the kernel puts each before the others.
      .reverse();
    this.#program.servers.set(serverKey(ip, port, protocol), {
      ip,
      port,
      protocol,
      scheduler: this.#scheduler,
      persistentSeconds: affinitySeconds,
      realServers,
      text,
    });
    if (isBound) this.#program.boundAddresses.add(ip);
  }

  /** Under policy Local without an endpoint here: those of the cluster, so that the node's own Pods have some. */
  #endpoints(onlyLocal: boolean): ProxiedEndpoint[] {
    return onlyLocal && this.#view.local.length > 0 ? this.#view.local : this.#view.cluster;
  }

  #entry(ip: string, port: number): string {
    return `${ip},${this.#protocol}:${port}`;
  }

  #add(set: SetName, entry: string): void {
    this.#program.sets.get(setName(set, this.#program.family))!.entries.add(entry);
  }
}
