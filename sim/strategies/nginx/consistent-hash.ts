import { addressText, writeAddress } from '../hashes/address-text.ts';
import { CRC_BEGIN, crcByte, crcBytes } from '../hashes/crc-32.ts';
import { bytesOf } from '../hashes/halves.ts';
import type { Strategy, View } from '../strategy.ts';
import { HashRing } from '../structures/hash-ring.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import { TRIES } from './hash.ts';
import { type PeerOptions, Peers } from './peers.ts';

const POINTS = 160;

/**
 * `hash $remote_addr consistent`: ketama. Each server has 160 points for each unit of weight, a chain of CRC-32 over its address and
 * port; the client's address takes the next point. A server that is out leaves its clients to the points that follow.
 * @source nginx src/http/modules/ngx_http_upstream_hash_module.c, ngx_http_upstream_init_chash, ngx_http_upstream_get_chash_peer
 */
export class ConsistentHash implements Strategy {
  readonly #view: View;
  readonly #peers: Peers;
  #ring = ringOf([], () => 1);

  constructor(view: View, options: PeerOptions) {
    this.#view = view;
    this.#peers = new Peers(view, options);
  }

  changed(): void {
    const peers = this.#peers;
    peers.changed();
    const { address } = this.#view;
    this.#ring = sharedTable(this.#view, 'nginx-hash-consistent', () =>
      ringOf(
        Array.from(peers.slots, (slot) => ({ slot, address: address[slot]! })),
        (slot) => peers.weight[slot]!,
      ),
    );
  }

  pick(source: number): number {
    const peers = this.#peers;
    const { owner } = this.#ring;
    if (peers.slots.length < 2) return peers.smooth();
    const hash = ~crcBytes(CRC_BEGIN, addressText, writeAddress(source));
    let point = this.#ring.at(hash, 0);
    for (let tries = 0; tries <= TRIES; tries++) {
      const slot = owner[point]!;
      if (peers.sound || peers.isUp(slot)) {
        peers.chosen(slot);
        return slot;
      }
      if (++point === owner.length) point = 0;
    }
    return peers.smooth();
  }

  ended(slot: number, ok: boolean): void {
    this.#peers.ended(slot, ok);
  }
}

/** The points of servers; of equal hashes the first server's stays. */
function ringOf(servers: readonly { slot: number; address: string }[], weightOf: (slot: number) => number): HashRing {
  const size = servers.reduce((sum, { slot }) => sum + POINTS * weightOf(slot), 0);
  const points = { high: new Uint32Array(size), low: new Uint32Array(size), owner: new Int32Array(size) };
  let at = 0;
  for (const { slot, address } of servers) {
    const [, host = address, port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
    let base = crcBytes(CRC_BEGIN, bytesOf(host), host.length);
    base = crcByte(base, 0);
    base = crcBytes(base, bytesOf(port), port.length);
    let last = 0;
    for (let i = 0; i < POINTS * weightOf(slot); i++) {
      let crc = base;
      for (let shift = 0; shift < 32; shift += 8) crc = crcByte(crc, last >>> shift);
      last = ~crc;
      points.high[at] = last;
      points.owner[at++] = slot;
    }
  }
  return new HashRing(points, true);
}
