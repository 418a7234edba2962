import { STRATEGIES } from '../../sim/strategies/registry.ts';
import type { StrategyKind } from '../../sim/strategies/strategy.ts';
import { Arena } from '../../sim/tournament/arena/arena.ts';
import { Watch } from '../../sim/tournament/arena/watch.ts';
import type { Workload } from '../../sim/tournament/workload/workload.ts';

/** Mean service time of a request, ns. */
export const SERVICE = 1e7;

/** What an arena is about; everything else is as in theory: no network, endless lines, one dispatcher. */
export interface ArenaOptions {
  readonly servers: number;
  /** Share of what they can serve. */
  readonly load: number;
  /** Requests, about; the first tenth is warm-up. */
  readonly requests: number;
  readonly seed: number;
  /** Beside that, or instead. */
  readonly workload?: Partial<Workload>;
}

/** @param strategy a name, or a kind of one's own */
export function arenaOf(
  strategy: string | StrategyKind,
  { servers, load, requests, seed, workload = {} }: ArenaOptions,
  options: Readonly<Record<string, number>> = {},
): Arena {
  const kind = typeof strategy === 'string' ? STRATEGIES.find(({ name }) => name === strategy)! : strategy;
  const { warmUp, duration } = spanOf({ servers, load, requests });
  const whole: Workload = {
    name: 'theory',
    description: '',
    pods: [{ count: servers, cores: 1, speed: 1, weight: 1 }],
    zones: 1,
    nodes: 1,
    proxies: 1,
    clients: { count: 1, skew: 0 },
    load: { kind: 'curve', points: [[0, load]] },
    service: { kind: 'exponential', mean: SERVICE },
    requestsPerConnection: 1,
    sessionMiss: 1,
    network: { sameZone: 0, otherZone: 0 },
    backlog: 1e6,
    timeout: 10_000 * SERVICE,
    propagation: 0,
    coldStart: { lasts: 0, factor: 1 },
    faults: [],
    duration,
    warmUp,
    window: duration,
    ...workload,
  };
  return new Arena(whole, kind, { ...kind.options, ...options }, seed, new Watch(kind.name, whole.name));
}

type Span = Pick<Workload, 'warmUp' | 'duration'>;

/** When the warm-up ends, and the run: ns. */
export function spanOf({ servers, load, requests }: Pick<ArenaOptions, 'servers' | 'load' | 'requests'>): Span {
  const duration = Math.ceil((requests * SERVICE) / (load * servers));
  return { warmUp: Math.ceil(duration / 10), duration };
}

/** Runs it, looking at all Pods so many times after the warm-up. @returns how often one had so many requests, waiting or served */
export function requestsAtPods(arena: Arena, { warmUp, duration }: Span, looks: number): number[] {
  const times: number[] = [];
  const { backends, pods } = arena.fleet;
  for (let look = 1; look <= looks; look++) {
    arena.engine.run(warmUp + ((duration - warmUp) * look) / looks);
    for (let i = 0; i < backends.count; i++) {
      const pod = backends.members[i]!;
      const count = pods.busy[pod]! + pods.waiting[pod]!;
      times[count] = (times[count] ?? 0) + 1;
    }
  }
  arena.run();
  return Array.from(times, (count) => count ?? 0);
}

/** Share of looks that found at least so many. */
export function tailOf(times: readonly number[], least: number): number {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return sum(times.slice(least)) / sum(times);
}
