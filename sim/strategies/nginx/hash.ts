import { addressText, writeAddress } from '../hashes/address-text.ts';
import { CRC_BEGIN, crcByte, crcBytes } from '../hashes/crc-32.ts';
import type { Strategy, View } from '../strategy.ts';
import { type PeerOptions, Peers } from './peers.ts';

/** Hashes that hit a server which is out are made anew this often; then it is round robin. */
export const TRIES = 20;

/** What both have in common: a number modulo the total weight, and the server that it falls on. */
abstract class ByHash implements Strategy {
  protected readonly peers: Peers;
  /** By unit of weight: whose it is. */
  #units = new Int32Array(0);

  constructor(view: View, options: PeerOptions) {
    this.peers = new Peers(view, options);
  }

  abstract pick(source: number): number;

  changed(): void {
    this.peers.changed();
    const { slots, weight, totalWeight } = this.peers;
    this.#units = new Int32Array(totalWeight);
    let unit = 0;
    for (const slot of slots) for (let i = 0; i < weight[slot]!; i++) this.#units[unit++] = slot;
  }

  ended(slot: number, ok: boolean): void {
    this.peers.ended(slot, ok);
  }

  /** @returns whom the hash falls on; -1: it is out, or there is nobody */
  protected at(hash: number): number {
    const slot = this.#units[hash % this.#units.length] ?? -1;
    if (slot < 0 || !(this.peers.sound || this.peers.isUp(slot))) return -1;
    this.peers.chosen(slot);
    return slot;
  }
}

/**
 * ip_hash: by the first three octets of the client's address, so a /24 shares a server.
 * @source nginx src/http/modules/ngx_http_upstream_ip_hash_module.c
 */
export class IpHash extends ByHash {
  pick(source: number): number {
    if (this.peers.slots.length < 2) return this.peers.smooth();
    let hash = 89;
    for (let tries = 0; tries <= TRIES; tries++) {
      hash = (hash * 113 + (source >>> 24)) % 6271;
      hash = (hash * 113 + ((source >>> 16) & 0xff)) % 6271;
      hash = (hash * 113 + ((source >>> 8) & 0xff)) % 6271;
      const slot = this.at(hash);
      if (slot >= 0) return slot;
    }
    return this.peers.smooth();
  }
}

/**
 * `hash $remote_addr`: CRC-32 of the client's address as text, modulo the total weight; not consistent.
 * @source nginx src/http/modules/ngx_http_upstream_hash_module.c, ngx_http_upstream_get_hash_peer
 */
export class PlainHash extends ByHash {
  pick(source: number): number {
    if (this.peers.slots.length < 2) return this.peers.smooth();
    const length = writeAddress(source);
    let hash = 0;
    for (let tries = 0; tries <= TRIES; tries++) {
      let crc = CRC_BEGIN;
      if (tries >= 10) crc = crcByte(crc, 48 + ((tries / 10) | 0));
      if (tries > 0) crc = crcByte(crc, 48 + (tries % 10));
      hash += (~crcBytes(crc, addressText, length) >>> 16) & 0x7fff;
      const slot = this.at(hash);
      if (slot >= 0) return slot;
    }
    return this.peers.smooth();
  }
}
