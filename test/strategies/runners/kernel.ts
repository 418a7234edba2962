/** What our strategies that run in kernels make of a case: kube-proxy's chain and map, and the schedulers of ip_vs. */
import { z } from 'zod';
import { MAGLEV_SIZE, maglevTable } from '../../../sim/dataplane/ipvs/schedulers/maglev-hash.ts';
import type { Stream } from '../../../sim/engine/random.ts';
import { MaglevOfKernel } from '../../../sim/strategies/kernel/ipvs-maglev.ts';
import { KERNEL } from '../../../sim/strategies/kernel/kinds.ts';
import { iptablesRandom, nftablesRandom } from '../../../sim/strategies/kernel/netfilter.ts';
import type { Strategy, StrategyKind, View } from '../../../sim/strategies/strategy.ts';
import { ALONE, Backends, InstanceView } from '../../../sim/strategies/view.ts';
import type { Runner } from './tables.ts';

const label = z.union([z.string(), z.number()]).transform(String);
interface GivenBackend {
  readonly name: string;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly weight?: number | undefined;
  readonly active?: number | undefined;
  readonly inactive?: number | undefined;
}

const backend: z.ZodType<GivenBackend> = z.union([
  label.transform((name) => ({ name })),
  z.object({
    name: label,
    address: z.string().optional(),
    port: z.number().optional(),
    weight: z.number().optional(),
    active: z.number().optional(),
    inactive: z.number().optional(),
  }),
]);

const event = z.object({
  add: label.optional(),
  remove: label.optional(),
  picks: z.number().optional(),
  weight: z.number().optional(),
  set: label.optional(),
});

const ipvsInput = z.object({
  backends: z.array(backend).default([]),
  events: z.array(event).optional(),
  picks: z.number().optional(),
  draws: z.array(z.number()).optional(),
  sources: z.array(z.string()).optional(),
  ports: z.array(z.number()).optional(),
  connectionsStayOpen: z.boolean().default(false),
  remove: label.optional(),
});

/** Draws from a list: `below` as a kernel's `draw mod bound`, `bits` whole. */
function scripted(draws: readonly number[], bits: (draw: number) => number): Stream {
  let next = 0;
  return {
    bits: () => bits(draws[next++] ?? Number.NaN),
    uniform: () => draws[next++] ?? Number.NaN,
    below: (bound) => (draws[next++] ?? Number.NaN) % bound,
  };
}

/** How many draws were asked for beyond the list is told by a pick that is no slot. */
function sequenceByDraws(kind: StrategyKind, bits: (draw: number) => number): Runner {
  return (input) => {
    const { backends, draws } = z.object({ backends: z.array(backend), draws: z.array(z.number()) }).parse(input);
    let left = draws.length;
    const counted: Stream = scripted(draws, (draw) => {
      left--;
      return bits(draw);
    });
    const all = new Backends(backends.length);
    for (const [slot, { name }] of backends.entries()) all.join(slot, name);
    const strategy = kind.create(viewOf(all, counted), {});
    strategy.changed?.();
    const sequence: string[] = [];
    while (left > 0) {
      const slot = strategy.pick(0, 0);
      if (left >= 0) sequence.push(backends[slot]!.name);
    }
    return { sequence };
  };
}

function viewOf(backends: Backends, random: Stream): InstanceView {
  return new InstanceView(backends, ALONE, new Float64Array(1), random, new Float64Array(8), () => {});
}

/** ip_vs lists its destinations from the newest on: those of a case are in the order of the list, so the last joins first. */
function ipvs(kindName: string, own?: (view: View) => Strategy): Runner {
  return (input) => {
    const {
      backends: given,
      events,
      picks,
      draws,
      sources,
      ports,
      connectionsStayOpen,
      remove,
    } = ipvsInput.parse(input);
    const names = new Map<number, string>();
    const slots = new Map<string, number>();
    const backends = new Backends(Math.max(1, given.length + (events?.length ?? 0)));
    const view = viewOf(
      backends,
      scripted(draws ?? [], (draw) => draw),
    );
    const kind = KERNEL.find(({ name }) => name === kindName)!;
    const strategy = own?.(view) ?? kind.create(view, kind.options ?? {});
    const closed: number[] = [];
    const join = ({ name, weight, active, inactive, address, port }: GivenBackend) => {
      const slot = names.size;
      names.set(slot, name);
      slots.set(name, slot);
      backends.weight[slot] = weight ?? 1;
      backends.join(slot, `${address ?? `10.0.0.${slot + 1}`}:${port ?? 80}`);
      view.inFlight[slot] = active ?? 0;
      for (let i = 0; i < (inactive ?? 0); i++) closed.push(slot);
    };
    for (const each of given.toReversed()) join(each);
    strategy.changed?.();
    for (const slot of closed) strategy.ended?.(slot, true);
    const sequence: (string | null)[] = [];
    const pick = (source: number, port: number) => {
      const slot = strategy.pick(source, port);
      sequence.push(slot < 0 ? null : names.get(slot)!);
      if (slot < 0 || !connectionsStayOpen) return;
      view.inFlight[slot]!++;
      strategy.started?.(slot);
    };
    for (const each of events ?? []) {
      if (each.add !== undefined) join({ name: each.add, weight: each.weight });
      if (each.remove !== undefined) backends.leave(slots.get(each.remove)!);
      if (each.set !== undefined) backends.weight[slots.get(each.set)!] = each.weight ?? 1;
      if (each.picks === undefined) strategy.changed?.();
      for (let i = 0; i < (each.picks ?? 0); i++) pick(0, 0);
    }
    const times = picks ?? (sources === undefined && draws !== undefined ? Math.floor(draws.length / 2) : 0);
    for (let i = 0; i < times; i++) pick(0, 0);
    for (const [i, source] of (sources ?? []).entries()) pick(addressOf(source), ports?.[i] ?? 0);
    return { sequence, ...tableFacts(kindName, given, remove) };
  };
}

function addressOf(text: string): number {
  return text.split('.').reduce((word, octet) => (word << 8) | Number(octet), 0);
}

/** What is in the tables of mh and sh. */
function tableFacts(kind: string, given: readonly GivenBackend[], removed: string | undefined) {
  const destinations = given.map(({ name, address = '10.0.0.1', port = 80, weight = 1 }) => ({
    name,
    ip: address,
    port,
    weight,
  }));
  if (kind === 'ipvs-mh') {
    const owners = (list: typeof destinations) => Array.from(maglevTable(list), (i) => list[i]!.name);
    const before = owners(destinations);
    const facts = { entries: counted(before), entriesTotal: MAGLEV_SIZE };
    if (removed === undefined) return facts;
    const after = owners(destinations.filter(({ name }) => name !== removed));
    const moved = before.filter((owner, i) => owner !== removed && owner !== after[i]).length;
    const gone = before.filter((owner) => owner === removed).length;
    return {
      ...facts,
      entriesOfRemoved: gone,
      entriesMovedAmongSurvivors: moved,
      disruption: Math.round(((gone + moved) / before.length) * 1e6) / 1e6,
    };
  }
  if (kind !== 'ipvs-sh') return {};
  const turns = destinations.flatMap(({ name, weight }) => new Array<string>(weight).fill(name));
  return { bucketCount: counted(Array.from({ length: 256 }, (_, i) => turns[i % turns.length]!)) };
}

function counted(owners: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const owner of owners) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

const NAMES = ['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'ovf', 'fo', 'twos', 'sh', 'dh', 'lblc', 'lblcr'];

export const runners: Readonly<Record<string, Runner>> = {
  'iptables-random': sequenceByDraws(iptablesRandom, (draw) => (draw << 1) | 0),
  'nftables-random': sequenceByDraws(nftablesRandom, (draw) => draw | 0),
  ...Object.fromEntries(NAMES.map((name) => [`ipvs-${name}`, ipvs(`ipvs-${name}`)])),
  'ipvs-mh': ipvs('ipvs-mh', (view) => new MaglevOfKernel(view, false)),
  'ipvs-mh-port': ipvs('ipvs-mh', (view) => new MaglevOfKernel(view, true)),
};
