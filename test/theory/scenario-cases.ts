import type { SmallWorld } from '../product/worlds.ts';
import { FAST } from '../product/worlds.ts';
import type { Metric } from './scenario-figures.ts';

/** A queueing model with a known answer, as a scenario. */
export interface ScenarioCase {
  readonly name: string;
  /** What the figures rest on. They were computed, none comes from a simulation. */
  readonly source: string;
  readonly world: Omit<SmallWorld, 'duration' | 'rate'>;
  /** Attempts a second that are expected, by which the length of a run is set. */
  readonly rate: number;
  readonly slots: number;
  readonly figures: readonly Figure[];
  /** How many times as many requests as other cases it needs; default 1. */
  readonly length?: number;
  /** Seconds; default a sixth of the run. */
  readonly warmUp?: number;
}

export interface Figure {
  readonly metric: Metric;
  readonly value: number;
  /** Of `queueTail`: at least so many in a server; of `sojournOf`: the traffic. */
  readonly of?: number | string;
  /** Relative, beside the interval, where the scenario is not quite the model; default 0.001, for the network's microseconds. */
  readonly slack?: number;
}

const H2 = {
  hyperexponential: {
    branches: [
      { weight: 0.88729833, mean: '5635083ns' },
      { weight: 0.11270167, mean: '44364917ns' },
    ],
  },
};
const BIMODAL = {
  discrete: [
    { value: '5ms', weight: 95 },
    { value: '105ms', weight: 5 },
  ],
};
const EXPONENTIAL = { exponential: '10ms' };
/** Every request on a connection of its own, so that each is picked for and each pays four ways of the network. */
const ONE_SHOT = { connections: { keepAlive: '0s' } };

interface Single {
  rate: number;
  slots?: number;
  serviceTime?: unknown;
  behaviour?: object;
  client?: object;
  arrivals?: object;
}

/** One Pod, and users outside. */
function single({ rate, slots = 1, serviceTime = EXPONENTIAL, behaviour = {}, client = {}, arrivals }: Single) {
  const app = {
    name: 'app',
    behaviour: { serviceTime, cores: slots, concurrency: slots, backlog: 1_000_000, ...behaviour },
  };
  const traffic = { arrivals: arrivals ?? { poisson: { rate } } };
  const world = { apps: [app], cluster: { network: FAST }, clients: { web: { ...ONE_SHOT, ...client } }, traffic };
  return { rate, slots, world };
}

/** The same over another network. */
function over(network: object, { world, ...rest }: ReturnType<typeof single>) {
  return { ...rest, world: { ...world, cluster: { network } } };
}

interface Farm {
  rate: number;
  servers: number;
  serviceTime?: unknown;
  arrivals?: object;
  /** Which discovery, with which balancing of the client or in which mode of the data plane. */
  discovery: 'env' | 'endpoints';
  client?: object;
  dataPlane?: object;
}

/** Pods of one slot each, and one Pod that sends all requests, so that it and its node know of all. */
export function farm({
  rate,
  servers,
  serviceTime = EXPONENTIAL,
  arrivals,
  discovery,
  client = {},
  dataPlane = {},
}: Farm) {
  const one = { serviceTime, cores: 1, concurrency: 1, backlog: 1_000_000 };
  return {
    rate,
    slots: servers,
    world: {
      apps: [
        { name: 'app', replicas: servers, behaviour: one },
        { name: 'sender', behaviour: {} },
      ],
      // What is closed is gone at once: the models count requests, and no connections that wait to be forgotten.
      cluster: {
        nodes: { count: Math.max(3, Math.ceil(servers / 60)), cpu: 128, memory: '256Gi' },
        network: FAST,
        dataPlane,
        conntrack: { timeWait: '1us' },
      },
      clients: { web: { ...ONE_SHOT, ...client } },
      traffic: { from: 'deployment/sender', discovery, arrivals: arrivals ?? { poisson: { rate } } },
    },
  };
}

const IPVS = (scheduler: string) => ({ discovery: 'env', dataPlane: { mode: 'ipvs', scheduler } }) as const;
const IN_TURN = { discovery: 'endpoints', client: { ...ONE_SHOT, balancing: 'roundRobin' } } as const;
const LOSS = { backlog: 0, backlogFull: 'refuse' };

const sojourn = (value: number, slack?: number): Figure =>
  slack === undefined ? { metric: 'meanSojourn', value } : { metric: 'meanSojourn', value, slack };
const wait = (value: number): Figure => ({ metric: 'meanWait', value });
const waits = (value: number): Figure => ({ metric: 'pWait', value });
const busy = (value: number): Figure => ({ metric: 'utilisation', value });
const p50 = (value: number): Figure => ({ metric: 'p50Sojourn', value });
const p99 = (value: number): Figure => ({ metric: 'p99Sojourn', value });
const inside = (value: number): Figure => ({ metric: 'meanInSystem', value });
const tail = (of: number, value: number): Figure => ({ metric: 'queueTail', of, value });
const unserved = (value: number): Figure => ({ metric: 'unserved', value });
const throughput = (value: number): Figure => ({ metric: 'throughput', value });

export const SCENARIO_CASES: readonly ScenarioCase[] = [
  {
    name: 'M/M/1 at 0.5',
    source: 'Erlang; exponential sojourns',
    ...single({ rate: 50 }),
    figures: [
      sojourn(0.02),
      wait(0.01),
      waits(0.5),
      p50(0.013862944),
      p99(0.092103404),
      busy(0.5),
      inside(1),
      tail(5, 0.03125),
    ],
  },
  {
    name: 'M/M/1 at 0.8',
    source: 'Erlang; exponential sojourns',
    ...single({ rate: 80 }),
    figures: [
      sojourn(0.05),
      wait(0.04),
      waits(0.8),
      p50(0.034657359),
      p99(0.23025851),
      busy(0.8),
      inside(4),
      tail(5, 0.32768),
    ],
    length: 2,
  },
  {
    name: 'M/M/2 at 0.8',
    source: 'Erlang C',
    ...single({ rate: 160, slots: 2 }),
    figures: [waits(0.71111111), wait(0.017777778), sojourn(0.027777778), p50(0.020400314), p99(0.1193737), busy(0.8)],
  },
  {
    name: 'M/M/4 at 0.9',
    source: 'Erlang C',
    ...single({ rate: 360, slots: 4 }),
    figures: [waits(0.78775326), wait(0.019693832), sojourn(0.029693832), p50(0.022545037), p99(0.12193167), busy(0.9)],
    length: 2,
  },
  {
    name: 'M/M/100 at 0.95',
    source: 'Erlang C',
    ...single({ rate: 9500, slots: 100 }),
    figures: [
      waits(0.50645685),
      wait(0.0010129137),
      sojourn(0.011012914),
      p50(0.008079159),
      p99(0.04724387),
      busy(0.95),
    ],
    length: 3,
  },
  {
    name: 'M/D/1 at 0.9',
    source: 'Pollaczek and Khinchine; Crommelin',
    ...single({ rate: 90, serviceTime: '10ms' }),
    figures: [wait(0.045), sojourn(0.055), waits(0.9), busy(0.9), p99(0.22898237), p50(0.040130475)],
    length: 2,
  },
  {
    name: 'M/G/1, bimodal, at 0.8',
    source: 'Pollaczek and Khinchine',
    ...single({ rate: 80, serviceTime: BIMODAL }),
    figures: [wait(0.115), sojourn(0.125), waits(0.8), busy(0.8)],
    length: 2,
  },
  {
    name: 'M/H2/1 at 0.7',
    source: 'Pollaczek and Khinchine',
    ...single({ rate: 70, serviceTime: H2 }),
    figures: [wait(0.058333333), sojourn(0.068333333), waits(0.7), busy(0.7), p50(0.029067295), p99(0.41813559)],
    length: 2,
  },
  {
    name: 'M/H2/3 at 0.8',
    source: 'a Markov chain, solved',
    ...single({ rate: 240, slots: 3, serviceTime: H2 }),
    figures: [wait(0.025362616), waits(0.6584081), sojourn(0.035362616)],
  },
  {
    name: 'H2/M/1 at 0.8',
    source: 'GI/M/1',
    ...single({
      rate: 80,
      arrivals: {
        renewal: {
          gap: {
            hyperexponential: {
              branches: [
                { weight: 0.88729833, mean: '7043854ns' },
                { weight: 0.11270167, mean: '55456146ns' },
              ],
            },
          },
        },
      },
    }),
    figures: [waits(0.90757166), wait(0.098191928), sojourn(0.10819193), p99(0.49824224), busy(0.8)],
    length: 5,
  },
  {
    name: 'M/M/1 processor sharing at 0.9',
    source: 'Sakata, Noguchi, Oizumi 1971',
    ...single({ rate: 90, behaviour: { scheduling: 'processorSharing', concurrency: 100_000 } }),
    figures: [sojourn(0.1), inside(9), busy(0.9), tail(4, 0.6561)],
    length: 2,
  },
  {
    name: 'M/H2/1 processor sharing at 0.8',
    source: 'Sakata, Noguchi, Oizumi 1971: the mean sojourn depends on the mean service alone',
    ...single({ rate: 80, serviceTime: H2, behaviour: { scheduling: 'processorSharing', concurrency: 100_000 } }),
    figures: [sojourn(0.05), inside(4), busy(0.8), tail(4, 0.4096)],
  },
  sharedByTwoSizes(),
  {
    name: 'M/M/10/10 with 8 erlangs',
    source: 'Erlang B',
    ...single({ rate: 800, slots: 10, behaviour: LOSS }),
    figures: [unserved(0.12166106), busy(0.70267115), sojourn(0.01)],
  },
  {
    name: 'M/M/10/10 with 8.8 erlangs: a place is taken from the SYN on, two ways of the network before the request',
    source: 'Erlang B, of 11 ms each',
    ...over({ ...FAST, external: '500us' }, single({ rate: 800, slots: 10, behaviour: LOSS })),
    figures: [unserved(0.15859613)],
  },
  {
    name: 'M/D/10/10 with 8 erlangs',
    source: 'Erlang B, which holds for every distribution',
    ...single({ rate: 800, slots: 10, serviceTime: '10ms', behaviour: LOSS }),
    figures: [unserved(0.12166106), busy(0.70267115), sojourn(0.01)],
  },
  {
    name: 'M/M/1/5 at 0.9',
    source: 'a birth-death chain',
    ...single({ rate: 90, behaviour: { ...LOSS, backlog: 4 } }),
    figures: [
      unserved(0.12602255),
      sojourn(0.02790286),
      busy(0.78657971),
      { metric: 'pWaitOfServed', value: 0.75580572 },
    ],
  },
  {
    name: 'M/M/8/40 at 1.25',
    source: 'a birth-death chain',
    ...single({ rate: 1000, slots: 8, behaviour: { ...LOSS, backlog: 32 } }),
    figures: [
      unserved(0.2000648),
      sojourn(0.04501814),
      busy(0.99991899),
      { metric: 'pWaitOfServed', value: 0.99961246 },
    ],
  },
  {
    name: 'M/M/1 at 0.9, who has waited 50 ms leaves',
    source: 'Baccelli and Hebuterne 1981',
    ...single({ rate: 90, behaviour: { queue: { maxWait: '50ms' } } }),
    figures: [unserved(0.10730621), wait(0.021324026), waits(0.80342441), busy(0.80342441)],
  },
  {
    name: 'M/M/4 at 1.25, who has waited 20 ms leaves',
    source: 'Baccelli and Hebuterne 1981',
    ...single({ rate: 500, slots: 4, behaviour: { queue: { maxWait: '20ms' } } }),
    figures: [unserved(0.21445103), wait(0.014027973), waits(0.95616398), busy(0.98193622)],
  },
  {
    name: 'M/M/1+M at 1',
    source: 'Erlang A (Palm 1957)',
    ...single({
      rate: 100,
      behaviour: { queue: { dropAbandoned: true } },
      client: { patience: { exponential: '20ms' } },
    }),
    figures: [unserved(0.31303529), wait(0.0062607057), waits(0.68696471), busy(0.68696471)],
  },
  {
    name: 'M/M/10+M at 1.2',
    source: 'Erlang A (Palm 1957)',
    ...single({
      rate: 1200,
      slots: 10,
      behaviour: { queue: { dropAbandoned: true } },
      client: { patience: { exponential: '10ms' } },
    }),
    figures: [unserved(0.21363235), wait(0.0021363235), waits(0.75760784), busy(0.94364118)],
  },
  {
    name: '20 users before one core',
    source: 'the machine repair model',
    ...single({ rate: 84.11, arrivals: { users: { count: 20, think: { exponential: '200ms' } } } }),
    figures: [throughput(84.110804), sojourn(0.037781582), busy(0.84110804)],
  },
  {
    name: '64 users before four cores',
    source: 'the machine repair model',
    ...single({ rate: 399.89, slots: 4, arrivals: { users: { count: 64, think: { exponential: '100ms' } } } }),
    figures: [throughput(399.8876), sojourn(0.060044972), busy(0.999719)],
  },
  {
    name: '30 users before two Pods at random',
    source: 'mean value analysis',
    ...farm({
      rate: 182.09,
      servers: 2,
      discovery: 'env',
      arrivals: { users: { count: 30, think: { exponential: '100ms' } } },
    }),
    figures: [throughput(182.09353), sojourn(0.064750495), busy(0.91046767)],
  },
  {
    name: 'ten Pods at random, as iptables picks, at 0.8',
    source: 'M/M/1, ten times',
    ...farm({ rate: 800, servers: 10, discovery: 'env' }),
    figures: [sojourn(0.05), p99(0.23025851), waits(0.8)],
    length: 3,
  },
  {
    name: 'a metronome in turn before ten Pods at 0.95: nobody waits',
    source: 'D/D/1',
    ...farm({
      rate: 950,
      servers: 10,
      serviceTime: '10ms',
      arrivals: { renewal: { gap: '1052632ns' } },
      ...IN_TURN,
    }),
    figures: [
      { metric: 'meanWait', value: 0 },
      { metric: 'maxSojourn', value: 0.01, slack: 1e-6 },
      { metric: 'utilisation', value: 0.95 },
    ],
  },
  {
    name: 'two Pods in turn at 0.8',
    source: 'E2/M/1',
    ...farm({ rate: 160, servers: 2, ...IN_TURN }),
    figures: [waits(0.73985295), wait(0.028439798), sojourn(0.038439798), p99(0.17702181), busy(0.8)],
  },
  {
    name: 'four Pods in turn at 0.9',
    source: 'E4/M/1',
    ...farm({ rate: 360, servers: 4, ...IN_TURN }),
    figures: [waits(0.84333507), wait(0.053830495), sojourn(0.063830495), p99(0.29395029), busy(0.9)],
    length: 3,
  },
  {
    name: 'ten Pods in turn at 0.9',
    source: 'E10/M/1',
    ...farm({ rate: 900, servers: 10, ...IN_TURN }),
    figures: [waits(0.82333018), wait(0.046602764), sojourn(0.056602764), p99(0.26066536), busy(0.9)],
    length: 3,
  },
  {
    name: 'the shorter of two queues (ipvs, sed) at 0.8',
    source: 'a Markov chain, solved',
    ...farm({ rate: 160, servers: 2, ...IPVS('sed') }),
    figures: [sojourn(0.029557366), waits(0.69416478), tail(3, 0.36226401)],
  },
  {
    name: 'the shortest of three queues (ipvs, sed) at 0.9',
    source: 'a Markov chain, solved',
    ...farm({ rate: 270, servers: 3, ...IPVS('sed') }),
    figures: [sojourn(0.039824216), waits(0.79513327), tail(3, 0.53195962)],
    length: 2,
  },
  {
    name: 'the less loaded of two different Pods of three (leastRequest) at 0.8',
    source: 'a Markov chain, solved',
    ...farm({
      rate: 240,
      servers: 3,
      discovery: 'endpoints',
      client: { ...ONE_SHOT, balancing: 'leastRequest' },
    }),
    figures: [sojourn(0.025099997), waits(0.67332489), tail(3, 0.31457584)],
  },
  {
    // The kernel draws from 0 to the sum of weights, both included, so that the first of three comes in half of all draws.
    name: 'the less loaded of two draws from three (ipvs, twos) at 0.8',
    source: 'a Markov chain of draws 1/2, 1/4, 1/4, solved; linux net/netfilter/ipvs/ip_vs_twos.c',
    ...farm({ rate: 240, servers: 3, ...IPVS('twos') }),
    figures: [sojourn(0.032176916), waits(0.74044854), tail(3, 0.41333328)],
  },
  retrial({ rate: 70, slots: 1, pause: '50ms', length: 3 }, { blocked: 0.7, attempts: 3.8, utilisation: 0.7 }),
  retrial(
    { rate: 320, slots: 4, pause: '20ms', length: 3 },
    { blocked: 0.49870575, attempts: 2.3194618, utilisation: 0.8 },
  ),
  retrial(
    { rate: 300, slots: 2, pause: '50ms', probability: 0.8, length: 2 },
    { blocked: 0.77570014, attempts: 2.6671519, utilisation: 0.87481805, failed: 0.41678797 },
  ),
  {
    name: 'retries against a loss system, three at most: λ (1 + p + p² + p³)',
    source: 'Erlang B at its fixed point: after long pauses, attempts come as if they were a Poisson process',
    ...single({
      rate: 6172.83,
      slots: 20,
      behaviour: LOSS,
      arrivals: { poisson: { rate: 2500 } },
      client: { retries: { max: 3, backoff: { base: '500ms', factor: 1, jitter: 'exponential' } } },
    }),
    // The model's pauses are endless; these are long beside a service.
    figures: [
      { metric: 'attemptsPerSecond', value: 6172.8329, slack: 0.005 },
      { metric: 'unserved', value: 0.68327406, slack: 0.005 },
      { metric: 'attemptsPerRequest', value: 2.4691332, slack: 0.005 },
      { metric: 'failed', value: 0.21796147, slack: 0.01 },
    ],
    length: 3,
    warmUp: 4,
  },
];

interface Retrial {
  rate: number;
  slots: number;
  pause: string;
  /** With which a call that was blocked is tried again. */
  probability?: number;
  length: number;
}

/** Who finds all slots busy comes again after an exponential pause, for as long as it takes. */
function retrial(
  { rate, slots, pause, probability = 1, length }: Retrial,
  figures: { blocked: number; attempts: number; utilisation: number; failed?: number },
): ScenarioCase {
  const retries = {
    max: 'unlimited',
    probability,
    backoff: { base: pause, factor: 1, max: '1h', jitter: 'exponential' },
  };
  return {
    name: `a retrial queue of ${slots}: ${rate} a second come again after ${pause} with probability ${probability}`,
    source: 'Falin and Templeton 1997: a Markov chain of busy slots and calls in a pause, solved',
    ...single({ rate, slots, behaviour: LOSS, client: { retries } }),
    figures: [
      { metric: 'firstBlocked', value: figures.blocked },
      { metric: 'attemptsPerRequest', value: figures.attempts },
      busy(figures.utilisation),
      ...(figures.failed === undefined ? [] : [{ metric: 'failed', value: figures.failed } as const]),
    ],
    length,
  };
}

/** In place of one service time of two values, two kinds of requests with one each: so they are known apart. */
function sharedByTwoSizes(): ScenarioCase {
  const behaviour = {
    scheduling: 'processorSharing',
    concurrency: 100_000,
    serviceTimeOf: { large: '105ms' },
  };
  const made = single({ rate: 80, serviceTime: '5ms', behaviour, arrivals: { poisson: { rate: 76 } } });
  const large = {
    ...made.world.traffic,
    name: 'large',
    to: 'http://app',
    client: 'web',
    arrivals: { poisson: { rate: 4 } },
  };
  return {
    name: 'M/G/1 processor sharing, bimodal, at 0.8: everybody is slowed as much',
    source: 'Kleinrock II, chapter 4: a request of size x takes x / (1 - ρ)',
    ...made,
    world: { ...made.world, moreTraffic: [large] },
    figures: [
      { metric: 'sojournOf', of: 'users', value: 0.025 },
      { metric: 'sojournOf', of: 'large', value: 0.525 },
      sojourn(0.05),
    ],
    length: 2,
  };
}
