/**
 * What was published of each Service, and from when: one log for the whole cluster, in the order of publication. A node's
 * proxy is a cursor into it (`node-proxies.ts`), so a change costs the same whatever the number of nodes.
 */
export class ChangeLog<T> {
  /** By entry: when the control plane published it, ns; and how many endpoints the Service has had from then on. */
  #publishedAt = new Float64Array(64);
  #sizes = new Int32Array(64);
  #count = 0;
  /** By Service slot: the entries that changed it, ascending, and what holds from each on. */
  readonly #entries: number[][] = [];
  readonly #states: T[][] = [];

  get count(): number {
    return this.#count;
  }

  /** @param size endpoints that a proxy writes for this entry @param now ns */
  append(service: number, state: T, size: number, now: number): void {
    if (this.#count === this.#publishedAt.length) {
      const publishedAt = new Float64Array(this.#count * 2);
      publishedAt.set(this.#publishedAt);
      this.#publishedAt = publishedAt;
      const sizes = new Int32Array(this.#count * 2);
      sizes.set(this.#sizes);
      this.#sizes = sizes;
    }
    while (this.#entries.length <= service) {
      this.#entries.push([]);
      this.#states.push([]);
    }
    this.#entries[service]!.push(this.#count);
    this.#states[service]!.push(state);
    this.#sizes[this.#count] = size;
    this.#publishedAt[this.#count++] = now;
  }

  publishedAt(entry: number): number {
    return this.#publishedAt[entry]!;
  }

  sizeOf(entry: number): number {
    return this.#sizes[entry]!;
  }

  /** What a Service is for someone who has seen the first `cursor` entries; undefined when there was none of it yet. */
  at(service: number, cursor: number): T | undefined {
    const entries = this.#entries[service];
    if (entries === undefined) return undefined;
    let i = entries.length - 1;
    // Nearly everybody has seen the newest; a node that lags is a few entries behind.
    while (i >= 0 && entries[i]! >= cursor) i--;
    return i < 0 ? undefined : this.#states[service]![i];
  }

  /** The number of entries published up to `time`: the cursor of someone without any delay. */
  cursorAt(time: number): number {
    let cursor = this.#count;
    while (cursor > 0 && this.#publishedAt[cursor - 1]! > time) cursor--;
    return cursor;
  }
}
