import { mix } from '../../sim/engine/hash.ts';
import { Streams } from '../../sim/engine/random.ts';
import { STRATEGIES } from '../../sim/strategies/registry.ts';
import type { StrategyKind } from '../../sim/strategies/strategy.ts';
import { boundOf } from '../../sim/strategies/tables/bounded-loads.ts';
import { ciliumTable } from '../../sim/strategies/tables/cilium-maglev.ts';
import type { Workload } from '../../sim/tournament/workload/workload.ts';
import { type ArenaOptions, arenaOf, requestsAtPods, SERVICE, tailOf } from './arenas.ts';

/** What is published about a strategy, and the same through the arena. */
export interface Claim {
  readonly name: string;
  readonly source: string;
  /** What is set up here, and where that differs. */
  readonly setting: string;
  readonly findings: readonly {
    readonly figure: string;
    readonly published: string;
    /** Between these ours counts as the same in direction and rough size. */
    readonly accepted: readonly [low: number, high: number];
    /** As it is written. */
    readonly text: (value: number) => string;
  }[];
  /** In the order of `findings`. @param seed of the first replication */
  measure(seed: number): number[];
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
const times = (ratio: number) => `${Number(ratio.toPrecision(3))} ×`;

/** Share of the table of each of so many backends. */
const BACKENDS = 1000;
const SMALL = 65_537;
const LARGE = 655_373;

const maglev: Claim = {
  name: 'Maglev: balance and disruption',
  source: 'D. Eisenbud et al., Maglev, NSDI 2016, 5.3 and figures 11, 12',
  setting: `${BACKENDS} backends, tables of ${SMALL} and ${LARGE} entries, backends removed at random; Cilium’s hash in place of Google’s. Rendezvous: each entry to the backend with the highest hash`,
  findings: [
    {
      figure: `fullest backend over the mean, ${SMALL}`,
      published: 'almost perfect; under 1 % with M > 100 N',
      accepted: [1, 1.02],
      text: times,
    },
    { figure: `the same, ${LARGE}`, published: 'almost perfect; under 1 %', accepted: [1, 1.01], text: times },
    { figure: 'the same of rendezvous, 65537', published: '1.495 ×', accepted: [1.25, 1.75], text: times },
    {
      figure: 'entries of others that move as 1 % of backends fail, 65537',
      published: 'few; more with more failures (a curve)',
      accepted: [0.001, 0.05],
      text: percent,
    },
    { figure: 'the same as 5 % fail', published: 'more', accepted: [0.01, 0.15], text: percent },
    { figure: 'the same as 1 % fail, 655373', published: 'fewer', accepted: [0.0001, 0.02], text: percent },
  ],
  measure(seed) {
    const names = Array.from({ length: BACKENDS }, (_, i) => `10.${i >> 8}.${i & 255}.1:80`);
    const table = (backends: readonly string[], size: number) => {
      const owners = ciliumTable(backends, new Float64Array(backends.length).fill(1), size);
      return Array.from(owners, (owner) => backends[owner]!);
    };
    const [small, large] = [table(names, SMALL), table(names, LARGE)];
    const moved = (before: readonly string[], failures: number) => {
      const stream = new Streams(seed).stream(`failures ${failures}`);
      const gone = new Set<string>();
      while (gone.size < failures) gone.add(names[stream.below(BACKENDS)]!);
      const left = names.filter((name) => !gone.has(name));
      const after = table(left, before.length);
      return before.filter((owner, i) => !gone.has(owner) && after[i] !== owner).length / before.length;
    };
    return [
      overMean(small),
      overMean(large),
      overMean(rendezvousTable(SMALL)),
      moved(small, 10),
      moved(small, 50),
      moved(large, 10),
    ];
  },
};

function overMean(table: readonly (string | number)[]): number {
  const counts = new Map<string | number, number>();
  for (const owner of table) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return (Math.max(...counts.values()) * BACKENDS) / table.length;
}

function rendezvousTable(size: number): number[] {
  return Array.from({ length: size }, (_, entry) => {
    let [best, most] = [-1, -1];
    for (let backend = 0; backend < BACKENDS; backend++) {
      const hash = mix(mix(77, entry), backend) >>> 0;
      if (hash > most) [best, most] = [backend, hash];
    }
    return best;
  });
}

const bounded: Claim = {
  name: 'Consistent hashing with bounded loads: never above c',
  source: 'V. Mirrokni, M. Thorup, M. Zadimoghaddam, SODA 2018',
  setting:
    '20 servers at 0.8, 200 clients with skewed rates (Zipf 1), c = 1.25: at every start the server’s requests against ceil(c m / n)',
  findings: [
    { figure: 'requests at a server over its bound, at most', published: '1', accepted: [0.9, 1], text: String },
    {
      figure: 'p99 of rendezvous hashing, which has no bound, over that of bounded loads',
      published: 'no bound: the fullest grows with the skew',
      accepted: [2, Infinity],
      text: times,
    },
  ],
  measure(seed) {
    const options: ArenaOptions = {
      servers: 20,
      load: 0.8,
      requests: 200_000,
      seed,
      workload: { clients: { count: 200, skew: 1 } },
    };
    const most = new Float64Array(1);
    const arena = arenaOf(watched('consistent-bounded-loads', most), options);
    arena.run();
    const free = arenaOf('rendezvous', options);
    free.run();
    return [most[0]!, free.meters.latency.quantile(0.99) / arena.meters.latency.quantile(0.99)];
  },
};

/** The kind, noting the most that a server ever had over its bound. */
function watched(name: string, most: Float64Array): StrategyKind {
  const kind = STRATEGIES.find((each) => each.name === name)!;
  const { epsilon } = kind.options as { epsilon: number };
  return {
    ...kind,
    create: (view, options) => {
      const strategy = kind.create(view, options);
      const started = strategy.started?.bind(strategy);
      strategy.started = (slot) => {
        const all = view.inFlight.reduce((sum, count) => sum + count, 0);
        most[0] = Math.max(most[0]!, view.inFlight[slot]! / boundOf(all, 1 / view.count, epsilon));
        started?.(slot);
      };
      return strategy;
    },
  };
}

const SLOW_POD: Partial<Workload> = {
  pods: [{ count: 11, cores: 1000, speed: 1, weight: 1 }],
  service: { kind: 'lognormal', mean: 5e7, p99: 1.5e8 },
  load: { kind: 'curve', points: [[0, 50 / ((11 * 1000) / 0.05)]] },
  timeout: 1e9,
  duration: 1200e9,
  warmUp: 100e9,
  faults: Array.from({ length: 20 }, (_, i) => ({
    kind: 'slow' as const,
    at: 100e9 + i * 55e9,
    lasts: 27.5e9,
    which: { pods: 1 },
    factor: 100,
  })),
};

const ewma: Claim = {
  name: 'Peak EWMA against a slow server',
  source: 'S. Jenson, Beyond Round Robin: Load Balancing for Latency, Linkerd’s blog, 2016 (figures from memory)',
  setting:
    'one client, 50 requests/s of 50 ms to 11 servers, one of them 100 times slower for half of the time, timeout 1 s; the post has a server that stops for 2 s, at a rate that it does not name',
  findings: [
    { figure: 'within 1 s, round robin', published: 'about 95 %', accepted: [0.94, 0.965], text: percent },
    { figure: 'within 1 s, least loaded (P2C)', published: 'about 99 %', accepted: [0.975, 0.996], text: percent },
    { figure: 'within 1 s, peak EWMA (P2C)', published: 'about 99.9 %', accepted: [0.997, 1], text: percent },
  ],
  measure(seed) {
    return ['round-robin', 'finagle-p2c', 'finagle-peak-ewma'].map((strategy) => {
      const arena = arenaOf(strategy, { servers: 11, load: 1, requests: 1, seed, workload: SLOW_POD });
      arena.run();
      return arena.meters.outcomes[0]! / arena.meters.sent;
    });
  },
};

const ANTAGONISTS: Partial<Workload> = {
  clients: { count: 100, skew: 0 },
  network: { sameZone: 1e5, otherZone: 1e5 },
  timeout: 5e9,
  service: { kind: 'exponential', mean: 4e7 },
  load: { kind: 'curve', points: [[0, 0.6]] },
  faults: [{ kind: 'antagonist', together: 1, on: 6e9, off: 12e9, factor: 3 }],
  duration: 90e9,
  warmUp: 30e9,
};

const prequal: Claim = {
  name: 'Prequal against weighted round robin, with antagonists',
  source: 'B. Wydrowski et al., Load is not what you should balance: Introducing Prequal, NSDI 2024 (YouTube)',
  setting:
    '100 clients, 100 servers of one core, load 0.6; on each node others come and go, who make it up to three times slower; gRPC’s weighted round robin. The paper’s are a fleet’s figures before and after',
  findings: [
    {
      figure: 'p99 of weighted round robin over Prequal’s',
      published: '2 × (tail latency)',
      accepted: [1.5, 30],
      text: times,
    },
    { figure: 'the same of p99.9', published: '2 × (tail latency)', accepted: [1.5, 30], text: times },
    {
      figure: 'p99.9 of requests at a server, the same',
      published: '5 to 10 × (tail RIF)',
      accepted: [2.5, 50],
      text: times,
    },
  ],
  measure(seed) {
    const [weighted, probing] = ['grpc-weighted-round-robin', 'prequal'].map((strategy) => {
      const span = { servers: 100, load: 0.6, requests: 1, seed, workload: ANTAGONISTS };
      const arena = arenaOf(strategy, span);
      const times = requestsAtPods(arena, { warmUp: 30e9, duration: 90e9 }, 600);
      const { latency } = arena.meters;
      return { p99: latency.quantile(0.99), p999: latency.quantile(0.999), most: quantileOf(times, 0.999) };
    });
    return [weighted!.p99 / probing!.p99, weighted!.p999 / probing!.p999, weighted!.most / probing!.most];
  },
};

/** The least number that a share `q` of looks did not find exceeded. */
function quantileOf(times: readonly number[], q: number): number {
  let least = 0;
  while (tailOf(times, least + 1) > 1 - q) least++;
  return least;
}

const LOADS = [0.5, 0.7, 0.9];

const idleQueue: Claim = {
  name: 'JIQ against two choices, several dispatchers',
  source: 'Y. Lu et al., Join-Idle-Queue, Performance Evaluation 2011: abstract, and the limit of many servers',
  setting:
    '500 servers; waits, as parts of a service. A server that is idle, gets a request by chance and is idle again is known to two dispatchers: the limit leaves that out, so it waits less',
  findings: [
    ...LOADS.map((load) => ({
      figure: `wait with two choices over that with JIQ, 5 dispatchers, utilisation ${load}`,
      published: '30 × at medium to high load',
      accepted: [8, 60] as const,
      text: times,
    })),
    ...LOADS.map((load) => ({
      figure: `wait with JIQ, 50 dispatchers, utilisation ${load}`,
      published: `${waitOfIdleQueue(10, load).toPrecision(3)} (limit)`,
      accepted: [waitOfIdleQueue(10, load), 2.5 * waitOfIdleQueue(10, load)] as const,
      text: (wait: number) => wait.toPrecision(3),
    })),
  ],
  measure(seed) {
    const wait = (strategy: string, load: number, proxies: number) => {
      const arena = arenaOf(strategy, { servers: 500, load, requests: 600_000, seed, workload: { proxies } });
      arena.run();
      return arena.meters.latency.mean / SERVICE - 1;
    };
    return [
      ...LOADS.map((load) => wait('power-of-d', load, 1) / wait('jiq', load, 5)),
      ...LOADS.map((load) => wait('jiq', load, 50)),
    ];
  },
};

/** Of so many servers to a dispatcher; those who find no idle one go anywhere. */
function waitOfIdleQueue(servers: number, load: number): number {
  const byChance = load / (1 + servers * (1 - load));
  return byChance / (1 - byChance);
}

export const literature: readonly Claim[] = [maglev, bounded, idleQueue, ewma, prequal];
