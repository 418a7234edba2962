import { type Stream, Streams } from '../../engine/random.ts';
import type { Place, Strategy, StrategyKind } from '../../strategies/strategy.ts';
import { type Backends, InstanceView, type Seat } from '../../strategies/view.ts';
import type { Workload } from '../workload/workload.ts';

/** One instance of the strategy, with what it sees. */
export interface Instance {
  readonly strategy: Strategy;
  readonly view: InstanceView;
}

/** How many instances of a strategy there are, by where it runs. */
export function instancesOf(place: Place, workload: Workload): number {
  switch (place) {
    case 'kernel':
      return workload.nodes;
    case 'client':
      return workload.clients.count;
    case 'proxy':
      return workload.proxies;
    case 'dispatcher':
      return 1;
  }
}

/** What an instance needs of the arena. */
export interface Surroundings {
  readonly backends: Backends;
  readonly clock: Float64Array;
  readonly reply: Float64Array;
  probe(instance: number, slot: number): void;
}

/** All instances of a strategy, in zones in turn. Nothing is called yet. */
export function createInstances(
  kind: StrategyKind,
  options: Readonly<Record<string, number>>,
  workload: Workload,
  seed: number,
  { backends, clock, reply, probe }: Surroundings,
): Instance[] {
  const count = instancesOf(kind.runs, workload);
  const streams = new Streams(seed);
  const instancesIn = new Int32Array(workload.zones);
  for (let i = 0; i < count; i++) instancesIn[i % workload.zones]!++;
  return Array.from({ length: count }, (_, instance) => {
    const seat: Seat = { instance, instances: count, home: instance % workload.zones, instancesIn };
    const random: Stream = streams.stream(`picks/${instance}`);
    const view = new InstanceView(backends, seat, clock, random, reply, probe);
    return { strategy: kind.create(view, options), view };
  });
}

/** The address of a client, in 10.128.0.0/9: 32 bits, signed. Neighbours are on one node's network of 256. */
export function addressOf(client: number, nodes: number): number {
  return (10 << 24) | (1 << 23) | ((client % nodes) << 8) | (1 + (Math.floor(client / nodes) % 254)) | 0;
}
