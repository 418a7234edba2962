import { formatDuration } from '../cluster/duration.ts';
import type { World } from './world.ts';

/** Something was lost or counted twice: the simulator is wrong, whatever its figures say. */
export class ConservationError extends Error {
  constructor(now: number, faults: readonly string[]) {
    super(`at ${formatDuration(now)}: ${faults.join('; ')}`);
    this.name = 'ConservationError';
  }
}

/**
 * The laws that hold at any moment, checked at each bucket's end and at the end of every run: of each client policy,
 * calls begun = calls ended + calls open, and attempts likewise; no pool is above its size; no server above its slots
 * and cores; of each Pod, requests accepted = finished + lost + inside; lookups begun = ended + under way; each tracked connection is somebody's, and tables hold
 * what was put into them.
 * @throws ConservationError
 */
export function checkConservation(
  { ledger, calls, servers, lookups, flows }: Pick<World, 'ledger' | 'calls' | 'servers' | 'lookups' | 'flows'>,
  now: number,
): void {
  const faults: string[] = [];
  const open = calls.open.count();
  for (const account of ledger.accounts) {
    const { edge, callsBegun, callsEnded, attemptsBegun, attemptsEnded } = account;
    const name = `${edge.from} > ${edge.service}`;
    const here = open[edge.index] ?? { calls: 0, attempts: 0 };
    if (callsBegun !== callsEnded + here.calls) {
      faults.push(`${name}: ${callsBegun} calls begun, ${callsEnded} ended, ${here.calls} open`);
    }
    if (attemptsBegun !== attemptsEnded + here.attempts) {
      faults.push(`${name}: ${attemptsBegun} attempts begun, ${attemptsEnded} ended, ${here.attempts} under way`);
    }
  }
  for (const client of calls.clients) {
    if (client.inUse < 0 || (!client.sharesConnections && client.inUse > client.limit)) {
      faults.push(
        `${client.edge.from} > ${client.edge.service}: ${client.inUse} connections in a pool of ${client.edge.policy.pool}`,
      );
    }
  }
  const inside = servers.countInside();
  for (const server of servers.all) {
    if (server === undefined) continue;
    const jobs = inside.get(server.pod) ?? 0;
    if (server.accepted !== server.finished + server.lost + jobs) {
      faults.push(
        `Pod ${server.pod}: ${server.accepted} requests accepted, ${server.finished} finished, ${server.lost} lost, ${jobs} inside`,
      );
    }
    if (server.busy < 0 || server.busy > server.behaviour.concurrency || server.computing > server.cores) {
      faults.push(
        `Pod ${server.pod}: ${server.busy} slots of ${server.behaviour.concurrency}, ${server.computing} cores of ${server.cores}`,
      );
    }
  }
  if (lookups !== null && lookups.books.begun !== lookups.books.ended + lookups.store.inUse) {
    const { begun, ended } = lookups.books;
    faults.push(`${begun} lookups begun, ${ended} ended, ${lookups.store.inUse} under way`);
  }
  if (flows.isOn) {
    const { live, rows, counted } = flows.audit();
    const held = calls.countTracked();
    if (live !== held) faults.push(`${live} connections tracked, ${held} held by calls and pools`);
    if (rows !== counted) faults.push(`${counted} entries counted in the nodes' tables, ${rows} there`);
  }
  if (faults.length > 0) throw new ConservationError(now, faults);
}
