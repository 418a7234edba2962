import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { ConsistentHash } from './consistent-hash.ts';
import { IpHash, PlainHash } from './hash.ts';
import { LeastConn } from './least-conn.ts';
import type { PeerOptions } from './peers.ts';
import { RandomTwo } from './random-two.ts';
import { RoundRobin } from './round-robin.ts';

/** nginx's own defaults, for each server. */
const options = { maxFails: 1, failTimeout: 10 } as const;

function kind(
  about: Pick<StrategyKind, 'name' | 'title' | 'knows'> & { file: string },
  Method: new (view: View, options: PeerOptions) => Strategy,
): StrategyKind {
  const { file, ...rest } = about;
  return {
    ...rest,
    runs: 'proxy',
    source: `nginx src/http/${file}`,
    options,
    create: (view, { maxFails = options.maxFails, failTimeout = options.failTimeout }) =>
      new Method(view, { maxFails, failTimeout }),
  };
}

/** What nginx offers for an upstream, without its paid parts. */
export const NGINX: readonly StrategyKind[] = [
  kind(
    {
      name: 'nginx-round-robin',
      title: 'smooth weighted round robin; a server that fails is out for a while',
      knows: 'nothing',
      file: 'ngx_http_upstream_round_robin.c',
    },
    RoundRobin,
  ),
  kind(
    {
      name: 'nginx-least-conn',
      title: 'fewest own connections for the weight; those tied in smooth weighted round robin',
      knows: 'localCounts',
      file: 'modules/ngx_http_upstream_least_conn_module.c',
    },
    LeastConn,
  ),
  kind(
    {
      name: 'nginx-random-two',
      title: 'two different servers drawn by weight; the one with fewer own connections for its weight',
      knows: 'localCounts',
      file: 'modules/ngx_http_upstream_random_module.c',
    },
    RandomTwo,
  ),
  kind(
    {
      name: 'nginx-ip-hash',
      title: 'by a hash of the first three octets of the client’s address, modulo the total weight',
      knows: 'membership',
      file: 'modules/ngx_http_upstream_ip_hash_module.c',
    },
    IpHash,
  ),
  kind(
    {
      name: 'nginx-hash',
      title: 'by CRC-32 of the client’s address, modulo the total weight',
      knows: 'membership',
      file: 'modules/ngx_http_upstream_hash_module.c',
    },
    PlainHash,
  ),
  kind(
    {
      name: 'nginx-hash-consistent',
      title: 'by CRC-32 of the client’s address on a ketama ring, 160 points for each unit of weight',
      knows: 'membership',
      file: 'modules/ngx_http_upstream_hash_module.c',
    },
    ConsistentHash,
  ),
];
