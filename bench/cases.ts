import { type Contender, cpp, job, python } from './contender.ts';
import { PICKS } from './dataplane.ts';
import { STRATEGY_JOBS } from './strategies.ts';

/** One piece of work and all that do it; the first contender is svclab, and ratios are against the others. */
export interface Case {
  readonly name: string;
  /** What is counted, as it stands behind a rate: `events`, `requests`. */
  readonly unit: string;
  contenders(scale: number): readonly Contender[];
}

/** The cases of each benchmark. `scale` shortens the work (1 is full length). */
export const benchmarks: Readonly<Record<string, readonly Case[]>> = {
  hold: [
    { pending: 100, bars: {} },
    { pending: 10_000, bars: { cpp: { bar: 2 }, fastPriorityQueue: { bar: 5 } } },
    { pending: 1_000_000, bars: { cpp: { bar: 1.4 }, fastPriorityQueue: { bar: 8 } } },
  ].map(({ pending, bars }) => ({
    name: `hold model, ${pending.toLocaleString('en')} pending`,
    unit: 'events',
    contenders(scale) {
      const events = 1e7 * scale;
      return [
        { name: 'svclab', command: job('hold-svclab', [pending, events]) },
        { name: 'C++ std::priority_queue', command: cpp('hold.cc', [pending, events]), ...bars.cpp },
        {
          name: 'fastpriorityqueue',
          command: job('hold-fastpriorityqueue', [pending, events / 5]),
          share: 0.2,
          ...bars.fastPriorityQueue,
        },
        { name: 'flatqueue', command: job('hold-flatqueue', [pending, events / 2]), share: 0.5 },
        {
          name: 'svclab on its reference queue',
          command: job('hold-svclab-reference', [pending, events / 10]),
          share: 0.1,
        },
      ];
    },
  })),
  lanes: [1, 16, 100].map((lanes) => ({
    name: `10,000 pending in ${lanes} lane${lanes > 1 ? 's' : ''}`,
    unit: 'events',
    contenders(scale) {
      return [
        { name: 'svclab lanes', command: job('lanes', [lanes, 1e7 * scale]) },
        { name: 'the same delays through the calendar queue', command: job('lanes-queue', [lanes, 1e7 * scale]) },
      ];
    },
  })),
  draws: [
    {
      name: 'random draws',
      unit: 'draws',
      contenders() {
        const names = ['draws-bits', 'draws-hash', 'draws-exponential', 'draws-lognormal', 'draws-gamma', 'draws-zipf'];
        return names.map((name) => ({ name, command: job(name, []) }));
      },
    },
  ],
  pick: [10, 1000, 10_000].map((services) => ({
    name: `a pick among 10 endpoints, ${services.toLocaleString('en')} Services in the model`,
    unit: 'picks',
    contenders() {
      return Object.keys(PICKS).map((name) => ({ name, command: job(`pick-${name}`, [services]) }));
    },
  })),
  strategies: [
    {
      name: 'load-balancing strategies, 100 Pods: a request’s pick, start and end',
      unit: 'requests',
      contenders(scale) {
        return STRATEGY_JOBS.map(({ strategy, job: name }) => ({ name: strategy, command: job(name, [scale]) }));
      },
    },
  ],
  export: [
    {
      name: 'a node’s programming of 10,000 Services of 10 endpoints',
      unit: 'Services',
      contenders() {
        return ['iptables', 'nftables', 'ipvs'].map((format) => ({
          name: format,
          command: job(`export-${format}`, [10_000]),
        }));
      },
    },
  ],
  cluster: [
    {
      name: 'settling at the limits of Kubernetes: 5,000 nodes, 10,000 Services, from the text of the manifests',
      unit: 'Pods',
      contenders: () => [{ name: 'svclab', command: job('settle', [5000, 10_000]) }],
    },
    {
      name: 'a dump of 30,000 Pods streams in',
      unit: 'MB',
      contenders: () => [{ name: 'svclab', command: job('dump', [30_000]) }],
    },
    {
      name: 'a rollout of 1,000 Pods with clients on 50 nodes: simulated over CPU seconds, by nodes in all',
      unit: 'seconds',
      contenders: () =>
        [100, 500, 5000].map((nodes) => ({
          name: `${nodes.toLocaleString('en')} nodes`,
          command: job('rollout', [nodes]),
        })),
    },
  ],
  histogram: [
    {
      name: 'histogram records',
      unit: 'records',
      contenders() {
        return ['histogram', 'tally'].map((name) => ({ name, command: job(name, []) }));
      },
    },
  ],
  w1: [1000, 10_000].map((pods) => ({
    name: `W1, ${pods.toLocaleString('en')} pods`,
    unit: 'requests',
    contenders(scale) {
      const requests = (pods === 1000 ? 5e6 : 2e7) * scale; // at 10,000 pods the timers begin to fire after 7 M requests
      const [ns3, simpy] = [requests / 20, requests / 200];
      return [
        { name: 'svclab', command: job('w1', [pods, requests]) },
        { name: 'C++ std::priority_queue', command: cpp('w1.cc', [pods, requests]), bar: 2 },
        { name: 'C++ without any timers', command: cpp('w1.cc', [pods, requests, 'without-timers']), bar: 1 },
        { name: 'ns-3', command: cpp('w1_ns3.cc', [pods, ns3], ['ns3-core']), share: 1 / 20 },
        { name: 'simjs', command: job('w1-simjs', [pods, simpy]), share: 1 / 200 },
        { name: 'SimPy', command: python('w1.py', 'simpy', [pods, simpy]), share: 1 / 200 },
      ];
    },
  })),
  scenario: [
    {
      name: 'W1 as a scenario, 1,000 pods',
      unit: 'requests',
      contenders(scale) {
        const requests = 1e7 * scale;
        const simpy = requests / 10; // 1.4 s of the simulated time: the first timers fire after 1 s, and fewer pend until then
        return [
          { name: 'svclab', command: job('w1-scenario', [requests]) },
          { name: 'C++ std::priority_queue', command: cpp('w1.cc', [1000, requests]), bar: 0.8 },
          { name: 'ns-3', command: cpp('w1_ns3.cc', [1000, requests], ['ns3-core']), bar: 2 },
          { name: 'SimPy', command: python('w1.py', 'simpy', [1000, simpy]), share: 1 / 10, bar: 50 },
        ];
      },
    },
  ],
};
