import { Streams } from '../../sim/engine/random.ts';
import { KNOWLEDGE } from '../../sim/strategies/registry.ts';
import type { Knowledge, Place } from '../../sim/strategies/strategy.ts';
import type {
  Estimate,
  OverallRow,
  Row,
  StrategyResult,
  TournamentResult,
  WorkloadResult,
} from '../../sim/tournament/result.ts';

/** A user's that is played. */
const OWN = 'my-own:choices=3';

/** Name, what it knows, where it runs, and how well it shall do: its p99 over the best, about. */
const STRATEGIES: readonly (readonly [string, Knowledge, Place, number])[] = [
  ['random', 'nothing', 'client', 3.4],
  ['round-robin', 'nothing', 'client', 2.6],
  ['power-of-two', 'global', 'dispatcher', 1.35],
  ['jsq', 'global', 'dispatcher', 1.06],
  ['jiq', 'idleServers', 'dispatcher', 1.15],
  ['least-work-left', 'global', 'dispatcher', 1],
  ['kube-proxy-iptables', 'nothing', 'kernel', 4.1],
  ['kube-proxy-nftables', 'nothing', 'kernel', 4.05],
  ...['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'lblc', 'sh', 'mh', 'twos', 'ovf', 'fo'].map(
    (name, i) => [`ipvs-${name}`, i < 2 ? 'nothing' : 'localCounts', 'kernel', 2.2 + (i % 7) * 0.5] as const,
  ),
  ['nginx-round-robin', 'nothing', 'proxy', 2.5],
  ['nginx-least-conn', 'localCounts', 'proxy', 1.5],
  ['nginx-random-two', 'localCounts', 'proxy', 1.7],
  ['nginx-ip-hash', 'membership', 'proxy', 6],
  ['nginx-hash-consistent', 'membership', 'proxy', 5.4],
  ['haproxy-roundrobin', 'nothing', 'proxy', 2.5],
  ['haproxy-leastconn', 'localCounts', 'proxy', 1.45],
  ['haproxy-random', 'localCounts', 'proxy', 1.72],
  ['haproxy-first', 'localCounts', 'proxy', 30],
  ['envoy-round-robin', 'nothing', 'proxy', 2.5],
  ['envoy-least-request', 'localCounts', 'proxy', 1.66],
  ['envoy-least-request-locality-failover', 'localCounts', 'proxy', 1.6],
  ['envoy-ring-hash', 'membership', 'proxy', 5.8],
  ['envoy-maglev', 'membership', 'proxy', 5],
  ['envoy-random', 'nothing', 'proxy', 3.4],
  ['finagle-p2c', 'localCounts', 'client', 2.1],
  ['finagle-p2c-peak-ewma', 'localLatency', 'client', 1.28],
  ['finagle-aperture', 'localCounts', 'client', 1.9],
  ['linkerd-p2c-peak-ewma', 'localLatency', 'client', 1.3],
  ['grpc-pick-first', 'nothing', 'client', 60],
  ['grpc-round-robin', 'nothing', 'client', 2.6],
  ['grpc-weighted-round-robin', 'reports', 'client', 1.9],
  ['grpc-ring-hash', 'membership', 'client', 5.9],
  ['grpc-least-request', 'localCounts', 'client', 2.2],
  ['cilium-maglev', 'membership', 'kernel', 5],
  ['katran-maglev', 'membership', 'kernel', 5.1],
  ['consistent-bounded-loads', 'membership', 'proxy', 2.9],
  ['rendezvous', 'membership', 'client', 5.2],
  ['prequal', 'probes', 'client', 1.1],
  [OWN, 'localCounts', 'client', 1.62],
  ['c3', 'reports', 'client', 1.4],
];

/** Name, what it is, load, when a fault begins (s), and how far strategies differ in it. */
const WORKLOADS: readonly (readonly [string, string, number, number | null, number])[] = [
  ['homogeneous', 'A hundred equal Pods, exponential service times', 0.8, null, 1],
  ['two-generations', 'Half of the Pods are twice as fast', 0.8, null, 1.2],
  ['slow-pod', 'One Pod becomes three times slower', 0.7, 8, 1.1],
  ['black-hole', 'One Pod answers at once, with errors', 0.7, 8, 0.8],
  ['heavy-tail', 'Service times by a bounded Pareto law', 0.7, null, 0.6],
  ['bimodal', 'One request in a hundred takes fifty times as long', 0.7, null, 0.7],
  ['bursts', 'Load jumps between 0.4 and 1.1', 0.7, null, 0.5],
  ['flash-crowd', 'Load five times as high within ten seconds', 0.7, 6, 0.4],
  ['rolling-restart', 'One Pod after the other is replaced, and is slow at first', 0.7, 5, 0.9],
  ['antagonist', 'Others on the same nodes take the CPU now and then', 0.75, null, 1.1],
  ['zone-failure', 'One of three zones fails', 0.55, 8, 0.9],
  ['long-lived-connections', 'Connections stay for thousands of requests', 0.7, null, 1.3],
  ['few-clients', 'Ten clients, each with many requests', 0.8, null, 0.9],
  ['sticky-sessions', 'A request of a client whose last Pod was another takes longer', 0.7, null, 0.9],
  ['many-clients', 'A thousand clients with few requests each', 0.8, null, 0.8],
];

const SECOND = 1e9;

/** Nothing is simulated: figures are drawn by a fixed generator. A strategy of a user is played, another one has a fault. */
export function madeUpResult(): TournamentResult {
  const random = new Streams(7).stream('made up');
  const share = () => (random.bits() >>> 0) / 2 ** 32;
  const workloads = WORKLOADS.map((workload) => workloadOf(workload, share));
  const played = STRATEGIES.map(([name, knows, runs]) => {
    const request = 8 + 12 * share() + (knows === 'global' ? 30 : knows === 'nothing' ? 0 : 10);
    return strategyOf(name, knows, runs, { pick: request / 2, request });
  });
  const overall = overallOf(workloads, played);
  return {
    version: 1,
    svclab: '0.1.0',
    command: 'svclab tournament --strategy ./mine.js --seed 1 --html tournament.html',
    seed: 1,
    stopping: { min: 4, max: 40, precision: 0.05, requests: 2_000_000 },
    rankedBy: 'p99',
    answer: `${overall[0]!.strategy} has the lowest p99 over ${workloads.length} workloads; this is made up.`,
    strategies: [
      ...played,
      {
        ...strategyOf('mine<b>', 'nothing', 'client', null),
        isOwn: true,
        fault: 'mine<b>: pick() threw TypeError: x is not a function at request 1233 of workload homogeneous',
      },
    ],
    workloads,
    overall,
    curves: {
      workload: 'homogeneous',
      loads: LOADS,
      series: STRATEGIES.map(([strategy, , , quality]) => ({
        strategy,
        p50: LOADS.map((load) => around(1e7 * (1 + (quality ** 0.8 * load ** 3) / (1 - load)), 0.03)),
        p99: LOADS.map((load) => around(5e7 * (1 + (quality ** 0.8 * load ** 3) / (1 - load)), 0.03)),
      })),
    },
  };
}

const LOADS = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];

function around(mean: number, width: number): Estimate {
  return { mean, halfWidth: mean * width };
}

function strategyOf(name: string, knows: Knowledge, runs: Place, cost: StrategyResult['cost']): StrategyResult {
  const title = `The rule of ${name}, in a sentence that says what it looks at and what it picks`;
  return { name, title, knows, runs, source: 'a file of some project', isOwn: name === OWN, cost, fault: null };
}

function workloadOf(
  [name, description, load, faultAt, spread]: (typeof WORKLOADS)[number],
  share: () => number,
): WorkloadResult {
  const raw = STRATEGIES.map(([strategy, knows, , quality]) => ({
    strategy,
    knows,
    quality,
    p99: (2e7 / (1 - load)) * quality ** spread * (0.93 + 0.14 * share()),
    width: 0.02 + 0.03 * share(),
  })).toSorted((a, b) => a.p99 - b.p99);
  const isBetter = (a: (typeof raw)[number], b: (typeof raw)[number]) => a.p99 * (1 + a.width) < b.p99 * (1 - b.width);
  const rows = raw.map((one): Row => {
    const { strategy, knows, quality, p99, width } = one;
    const imbalance = 1.05 + 0.35 * quality ** spread;
    const changesMembers = ['rolling-restart', 'zone-failure'].includes(name);
    const beats = raw.filter((other) => isBetter(one, other)).map((other) => other.strategy);
    return {
      strategy,
      figures: {
        p50: around(p99 / 6.6, 0.006),
        p90: around(p99 / 2, 0.01),
        p99: around(p99, width),
        p999: around(p99 * 1.5, 0.08),
        mean: around(p99 / 4.6, 0.005),
        errors: around(faultAt === null ? 0 : 0.002 * share(), 0.1),
        goodput: around(8000 * load, 0.002),
        maxOverMean: around(imbalance, 0.01),
        variation: around((imbalance - 1) / 2, 0.01),
        jain: around(1 / (1 + ((imbalance - 1) / 2) ** 2), 0.001),
        queueMean: around(load * 1.6, 0.01),
        queueMax: around(12 * quality, 0.1),
        moved: changesMembers ? around(knows === 'membership' ? 0.01 + 0.02 * share() : 0.9 + 0.09 * share(), 0) : null,
        forced: changesMembers ? around(0.01, 0) : null,
        recovery: faultAt === null ? null : around(0.5 * SECOND * Math.min(quality, 20) * share(), 0.2),
        messages: around(knows === 'probes' ? 3 : knows === 'idleServers' ? 0.6 : 0, 0),
      },
      rank: {
        best: 1 + raw.filter((other) => isBetter(other, one)).length,
        worst: raw.length - beats.length,
      },
      beats,
      replications: 8,
      requests: 480_000,
      counted: 400_000,
      stoppedBy: width > 0.045 ? 'requests' : 'precision',
      outcomes: { ok: 400_000, error: 0, refused: 0, full: 0, reset: 0, timeout: 0, noBackend: 0 },
      tail: Array.from({ length: 60 }, (_, i) => 0.5 * 10 ** (-i / 12)).map((above) => ({
        latency: (p99 / 4.6) * (-Math.log(above)) ** (quality > 20 ? 0.4 : 1),
        above,
      })),
      windows: Array.from({ length: 80 }, (_, i) => {
        const at = ((i + 1) * SECOND) / 4;
        const isStruck = faultAt !== null && Math.abs(at / SECOND - faultAt) < 1;
        const maxOverMean = 1 + (imbalance - 1) * (0.8 + 0.4 * share()) * (isStruck ? 2 : 1);
        return { at, ended: 2000, failed: 0, p99, maxOverMean, variation: 0.1, jain: 0.9, queueMean: 1, queueMax: 5 };
      }),
    };
  });
  return {
    name,
    description,
    pods: 100,
    timeout: 2 * SECOND,
    duration: 20 * SECOND,
    warmUp: SECOND,
    faultAt: faultAt === null ? null : faultAt * SECOND,
    rows,
  };
}

function overallOf(workloads: readonly WorkloadResult[], strategies: readonly StrategyResult[]): OverallRow[] {
  const scored = STRATEGIES.map(([strategy, knows], i) => {
    const rows = workloads.map(({ rows }) => [rows.find((row) => row.strategy === strategy)!, rows[0]!] as const);
    const logs = rows.map(([row, best]) => Math.log(row.figures.p99!.mean / best.figures.p99!.mean));
    return {
      strategy,
      ratio: Math.exp(logs.reduce((sum, x) => sum + x, 0) / logs.length),
      firsts: rows.filter(([row]) => row.rank.best === 1).length,
      level: KNOWLEDGE.indexOf(knows),
      cost: strategies[i]!.cost!.request,
    };
  });
  const isFront = (one: (typeof scored)[number], of: 'level' | 'cost') =>
    !scored.some((other) => other.ratio < one.ratio && other[of] <= one[of]);
  return scored
    .map((one) => ({
      strategy: one.strategy,
      ratio: one.ratio,
      firsts: one.firsts,
      onKnowledgeFront: isFront(one, 'level'),
      onCostFront: isFront(one, 'cost'),
    }))
    .toSorted((a, b) => a.ratio - b.ratio);
}
