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
  readonly #backendOf = new Map<number, string>();
  /** By backend: when each of its clients last connected, ns, the one that did longest ago first. */
  readonly #clientsOf = new Map<string, Map<number, number>>();

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
    const backend = this.#backendOf.get(client);
    if (backend === undefined) return undefined;
    return now - this.#clientsOf.get(backend)!.get(client)! > this.#timeout ? undefined : backend;
  }

  /** A new connection of the client went to a backend. */
  connected(client: number, backend: string, now: number): void {
    const before = this.#backendOf.get(client);
    if (before !== undefined) this.#clientsOf.get(before)!.delete(client);
    if (before !== backend) this.#backendOf.set(client, backend);
    let clients = this.#clientsOf.get(backend);
    if (clients === undefined) {
      clients = new Map();
      this.#clientsOf.set(backend, clients);
    }
    clients.set(client, now);
    this.#forget(clients, now);
  }

  /** Those whose time is over, and the one that connected longest ago if there are too many. */
  #forget(clients: Map<number, number>, now: number): void {
    for (const [client, at] of clients) {
      if (clients.size <= this.#capacity && now - at <= this.#timeout) return;
      clients.delete(client);
      this.#backendOf.delete(client);
    }
  }
}

/** Clients that xt_recent remembers for each endpoint. @source linux net/netfilter/xt_recent.c ip_list_tot */
export const RECENT_LIST_CAPACITY = 100;
