/**
 * A small world in which strategies live: backends join and leave, requests are picked for, sent and ended. For property tests
 * that know no arena.
 */
import fc from 'fast-check';
import { Streams } from '../../sim/engine/random.ts';
import { REPLY, type Strategy, type StrategyKind } from '../../sim/strategies/strategy.ts';
import { Backends, InstanceView } from '../../sim/strategies/view.ts';

export interface Request {
  readonly instance: number;
  readonly slot: number;
  readonly sentAt: number;
}

export class World {
  readonly clock = new Float64Array(1);
  readonly reply = new Float64Array(Object.keys(REPLY).length);
  readonly backends: Backends;
  readonly views: InstanceView[] = [];
  readonly strategies: Strategy[] = [];
  /** Requests in flight, the oldest first. */
  readonly requests: Request[] = [];
  /** Probes without an answer yet. */
  readonly probes: { readonly instance: number; readonly slot: number }[] = [];
  #born = 0;

  constructor(capacity: number) {
    this.backends = new Backends(capacity);
  }

  /** Adds instances of a kind; all must be added before the first pick. */
  add<Options extends Readonly<Record<string, number>>>(
    kind: StrategyKind<Options>,
    count: number,
    options: Partial<Options> = {},
    seed = 1,
  ): this {
    for (let instance = 0; instance < count; instance++) {
      const view = new InstanceView(
        this.backends,
        { instance, instances: count, home: 0, instancesIn: Int32Array.of(count) },
        this.clock,
        new Streams(seed).stream(`instance ${instance}`),
        this.reply,
        (from, slot) => this.probes.push({ instance: from, slot }),
      );
      this.views.push(view);
      this.strategies.push(kind.create(view, { ...kind.options, ...options } as Options));
    }
    return this;
  }

  /** @returns the slot of a new member; -1: every slot was used */
  join(weight = 1, address = `10.244.0.${this.#born}:8080`): number {
    if (this.#born === this.backends.capacity) return -1;
    const slot = this.#born++;
    this.backends.weight[slot] = weight;
    this.backends.joined[slot] = this.clock[0]!;
    this.backends.join(slot, address);
    return slot;
  }

  get members(): number[] {
    return Array.from(this.backends.members.subarray(0, this.backends.count));
  }

  changed(): void {
    for (const strategy of this.strategies) strategy.changed?.();
  }

  /** Picks and sends. @returns the slot, or -1 */
  pick(instance: number, source = 1, port = 1): number {
    const slot = this.strategies[instance]!.pick(source, port);
    if (slot < 0) return slot;
    this.views[instance]!.inFlight[slot]!++;
    this.requests.push({ instance, slot, sentAt: this.clock[0]! });
    this.strategies[instance]!.started?.(slot);
    return slot;
  }

  /** Ends one of `requests`; the caller has set what is in `reply` beside the latency. */
  end(index: number, ok = true): void {
    const [request] = this.requests.splice(index, 1);
    if (request === undefined) return;
    this.views[request.instance]!.inFlight[request.slot]!--;
    this.reply[REPLY.latency] = this.clock[0]! - request.sentAt;
    this.strategies[request.instance]!.ended?.(request.slot, ok);
  }

  /** Answers the oldest probe. */
  answer(): void {
    const probe = this.probes.shift();
    if (probe !== undefined) this.strategies[probe.instance]!.probed?.(probe.slot);
  }
}

type Step =
  | { readonly join: number }
  | { readonly leave: number }
  | { readonly pick: number; readonly source: number; readonly port: number }
  | { readonly end: number; readonly ok: boolean; readonly load: number }
  | { readonly wait: number };

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ join: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ leave: fc.nat(99) }) },
    { weight: 8, arbitrary: fc.record({ pick: fc.nat(99), source: fc.integer(), port: fc.nat(65535) }) },
    {
      weight: 6,
      arbitrary: fc.record({ end: fc.nat(99), ok: fc.boolean(), load: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
    { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 20_000 }) }) },
  ),
  { maxLength: 120 },
);

/** What is asked at every pick, after the pick was sent; `slot` may be -1. */
export type Check = (world: World, picked: { instance: number; slot: number; source: number; port: number }) => void;

/**
 * Whatever happens, an instance answers with a member, and with -1 only if there is none; `check` may ask for more.
 * Waits are in ms.
 */
export function livesThrough<Options extends Readonly<Record<string, number>>>(
  kind: StrategyKind<Options>,
  options: Partial<Options> = {},
  check: (world: World) => Check = () => () => {},
): void {
  const property = fc.property(steps, fc.integer({ min: 1, max: 3 }), fc.nat(), (life, instances, seed) => {
    const world = new World(40).add(kind, instances, options, seed);
    const ask = check(world);
    world.changed();
    for (const [i, step] of life.entries()) live(world, step, ask, i);
    while (world.requests.length > 0) world.end(0);
  });
  fc.assert(property, { seed: Number(process.env.SVCLAB_SEED ?? 1) });
}

function live(world: World, step: Step, ask: Check, i: number): void {
  if ('join' in step) {
    world.join(step.join);
    world.changed();
  } else if ('leave' in step) {
    const { members } = world;
    if (members.length === 0) return;
    world.backends.leave(members[step.leave % members.length]!);
    world.changed();
  } else if ('wait' in step) {
    world.clock[0]! += step.wait * 1e6;
    if (i % 2 === 0) for (const strategy of world.strategies) strategy.tick?.();
  } else if ('end' in step) {
    if (world.requests.length === 0) return;
    world.reply[REPLY.queue] = Math.floor(step.load * 20);
    world.reply[REPLY.service] = step.load * 1e8;
    world.reply[REPLY.utilization] = step.ok ? step.load : 0;
    world.reply[REPLY.rate] = step.load * 100;
    world.reply[REPLY.errorRate] = step.load;
    world.end(step.end % world.requests.length, step.ok);
    world.answer();
  } else {
    const instance = step.pick % world.strategies.length;
    const { source, port } = step;
    const slot = world.pick(instance, source, port);
    if (slot < 0 ? world.members.length > 0 : !world.members.includes(slot)) {
      throw new Error(`picked ${slot} of ${world.members}`);
    }
    ask(world, { instance, slot, source, port });
  }
}
