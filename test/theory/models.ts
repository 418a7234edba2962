import { PoissonArrivals } from '../../sim/engine/arrivals/poisson.ts';
import { RenewalArrivals } from '../../sim/engine/arrivals/renewal.ts';
import { Engine } from '../../sim/engine/engine.ts';
import type { Streams } from '../../sim/engine/random.ts';
import { Deterministic } from '../../sim/engine/samplers/deterministic.ts';
import { Discrete } from '../../sim/engine/samplers/discrete.ts';
import { Exponential } from '../../sim/engine/samplers/exponential.ts';
import { Hyperexponential } from '../../sim/engine/samplers/hyperexponential.ts';
import { Lognormal } from '../../sim/engine/samplers/lognormal.ts';
import type { Sampler } from '../../sim/engine/samplers/sampler.ts';
import { Farm, type FarmOptions, feed } from './farm.ts';
import * as theory from './formulas.ts';
import { SharingServer } from './sharing.ts';

/** A model with a known answer, and its simulation on the bare engine. */
export interface Model {
  readonly name: string;
  /** What the answer rests on. */
  readonly source: string;
  /** Names, exact values (seconds where it is a time) and, for a limit, how far from it a finite system may be (relative). */
  readonly metrics: readonly { readonly name: string; readonly value: number; readonly slack?: number }[];
  /** How many times as many requests as other models it needs; default 1. */
  readonly length?: number;
  /** One replication of about so many requests. @returns estimates in the order of `metrics` */
  run(streams: Streams, requests: number): number[];
}

const s = 1e9;
const mean = 0.01; // seconds of service, everywhere
const mu = 1 / mean;
const exponential = new Exponential(mean * s);

interface Open extends Omit<FarmOptions, 'stream' | 'service' | 'pick'> {
  readonly rate: number;
  readonly service?: Sampler;
  /** Gaps between arrivals; default exponential. */
  readonly gap?: Sampler;
  pick?(streams: Streams): NonNullable<FarmOptions['pick']>;
}

/** An open system. @param read what to report of it */
function open(options: Open, read: (farm: Farm) => number[]): Model['run'] {
  return (streams, requests) => {
    const engine = new Engine();
    const { pick, rate, gap, ...rest } = options;
    const service = { service: exponential, ...rest, stream: streams.stream('service') };
    const farm = new Farm(engine, pick === undefined ? service : { ...service, pick: pick(streams) });
    const stream = streams.stream('arrivals');
    const arrivals =
      gap === undefined
        ? new PoissonArrivals(stream, [{ at: 0, ratePerSecond: rate }])
        : new RenewalArrivals(stream, gap);
    feed(
      engine,
      arrivals,
      requests,
      () => farm.arrive(),
      () => farm.restart(),
    );
    return read(farm);
  };
}

const sojourn = (farm: Farm) => farm.sojourn.mean / s;
const wait = (farm: Farm) => farm.wait.mean / s;
const counted = (farm: Farm) => farm.wait.count + farm.lost;

const randomly = (servers: number) => (streams: Streams) => {
  const stream = streams.stream('pick');
  return () => stream.below(servers);
};
const inTurn = (servers: number) => () => {
  let next = -1;
  return () => {
    next = (next + 1) % servers;
    return next;
  };
};
/** The emptiest of d servers drawn with replacement; the first of equals, whose order is random. */
const leastOf = (servers: number, d: number) => (streams: Streams) => {
  const stream = streams.stream('pick');
  return (present: Int32Array) => {
    let best = stream.below(servers);
    for (let i = 1; i < d; i++) {
      const other = stream.below(servers);
      if (present[other]! < present[best]!) best = other;
    }
    return best;
  };
};
const shorterOfTwo = (streams: Streams) => {
  const stream = streams.stream('pick');
  return (present: Int32Array) => {
    const difference = present[0]! - present[1]!;
    return difference === 0 ? stream.below(2) : difference < 0 ? 0 : 1;
  };
};

function mm(servers: number, load: number): Model {
  const rate = servers * load * mu;
  const pWait = theory.erlangC(servers, servers * load);
  const meanWait = pWait / (servers * mu - rate);
  return {
    name: `M/M/${servers}, utilisation ${load}`,
    source: 'Erlang C',
    metrics: [
      { name: 'mean sojourn', value: mean + meanWait },
      { name: 'mean wait', value: meanWait },
      { name: 'share that waits', value: pWait },
    ],
    run: open({ rate, slots: servers }, (farm) => [sojourn(farm), wait(farm), farm.waited / counted(farm)]),
  };
}

function mmcK(servers: number, places: number, load: number, service?: Sampler): Model {
  const rate = servers * load * mu;
  const states = Array.from({ length: servers + places }, (_, k) => k);
  const p = theory.birthDeath(
    states.map(() => rate),
    states.map((k) => Math.min(k + 1, servers) * mu),
  );
  const lost = p.at(-1)!;
  const waiting = theory.expectation(p, (k) => Math.max(0, k - servers));
  const metrics = [
    { name: 'share lost', value: lost },
    { name: 'mean sojourn', value: mean + waiting / (rate * (1 - lost)) },
  ];
  return {
    name: `${service === undefined ? 'M/M' : 'M/G'}/${servers}/${servers + places}, offered utilisation ${load}`,
    source: places > 0 ? 'birth–death chain' : 'Erlang B',
    metrics: places > 0 ? metrics : metrics.slice(0, 1),
    run: open({ rate, slots: servers, places, ...(service && { service }) }, (farm) =>
      [farm.lost / counted(farm), sojourn(farm)].slice(0, places > 0 ? 2 : 1),
    ),
  };
}

function mg1(name: string, service: Sampler, load: number): Model {
  const rate = load * mu;
  const meanWait = theory.pollaczekKhinchine(rate, service.mean / s, (service.variance + service.mean ** 2) / s / s);
  return {
    name: `${name}, utilisation ${load}`,
    source: 'Pollaczek–Khinchine',
    metrics: [
      { name: 'mean wait', value: meanWait },
      { name: 'mean in system', value: rate * (meanWait + mean) },
    ],
    run: open({ rate, service }, (farm) => [wait(farm), farm.inSystem.average()]),
  };
}

function sharing(name: string, service: Sampler, load: number): Model {
  return {
    name: `M/G/1 processor sharing, ${name}, utilisation ${load}`,
    source: 'insensitivity: E[S] / (1 - ρ)',
    metrics: [{ name: 'mean sojourn', value: mean / (1 - load) }],
    run(streams, requests) {
      const engine = new Engine();
      const server = new SharingServer(engine, service, streams.stream('service'));
      const arrivals = new PoissonArrivals(streams.stream('arrivals'), [{ at: 0, ratePerSecond: load * mu }]);
      feed(
        engine,
        arrivals,
        requests,
        () => server.arrive(),
        () => server.restart(),
      );
      return [server.sojourn.mean / s];
    },
  };
}

function split(
  name: string,
  servers: number,
  load: number,
  value: number,
  source: string,
  pick: NonNullable<Open['pick']>,
  slack = 0,
): Model {
  return {
    name: `${name}, ${servers} servers, utilisation ${load}`,
    source,
    metrics: [{ name: 'mean sojourn', value, slack }],
    length: Math.max(1, servers / 80),
    run: open({ rate: servers * load * mu, servers, pick }, (farm) => [sojourn(farm)]),
  };
}

function erlangA(servers: number, load: number): Model {
  const rate = servers * load * mu;
  const theta = mu; // patience has the mean of the service
  const states = Array.from({ length: 400 }, (_, k) => k);
  const leaving = (k: number) => Math.min(k, servers) * mu + Math.max(0, k - servers) * theta;
  const p = theory.birthDeath(
    states.map(() => rate),
    states.map((k) => leaving(k + 1)),
  );
  const queue = theory.expectation(p, (k) => Math.max(0, k - servers));
  return {
    name: `Erlang A (M/M/${servers} + M), offered utilisation ${load}`,
    source: 'birth–death chain; Palm 1957',
    metrics: [
      { name: 'share that gives up', value: (theta * queue) / rate },
      { name: 'mean wait', value: queue / rate },
    ],
    run: open({ rate, slots: servers, patience: exponential }, (farm) => [farm.gaveUp / counted(farm), wait(farm)]),
  };
}

/** Everybody leaves the queue after the same wait. */
function deadline(servers: number, load: number, patience: number): Model {
  const { lost, wait: value } = theory.deadline(servers, servers * load * mu, mu, patience);
  return {
    name: `M/M/${servers} + D, offered utilisation ${load}`,
    source: 'offered wait: Baccelli & Hebuterne 1981',
    metrics: [
      { name: 'share that gives up', value: lost },
      { name: 'mean wait', value },
    ],
    run: open({ rate: servers * load * mu, slots: servers, patience: new Deterministic(patience * s) }, (farm) => [
      farm.gaveUp / counted(farm),
      wait(farm),
    ]),
  };
}

function machineRepair(machines: number, servers: number, think: number): Model {
  const states = Array.from({ length: machines }, (_, k) => k);
  const p = theory.birthDeath(
    states.map((k) => (machines - k) / think),
    states.map((k) => Math.min(k + 1, servers) * mu),
  );
  const rate = theory.expectation(p, (k) => (machines - k) / think);
  return {
    name: `machine repair: ${machines} clients that think, ${servers} slots`,
    source: 'birth–death chain',
    metrics: [
      { name: 'throughput per second', value: rate },
      { name: 'mean sojourn', value: machines / rate - think },
    ],
    run(streams, requests) {
      const engine = new Engine();
      const [pause, stream] = [new Exponential(think * s), streams.stream('think')];
      const thinking = () => {
        pause.draw(stream.bits());
        engine.due[0] = engine.clock[0]! + pause.out[0]!;
        engine.schedule(kind.back, 0, 0);
      };
      const farm = new Farm(engine, {
        service: exponential,
        stream: streams.stream('service'),
        slots: servers,
        onDeparture: thinking,
      });
      const kind = engine.define(farm, { back: { a: '-', b: '-', run: () => farm.arrive() } });
      for (let i = 0; i < machines; i++) thinking();
      const span = (requests / rate) * s;
      engine.run(Math.round(span / 10));
      farm.restart();
      const before = farm.arrived;
      engine.run(Math.round(span));
      return [(farm.arrived - before) / ((span * 0.9) / s), sojourn(farm)];
    },
  };
}

function tandem(loads: readonly [number, number]): Model {
  const rate = loads[0] * mu;
  const second = new Exponential((loads[1] / rate) * s);
  return {
    name: `Jackson tandem, utilisations ${loads.join(' and ')}`,
    source: 'product form: Jackson 1957',
    metrics: [
      { name: 'mean sojourn, first', value: 1 / (mu - rate) },
      { name: 'mean sojourn, second', value: 1 / (rate / loads[1] - rate) },
    ],
    run(streams, requests) {
      const engine = new Engine();
      const back = new Farm(engine, { service: second, stream: streams.stream('second') });
      const front = new Farm(engine, {
        service: exponential,
        stream: streams.stream('first'),
        onDeparture: () => back.arrive(),
      });
      const arrivals = new PoissonArrivals(streams.stream('arrivals'), [{ at: 0, ratePerSecond: rate }]);
      const restart = () => {
        front.restart();
        back.restart();
      };
      feed(engine, arrivals, requests, () => front.arrive(), restart);
      return [sojourn(front), sojourn(back)];
    },
  };
}

const h2 = Hyperexponential.balanced(mean * s, 4);
const bimodal = new Discrete([0.5 * mean * s, 5.5 * mean * s], [0.9, 0.1]);

export const models: readonly Model[] = [
  mm(1, 0.5),
  mm(1, 0.8),
  mm(2, 0.8),
  mm(4, 0.9),
  mm(20, 0.9),
  mmcK(1, 4, 0.9),
  mmcK(8, 32, 1.25),
  mmcK(10, 0, 0.8),
  mmcK(10, 0, 0.8, Lognormal.byDeviation(mean * s, 2 * mean * s)),
  mg1('M/D/1', new Deterministic(mean * s), 0.8),
  mg1('M/G/1, hyperexponential with cv² 4', h2, 0.7),
  mg1('M/G/1, two values', bimodal, 0.8),
  mg1('M/G/1, lognormal with cv 1.5', Lognormal.byDeviation(mean * s, 1.5 * mean * s), 0.6),
  sharing('exponential', exponential, 0.8),
  sharing('hyperexponential with cv² 4', h2, 0.7),
  {
    name: 'D/M/1, utilisation 0.8',
    source: 'GI/M/1: Kendall 1953',
    metrics: [{ name: 'mean sojourn', value: theory.gim1Sojourn((x) => Math.exp(-x / (0.8 * mu)), mu) }],
    run: open({ rate: 0.8 * mu, gap: new Deterministic(s / (0.8 * mu)) }, (farm) => [sojourn(farm)]),
  },
  {
    name: 'H2/M/1, gaps with cv² 4, utilisation 0.8',
    source: 'GI/M/1: Kendall 1953',
    metrics: [{ name: 'mean sojourn', value: theory.gim1Sojourn(theory.balancedH2(1 / (0.8 * mu), 4), mu) }],
    run: open({ rate: 0.8 * mu, gap: Hyperexponential.balanced(s / (0.8 * mu), 4) }, (farm) => [sojourn(farm)]),
  },
  deadline(4, 1.25, 0.02),
  erlangA(1, 1),
  erlangA(10, 1.2),
  machineRepair(20, 1, 0.3),
  machineRepair(64, 4, 0.15),
  tandem([0.7, 0.8]),
  split('random split', 10, 0.8, mean / 0.2, 'M/M/1 at each', randomly(10)),
  split(
    'round robin',
    4,
    0.8,
    theory.gim1Sojourn((x) => (1 + x / (4 * 0.8 * mu)) ** -4, mu),
    'E4/M/1 at each',
    inTurn(4),
  ),
  split(
    'round robin',
    10,
    0.9,
    theory.gim1Sojourn((x) => (1 + x / (10 * 0.9 * mu)) ** -10, mu),
    'E10/M/1 at each',
    inTurn(10),
  ),
  split('join the shorter queue', 2, 0.8, theory.joinShorterSojourn(1.6 * mu, mu), 'Markov chain', shorterOfTwo),
  split(
    'the best of 2 random',
    500,
    0.9,
    theory.supermarketSojourn(2, 0.9, mean),
    'limit of many servers',
    leastOf(500, 2),
    0.01,
  ),
  split(
    'the best of 3 random',
    500,
    0.8,
    theory.supermarketSojourn(3, 0.8, mean),
    'limit of many servers',
    leastOf(500, 3),
    0.01,
  ),
];
