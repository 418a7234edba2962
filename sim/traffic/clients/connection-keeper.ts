import type { Client } from '../client.ts';

/** Who keeps a client's connections: `Connections` those that one request at a time uses, `SharedConnections` the others. */
export interface ConnectionKeeper {
  closeAll(client: Client): void;
  readdress(client: Client, addresses: Int32Array): void;
  closeWhere(client: Client, isGone: (address: number) => boolean): void;
}
