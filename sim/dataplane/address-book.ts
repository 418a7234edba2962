/**
 * Every Pod address that was ever given out, as a small integer, and who holds it now. Clients and rules keep the
 * integer; whoever sends a packet asks for the holder at that moment, so a reused address answers as the wrong workload.
 */
export class AddressBook {
  readonly #indexOf = new Map<number, number>();
  readonly #ips: number[] = [];
  #holders = new Int32Array(64).fill(-1);

  get count(): number {
    return this.#ips.length;
  }

  /** @param ip u32 @returns its index, a new one for a new address */
  indexOf(ip: number): number {
    const known = this.#indexOf.get(ip);
    if (known !== undefined) return known;
    const index = this.#ips.push(ip) - 1;
    this.#indexOf.set(ip, index);
    if (index >= this.#holders.length) {
      const grown = new Int32Array(this.#holders.length * 2).fill(-1);
      grown.set(this.#holders);
      this.#holders = grown;
    }
    return index;
  }

  ip(index: number): number {
    return this.#ips[index]!;
  }

  /** @returns the slot of the Pod that has the address now; -1: nobody */
  holder(index: number): number {
    return this.#holders[index]!;
  }

  setHolder(index: number, pod: number): void {
    this.#holders[index] = pod;
  }
}
