import type { Protocol } from '../../cluster/api/meta.ts';
import type { NetworkPolicy } from '../../cluster/api/networking.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { inCIDR } from '../../cluster/ip.ts';
import type { ClusterSettings } from '../../input/scenario.ts';
import type { NamespaceLabels, Party } from '../policy/party.ts';
import { declaredPorts } from '../policy/peer-match.ts';
import type { NodeFirewall } from '../port-routes.ts';
import { blocksOf, nodeIPs } from '../rules/node-addresses.ts';
import type { ProxyInput } from '../rules/proxy-input.ts';

/** What is so at an instant of a run, and no object tells. */
export interface LiveState {
  /** Has the node of this name lost power? */
  isDown(node: string): boolean;
  /** Does nothing come through between two nodes? @param from null: outside the cluster */
  isCut(from: string | null, to: string): boolean;
  /** Does the Pod's process take connections: has it started, and not begun to end? */
  isListening(pod: Pod): boolean;
}

/** What lies around the nodes. */
export interface Surroundings {
  /** What a packet to an address that nobody has meets. */
  deadAddress: ClusterSettings['network']['deadAddress'];
  /** Which ports of nodes what comes from outside gets to; null: there is no firewall. */
  nodeFirewall: NodeFirewall;
  /** null: nothing runs, and all is taken to work. */
  live: LiveState | null;
}

/** All that decides what becomes of a connection. */
export interface Network {
  /** Of the node where the packet meets a data plane. */
  proxy: ProxyInput;
  nodes: readonly Node[];
  pods: readonly Pod[];
  policies: readonly NetworkPolicy[];
  namespaces: NamespaceLabels;
  around: Surroundings;
}

/**
 * Who has an address at this moment: a Pod, a node (its Pods in the node's network by the port that they declare), or
 * somebody unknown.
 * @param sender localhost is the sender's own
 */
export function partyAt(network: Network, ip: string, port: number, protocol: Protocol, sender: Party): Party {
  const isLoopback = isLoopbackIP(ip);
  if (isLoopback && sender.pod !== undefined && sender.pod.spec.hostNetwork !== true) return sender;
  const node = isLoopback ? network.proxy.node : nodeAt(network.nodes, ip);
  if (node === undefined) {
    const pod = network.pods.find((each) => holds(each, ip));
    return pod === undefined ? { ip } : { ip, pod, nodeName: pod.spec.nodeName };
  }
  const nodeName = node.metadata.name;
  const pod = network.pods.find(
    (each) => each.spec.hostNetwork === true && each.spec.nodeName === nodeName && declares(each, port, protocol),
  );
  return pod === undefined ? { ip, nodeName } : { ip, pod, nodeName };
}

/** Does a container of the Pod declare the port? */
export function declares(pod: Pod, port: number, protocol: Protocol): boolean {
  return declaredPorts(pod).some((own) => own.containerPort === port && own.protocol === protocol);
}

/** @returns why nobody can have the address; null: somebody may, outside of what is known */
export function nobodyAt(network: Network, ip: string): string | null {
  const family = ip.includes(':') ? 'IPv6' : 'IPv4';
  const { services, settings } = network.proxy;
  if (isLoopbackIP(ip) || nodeAt(network.nodes, ip) !== undefined) return null;
  const virtual = services.find(({ spec }) => (spec.clusterIPs ?? [spec.clusterIP]).includes(ip));
  if (virtual !== undefined) {
    const name = `${virtual.metadata.namespace}/${virtual.metadata.name}`;
    return `${ip} is the ClusterIP of ${name}, but no rule is for this port: the packet is routed away, and nobody has the address`;
  }
  const isIn = (blocks: readonly string[]) => blocks.some((block) => inCIDR(ip, block));
  if (isIn(blocksOf(settings.serviceCIDR, family))) return `no Service has the address ${ip}`;
  if (isIn(blocksOf(settings.clusterCIDR, family))) return `no Pod has the address ${ip}`;
  return null;
}

/** The node that has an address. */
export function nodeAt(nodes: readonly Node[], ip: string): Node | undefined {
  return nodes.find((node) => nodeIPs(node, ip.includes(':') ? 'IPv6' : 'IPv4').includes(ip));
}

function isLoopbackIP(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}

function holds({ status, spec }: Pod, ip: string): boolean {
  if (spec.hostNetwork === true || status.phase === 'Succeeded' || status.phase === 'Failed') return false;
  return status.podIP === ip || status.podIPs?.some((each) => each.ip === ip) === true;
}
