/** The picks of a strategy in a world of its own, as a case describes it. */
import { z } from 'zod';
import type { Stream } from '../../../sim/engine/random.ts';
import { consistentRing } from '../../../sim/strategies/haproxy/consistent-ring.ts';
import { Servers } from '../../../sim/strategies/haproxy/servers.ts';
import type { StrategyKind, View } from '../../../sim/strategies/strategy.ts';
import { ALONE, Backends, InstanceView } from '../../../sim/strategies/view.ts';
import type { Runner } from './tables.ts';

export const label = z.union([z.string(), z.number()]).transform(String);
const several = z.union([label.transform((name) => [name]), z.array(label)]);

/** Requests in flight have many names. */
const IN_FLIGHT = ['active', 'served', 'connections', 'conns', 'inFlight', 'inflight', 'requests', 'queued', 'pending'];

export const backend = z
  .union([label.transform((name) => ({ name })), z.looseObject({ name: label, weight: z.number().optional() })])
  .transform((given) => {
    const row: { readonly name: string } & Readonly<Record<string, unknown>> = given;
    const count = (key: string) => (typeof row[key] === 'number' ? row[key] : 0);
    return {
      name: row.name,
      address: typeof row.address === 'string' ? row.address : undefined,
      weight: typeof row.weight === 'number' ? row.weight : 1,
      active: IN_FLIGHT.reduce((sum, key) => sum + count(key), 0),
      sessionRate: count('sessionRate'),
      row,
    };
  });

const event = z.object({
  add: label.optional(),
  remove: label.optional(),
  set: label.optional(),
  weight: z.number().optional(),
  picks: z.number().optional(),
  end: several.optional(),
  fail: several.optional(),
  waitSeconds: z.number().optional(),
});

const sequenceInput = z.looseObject({
  backends: z.array(backend).default([]),
  picks: z.number().optional(),
  outcomes: z.array(z.string()).optional(),
  sources: z.array(z.string()).optional(),
  draws: z.array(z.union([z.number(), several])).optional(),
  events: z.array(event).optional(),
  connectionsStayOpen: z.boolean().default(false),
  secondsBetweenPicks: z.number().default(0),
});

/** Draws of a list, each taken modulo what is asked for; before `start`, when strategies take seeds, 0. */
class Scripted implements Stream {
  readonly #draws: readonly number[];
  #next = 0;
  #started = false;

  constructor(draws: readonly number[]) {
    this.#draws = draws;
  }

  start(): void {
    this.#started = true;
  }

  get isUsedUp(): boolean {
    return this.#next >= this.#draws.length;
  }

  bits(): number {
    return this.#draw() | 0;
  }

  uniform(): number {
    return this.#draw() / 2 ** 32;
  }

  below(bound: number): number {
    return this.#draw() % bound;
  }

  #draw(): number {
    return this.#started ? (this.#draws[this.#next++] ?? 0) : 0;
  }
}

const addressOf = (text: string) => text.split('.').reduce((word, octet) => (word << 8) | Number(octet), 0);

/** Options of a kind that a case gives, at its top or with its first backend, where times have a unit in their names. */
function optionsOf(kind: StrategyKind, ...rows: Readonly<Record<string, unknown>>[]): Record<string, number> {
  const options: Record<string, number> = { ...kind.options };
  for (const name of Object.keys(options)) {
    for (const row of rows) {
      const value = row[name] ?? row[`${name}Seconds`];
      if (typeof value === 'number') options[name] = value;
      if (typeof value === 'boolean') options[name] = Number(value);
    }
  }
  return options;
}

/** The picks of a strategy in a world of its own. @param drawsOf makes numbers of what a case calls draws */
export function sequence(
  kinds: readonly StrategyKind[],
  kindName: string,
  more: Record<string, number> = {},
  drawsOf = (draws: readonly (number | string[])[], _view: View, _names: readonly string[]) => draws.map(Number),
): Runner {
  const kind = kinds.find(({ name }) => name === kindName)!;
  return (input) => {
    const {
      backends: given,
      picks,
      outcomes,
      sources,
      draws,
      events,
      connectionsStayOpen,
      secondsBetweenPicks,
      ...rest
    } = sequenceInput.parse(input);
    const backends = new Backends(Math.max(1, given.length + (events?.length ?? 0)));
    const names: string[] = [];
    const join = (name: string, address: string | undefined, weight: number) => {
      backends.weight[names.length] = weight;
      backends.join(names.length, address ?? name);
      names.push(name);
    };
    for (const { name, address, weight } of given) join(name, address, weight);
    const view = (random: Stream) =>
      new InstanceView(backends, ALONE, new Float64Array(1), random, new Float64Array(6), () => {});
    const stream = new Scripted(drawsOf(draws ?? [], view(new Scripted([])), names));
    const seen = view(stream);
    for (const [slot, { active }] of given.entries()) seen.inFlight[slot] = active;
    const strategy = kind.create(seen, { ...optionsOf(kind, given[0]?.row ?? {}, rest), ...more });
    strategy.changed?.();
    for (const [slot, { sessionRate }] of given.entries())
      for (let i = 0; i < sessionRate; i++) strategy.started?.(slot);
    stream.start();
    const found: (string | null)[] = [];
    const end = (slot: number, ok: boolean) => {
      seen.inFlight[slot]!--;
      strategy.ended?.(slot, ok);
    };
    const pick = (source: number, outcome: string | undefined) => {
      const slot = strategy.pick(source, 0);
      found.push(slot < 0 ? null : names[slot]!);
      if (slot < 0) return;
      seen.inFlight[slot]!++;
      strategy.started?.(slot);
      if (!connectionsStayOpen) end(slot, outcome !== 'fail');
    };
    for (const each of events ?? []) {
      if (each.add !== undefined) join(each.add, undefined, each.weight ?? 1);
      if (each.remove !== undefined) backends.leave(names.indexOf(each.remove));
      if (each.set !== undefined) backends.weight[names.indexOf(each.set)] = each.weight ?? 1;
      if (each.add ?? each.remove ?? each.set) strategy.changed?.();
      for (const name of each.end ?? []) end(names.indexOf(name), true);
      for (const name of each.fail ?? []) end(names.indexOf(name), false);
      seen.clock[0]! += 1e9 * (each.waitSeconds ?? 0);
      for (let i = 0; i < (each.picks ?? 0); i++) pick(0, undefined);
    }
    const count = picks ?? outcomes?.length ?? sources?.length;
    for (let i = 0; count === undefined ? !stream.isUsedUp : i < count; i++) {
      pick(addressOf(sources?.[i % sources.length] ?? '0.0.0.0'), outcomes?.[i]);
      seen.clock[0]! += 1e9 * secondsBetweenPicks;
    }
    return { sequence: found };
  };
}

/** Draws of HAProxy's random are places on its ring; a case may name servers instead, or number them. */
export function placesOnRing(draws: readonly (number | string[])[], view: View, names: readonly string[]): number[] {
  const chosen: (number | string)[] = draws.flat();
  const servers = new Servers(view);
  servers.changed(() => {});
  const ring = consistentRing(view, servers);
  const areNumbers = chosen.every((draw) => typeof draw === 'number' && draw < names.length);
  return chosen.map((draw) => {
    const slot = typeof draw === 'string' ? names.indexOf(draw) : areNumbers ? draw : -1;
    return slot < 0 ? Number(draw) : ring.high[ring.owner.indexOf(slot)]!;
  });
}
