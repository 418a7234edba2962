import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';
import { RESET } from '../trace/outcomes.ts';
import { type CallStore, SENT } from './call-store.ts';
import type { Client } from './client.ts';
import type { ConnectionKeeper } from './clients/connection-keeper.ts';
import type { FirstHop } from './first-hop.ts';
import type { Connecting } from './handshakes.ts';
import { type Network, SAME_NODE } from './network.ts';

/** How often agents look, ns. */
const PERIOD = 1e9;

const kinds = {
  'connections.reset': { a: '-', b: '-', run: (resets) => resets.sweep() },
} satisfies Kinds<ConnectionResets>;

/**
 * Ends the connections of Pods to endpoints that their node does not know any more, so that callers hear at once and not when a
 * timeout tells. kube-proxy does so for UDP alone: a TCP connection stays with its Pod, in conntrack or in ip_vs with weight 0.
 * @source Cilium, `socketLB.terminatePodConnections` (sock_destroy of sockets to deleted backends); Envoy,
 *   `close_connections_on_host_health_failure`
 * @simplifies looked at once a second; connections of users outside stay
 */
export class ConnectionResets {
  readonly #store: CallStore;
  readonly #clients: readonly Client[];
  readonly #hop: FirstHop;
  readonly #network: Network;
  readonly #caller: Connecting & Keepers;

  constructor(
    world: {
      engine: Engine;
      store: CallStore;
      clients: readonly Client[];
      hop: FirstHop;
      network: Network;
    },
    caller: Connecting & Keepers,
  ) {
    this.#store = world.store;
    this.#clients = world.clients;
    this.#hop = world.hop;
    this.#network = world.network;
    this.#caller = caller;
    const kind = world.engine.define<ConnectionResets, typeof kinds>(this, kinds)['connections.reset'];
    world.engine.due[0] = world.engine.clock[0]! + PERIOD;
    world.engine.every(PERIOD, kind, 0, 0);
  }

  sweep(): void {
    const store = this.#store;
    for (let call = 0; call < store.used; call++) {
      if (!store.isOpen(call) || store.phase(call) !== SENT) continue;
      const client = this.#caller.clientOf(call);
      if (!isPicked(client) || this.#hop.leadsTo(client, store.address(call))) continue;
      this.#caller.resultAfter(call, RESET, this.#network.lane(1, SAME_NODE));
    }
    for (const client of this.#clients) {
      if (client.idleCount > 0 && isPicked(client)) {
        this.#caller.keeperOf(client).closeWhere(client, (address) => !this.#hop.leadsTo(client, address));
      }
    }
  }
}

interface Keepers {
  keeperOf(client: Client): ConnectionKeeper;
}

/** The node of a Pod picked the other end. */
function isPicked(client: Client): boolean {
  return client.pod >= 0 && client.alive && client.usesVirtualAddress && client.edge.protocol !== 'UDP';
}
