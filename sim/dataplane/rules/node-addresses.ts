import type { Node } from '../../cluster/api/node.ts';
import type { IPFamily } from '../../cluster/api/service.ts';
import { canonicalIP, familyOf, inCIDR } from '../../cluster/ip.ts';

const LOOPBACK: Readonly<Record<IPFamily, string>> = { IPv4: '127.0.0.1', IPv6: '::1' };
export const LOOPBACK_BLOCK: Readonly<Record<IPFamily, string>> = { IPv4: '127.0.0.0/8', IPv6: '::1/128' };

/** The node's own addresses of a family, in the order of its status, without loopback. */
export function nodeIPs(node: Node, family: IPFamily): string[] {
  const addresses = node.status.addresses.map(({ address }) => address).filter((ip) => familyOf(ip) === family);
  return [...new Set(addresses.map(canonicalIP))];
}

/** The first InternalIP of the family: what masqueraded packets come from. undefined: the node has none. */
export function primaryIP(node: Node, family: IPFamily): string | undefined {
  const internal = node.status.addresses.find(
    ({ type, address }) => type === 'InternalIP' && familyOf(address) === family,
  );
  return internal === undefined ? nodeIPs(node, family)[0] : canonicalIP(internal.address);
}

/** Is it what netfilter calls a LOCAL address on this node? */
export function isLocalAddress(node: Node, ip: string): boolean {
  const family = familyOf(ip);
  return family !== null && (inCIDR(ip, LOOPBACK_BLOCK[family]) || nodeIPs(node, family).includes(canonicalIP(ip)));
}

export interface NodePortAddresses {
  /** Every local address takes node ports. */
  matchesAll: boolean;
  /** The node's addresses that do, loopback among them where a block has it. */
  ips: string[];
}

/**
 * @param blocks as configured; `primary` is the primary address; none of this family: all
 * @source kubernetes pkg/proxy/util/nodeport_addresses.go
 */
export function nodePortAddresses(node: Node, family: IPFamily, blocks: readonly string[]): NodePortAddresses {
  const own = blocks
    .map((block) => (block === 'primary' ? singleAddressBlock(primaryIP(node, family) ?? '') : block.trim()))
    .filter((block) => familyOf(block.split('/')[0]!) === family);
  const isIn = (ip: string) => own.some((block) => inCIDR(ip, block));
  return {
    matchesAll: own.length === 0 || own.some((block) => block.endsWith('/0')),
    ips: [LOOPBACK[family], ...nodeIPs(node, family)].filter((ip) => own.length === 0 || isIn(ip)),
  };
}

/** `10.0.0.1/32`, `fd00::1/128`. */
export function singleAddressBlock(ip: string): string {
  return `${ip}/${ip.includes(':') ? 128 : 32}`;
}

/** The blocks of a family in a list such as `10.244.0.0/16,fd00::/56`. */
export function blocksOf(list: string | null | undefined, family: IPFamily): string[] {
  return (list ?? '')
    .split(',')
    .map((block) => block.trim())
    .filter((block) => familyOf(block.split('/')[0]!) === family);
}
