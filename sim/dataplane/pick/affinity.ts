/**
 * Which backend a client keeps, for one Service port on one node: `sessionAffinity: ClientIP`. Time counts from the
 * client's last new connection, so an open one does not keep the entry alive.
 * @source linux net/netfilter/xt_recent.c (`--rcheck --seconds`, `--set`), nft sets with a timeout; ip_vs persistence and
 *   the LRU map of an eBPF data plane come to the same
 * @simplifies in ip_vs an entry lives on while a connection that it made is open
 */
export class ClientAffinity {
  readonly #timeout: number;
  readonly #capacity: number;
  /** By client, the one that connected longest ago first. */
  readonly #entries = new Map<number, { backend: string; at: number }>();

  /**
   * @param timeout ns
   * @param capacity clients that are remembered for each backend: xt_recent's `ip_list_tot`; other modes know no such limit
   */
  constructor(timeout: number, capacity = Number.POSITIVE_INFINITY) {
    this.#timeout = timeout;
    this.#capacity = capacity;
  }

  /** @returns `ip:port`; undefined: the client is free */
  backendOf(client: number, now: number): string | undefined {
    const entry = this.#entries.get(client);
    return entry === undefined || now - entry.at > this.#timeout ? undefined : entry.backend;
  }

  /** A new connection of the client went to a backend. */
  connected(client: number, backend: string, now: number): void {
    this.#entries.delete(client);
    this.#entries.set(client, { backend, at: now });
    if (this.#entries.size > this.#capacity) this.#forgetOldest(backend);
  }

  #forgetOldest(backend: string): void {
    const own = [...this.#entries].filter(([, entry]) => entry.backend === backend);
    if (own.length > this.#capacity) this.#entries.delete(own[0]![0]);
  }
}

/** Clients that xt_recent remembers for each endpoint. @source linux net/netfilter/xt_recent.c ip_list_tot */
export const RECENT_LIST_CAPACITY = 100;
