import type { Packet } from '../rules/packet.ts';
import type { RealServer, VirtualServer } from './program.ts';
import { createScheduler } from './schedulers/create.ts';
import { foldIP } from './schedulers/hash-32.ts';
import { MAGLEV_SIZE, maglevTable } from './schedulers/maglev-hash.ts';

/**
 * The chance of each real server to get one new connection, nobody knowing what came before: what a turn-taking scheduler
 * will pick next is as open as a draw, and where connections are counted all are as idle.
 * @returns by real server; they sum to 1
 */
export function quietShares({ scheduler, realServers }: VirtualServer, packet: Packet): number[] {
  const n = realServers.length;
  switch (scheduler) {
    case 'rr':
    case 'wrr':
      return realServers.map(() => 1 / n);
    case 'twos':
      // Both draws run from 0 to n inclusive, and 0 means the first as 1 does. Equally idle, the first draw's server wins.
      return realServers.map((_, i) => (i === 0 ? 2 : 1) / (n + 1));
    case 'mh': {
      // kube-proxy has mh hash the source port too, which is as good as a draw.
      const shares = new Array<number>(n).fill(0);
      for (const i of maglevTable(realServers)) shares[i]! += 1 / MAGLEV_SIZE;
      return shares;
    }
    default:
      return sharesOfOne(scheduler, realServers, packet);
  }
}

/** Schedulers that leave nothing to chance on a quiet host. */
function sharesOfOne(name: string, realServers: readonly RealServer[], packet: Packet): number[] {
  const destinations = realServers.map((server) => ({ ...server, active: 0, inactive: 0 }));
  const scheduler = createScheduler(name);
  const index = scheduler.pick(destinations, {
    source: foldIP(packet.from),
    sourcePort: 0,
    destination: foldIP(packet.to),
    random: () => 0,
  });
  return realServers.map((_, i) => (i === index ? 1 : 0));
}
