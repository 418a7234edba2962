import { parseCIDR } from '../../cluster/address.ts';
import type { Node } from '../../cluster/api/node.ts';

interface Range {
  base: number;
  size: number;
  next: number;
  /** By offset: ns from which the address is free; Infinity while a Pod has it. */
  freeFrom: Map<number, number>;
  /** Ranges are numbered as they are first used: what tells nodes apart in IPv6. */
  number: number;
}

/**
 * Gives out Pod addresses from each node's Pod CIDR: the next higher one that is free, wrapping around, and not before
 * a released one has rested.
 * @source containernetworking host-local IPAM (next address after the last one given); AWS VPC CNI's cooldown
 */
export class PodAddresses {
  readonly #reuse: number;
  readonly #prefix6: string;
  readonly #ranges = new Map<string, Range>();

  /** @param reuse ns that a released address rests @param podCIDRv6 empty: Pods have IPv4 addresses alone */
  constructor(reuse: number, podCIDRv6 = '') {
    this.#reuse = reuse;
    this.#prefix6 = podCIDRv6.split('/')[0]!.replace(/::$/, '');
  }

  /** @returns a u32 address; -1: every address of the node's range is held or rests */
  take(node: Node, now: number): number {
    const range = this.#rangeOf(node);
    for (let i = 0; i < range.size; i++) {
      const offset = range.next;
      range.next = (range.next + 1) % range.size;
      if ((range.freeFrom.get(offset) ?? 0) <= now) {
        range.freeFrom.set(offset, Infinity);
        return range.base + offset;
      }
    }
    return -1;
  }

  /** The IPv6 address that goes with an IPv4 one; undefined in a cluster without. */
  ipv6(node: Node, address: number): string | undefined {
    if (this.#prefix6 === '') return undefined;
    const range = this.#rangeOf(node);
    // The canonical spelling leaves a zero out that stands before the gap.
    const network = range.number === 0 ? this.#prefix6 : `${this.#prefix6}:${range.number.toString(16)}`;
    return `${network}::${(address - range.base + 2).toString(16)}`;
  }

  release(node: Node, address: number, now: number): void {
    const range = this.#rangeOf(node);
    range.freeFrom.set(address - range.base, now + this.#reuse);
  }

  #rangeOf(node: Node): Range {
    const cidr = node.spec.podCIDR!;
    const known = this.#ranges.get(cidr);
    if (known) return known;
    const { base, bits } = parseCIDR(cidr);
    // Without the network's address, the bridge's (the first) and the broadcast address.
    const range = {
      base: base + 2,
      size: Math.max(1, 2 ** (32 - bits) - 3),
      next: 0,
      freeFrom: new Map(),
      number: this.#ranges.size,
    };
    this.#ranges.set(cidr, range);
    return range;
  }
}
