/**
 * What a Service's endpoints were, and from when: one log for the whole cluster, in the order of publication. A node's
 * proxy is a cursor into it (`node-proxies.ts`), so a change costs the same whatever the number of nodes.
 */
export class ChangeLog {
  /** By entry: when the control plane published it, ns. */
  #publishedAt = new Float64Array(64);
  #count = 0;
  /** By Service slot: the entries that changed it, ascending, and the endpoints from each on (address indices). */
  readonly #entries: number[][] = [];
  readonly #endpoints: Int32Array[][] = [];

  get count(): number {
    return this.#count;
  }

  /** @param endpoints address indices that new connections may go to @param now ns */
  append(service: number, endpoints: Int32Array, now: number): void {
    if (this.#count === this.#publishedAt.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#publishedAt);
      this.#publishedAt = grown;
    }
    while (this.#entries.length <= service) {
      this.#entries.push([]);
      this.#endpoints.push([]);
    }
    this.#entries[service]!.push(this.#count);
    this.#endpoints[service]!.push(endpoints);
    this.#publishedAt[this.#count++] = now;
  }

  publishedAt(entry: number): number {
    return this.#publishedAt[entry]!;
  }

  /** The endpoints of a Service for someone who has seen the first `cursor` entries. Empty when there were none yet. */
  endpoints(service: number, cursor: number): Int32Array {
    const entries = this.#entries[service];
    if (entries === undefined) return NONE;
    let i = entries.length - 1;
    // Nearly everybody has seen the newest; a node that lags is a few entries behind.
    while (i >= 0 && entries[i]! >= cursor) i--;
    return i < 0 ? NONE : this.#endpoints[service]![i]!;
  }

  /** The number of entries published up to `time`: the cursor of someone without any delay. */
  cursorAt(time: number): number {
    let cursor = this.#count;
    while (cursor > 0 && this.#publishedAt[cursor - 1]! > time) cursor--;
    return cursor;
  }
}

const NONE = new Int32Array(0);
