import { formatIPv4, parseIPv4 } from '../cluster/address.ts';
import { canonicalIP, familyOf } from '../cluster/ip.ts';

/**
 * Every Pod address that was ever given out, as a small integer, and who holds it now. Clients and rules keep the
 * integer; whoever sends a packet asks for the holder at that moment, so a reused address answers as the wrong workload.
 */
export class AddressBook {
  readonly #indexOf = new Map<number, number>();
  readonly #ips: number[] = [];
  /** By index; of IPv4 addresses none. */
  readonly #texts: (string | undefined)[] = [];
  readonly #indexOfText = new Map<string, number>();
  #holders = new Int32Array(64).fill(-1);

  get count(): number {
    return this.#ips.length;
  }

  /** @param ip u32 @returns its index, a new one for a new address */
  indexOf(ip: number): number {
    let index = this.#indexOf.get(ip);
    if (index === undefined) {
      index = this.#add(ip);
      this.#indexOf.set(ip, index);
    }
    return index;
  }

  /** @param ip of either family @returns its index, a new one for a new address */
  indexOfText(ip: string): number {
    if (familyOf(ip) === 'IPv4') return this.indexOf(parseIPv4(ip));
    const text = canonicalIP(ip);
    let index = this.#indexOfText.get(text);
    if (index === undefined) {
      index = this.#add(0);
      this.#texts[index] = text;
      this.#indexOfText.set(text, index);
    }
    return index;
  }

  #add(ip: number): number {
    const index = this.#ips.push(ip) - 1;
    if (index >= this.#holders.length) {
      const grown = new Int32Array(this.#holders.length * 2).fill(-1);
      grown.set(this.#holders);
      this.#holders = grown;
    }
    return index;
  }

  /** Of an IPv4 address, u32. */
  ip(index: number): number {
    return this.#ips[index]!;
  }

  text(index: number): string {
    return this.#texts[index] ?? formatIPv4(this.#ips[index]!);
  }

  /** @returns the slot of the Pod that has the address now; -1: nobody */
  holder(index: number): number {
    return this.#holders[index]!;
  }

  setHolder(index: number, pod: number): void {
    this.#holders[index] = pod;
  }
}
