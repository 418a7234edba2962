import type { Service } from '../cluster/api/service.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { matches } from '../cluster/selector.ts';
import type { Distribution, Scenario } from '../input/scenario.ts';
import { erlangC, meanSojourn, sojournQuantile, squareRootServers } from '../stats/erlang.ts';
import type { Interval } from '../stats/student-t.ts';
import type { Metric } from './metrics.ts';

/** A farm of equal servers behind one Service, as queueing theory sees it. */
export interface Farm {
  readonly traffic: string;
  readonly workload: string;
  readonly replicas: number;
  /** Cores of one Pod, that serve one request each. */
  readonly cores: number;
  /** Requests per second. */
  readonly rate: number;
  /** Mean, seconds. */
  readonly service: number;
  /** Squared coefficient of variation of the service time. */
  readonly variation: number;
  /** Seconds that a request spends on the network at most, connecting included. */
  readonly network: number;
}

/** What theory says of one metric of a point: what it is at best, and at worst. */
export interface Opinion {
  readonly metric: string;
  /** One queue for all servers (Erlang C): no balancing can do better. */
  readonly pooled: number;
  /** A queue for each Pod, and Pods picked at random: what a Service does to new connections. */
  readonly split: number;
  /** The simulation is outside of both by more than the assumptions explain. */
  readonly warning: string | null;
}

/**
 * The farm that a scenario is, if it is one.
 * @returns a sentence why theory has nothing to say, where there is more to it than a farm
 */
export function farmOf(scenario: Scenario): Farm | string {
  const [source, ...others] = scenario.traffic;
  if (others.length > 0) return 'there are several traffic sources';
  const { arrivals } = source!;
  if (arrivals.kind !== 'poisson') return `arrivals are not Poisson but ${arrivals.kind}`;
  const rate = arrivals.rate[0]![1];
  if (arrivals.rate.some(([, each]) => each !== rate)) return 'the load changes with time';
  if (scenario.timeline.length > 0) return 'something happens on the way (timeline)';
  const target = scenario.objects.find(
    ({ kind, metadata }) => kind === 'Service' && `${metadata.namespace}/${metadata.name}` === source!.service,
  ) as Service | undefined;
  const selector = target?.spec.selector;
  if (selector === undefined) return 'the Service selects no Pods';
  const behind = scenario.objects.filter(
    (object) =>
      (object.kind === 'Deployment' || object.kind === 'StatefulSet') &&
      object.metadata.namespace === target!.metadata.namespace &&
      matches(selector, (object as Deployment).spec.template.metadata.labels),
  ) as Deployment[];
  if (behind.length !== 1) return 'the Service has Pods of several workloads';
  const workload = `${behind[0]!.metadata.namespace}/${behind[0]!.metadata.name}`;
  const behaviour = scenario.workloads.find((each) => each.workload === workload);
  if (behaviour === undefined) return `nothing is said of how ${workload} behaves`;
  if (behaviour.calls.length > 0) return `${workload} calls other workloads`;
  const moments = momentsOf(behaviour.serviceTime);
  if (moments === null) return 'the mean of the service time is not known in closed form';
  const cores = Math.min(behaviour.cores, behaviour.concurrency);
  if (!Number.isInteger(cores) || cores < 1) return 'a Pod has no whole number of cores';
  const { external, crossZone, sameZone, sameNode } = scenario.cluster.network;
  const oneWay = (source!.from === null ? external : 0) + Math.max(crossZone, sameZone, sameNode);
  return {
    traffic: source!.name,
    workload,
    replicas: behind[0]!.spec.replicas ?? 1,
    cores,
    rate,
    service: moments.mean / 1e9,
    variation: moments.variation,
    network: (4 * oneWay) / 1e9,
  };
}

/**
 * Theory beside the simulation, for the metrics that it knows: the mean for any service time (the wait of M/M/c times (1 + c²)/2),
 * quantiles for an exponential one.
 * @source A. O. Allen 1990 after E. Page 1972 for general service times, exact for M/M/c and M/G/1
 */
export function opinionsOf(farm: Farm, metrics: readonly Metric[], intervals: readonly Interval[]): Opinion[] {
  return metrics.flatMap((metric, i) => {
    const pooled = figureOf(farm, farm.replicas * farm.cores, farm.rate, metric.figure);
    const split = figureOf(farm, farm.cores, farm.rate / farm.replicas, metric.figure);
    if (pooled === null || split === null) return [];
    return [
      { metric: metric.name, pooled, split, warning: warningOf(metric.name, pooled, split, intervals[i]!, farm) },
    ];
  });
}

/** The square-root rule with the chance of waiting that so many servers have. */
export function bySquareRoot(farm: Farm, servers: number): number {
  const load = farm.rate * farm.service;
  return squareRootServers(load, erlangC(servers, load));
}

/** Of so many servers in one queue. @returns null where theory does not know the figure */
export function figureOf({ service, variation }: Farm, servers: number, rate: number, figure: string): number | null {
  if (figure === 'mean') {
    const wait = meanSojourn(servers, rate, service) - service;
    return service + (wait * (1 + variation)) / 2;
  }
  const quantile = /^p(\d{2,6})$/.exec(figure)?.[1];
  if (quantile === undefined || Math.abs(variation - 1) > 1e-9) return null;
  return sojournQuantile(servers, rate, service, Number(`0.${quantile}`));
}

/** Of the approximation, and of what a short run can be off. */
const SLACK = 0.1;

function warningOf(
  name: string,
  pooled: number,
  split: number,
  { mean, halfWidth }: Interval,
  farm: Farm,
): string | null {
  if (Number.isNaN(mean) || !Number.isFinite(halfWidth)) return null;
  const busy = (100 * farm.rate * farm.service) / (farm.replicas * farm.cores);
  if (!Number.isFinite(pooled)) {
    return `the servers are asked for ${busy.toFixed(0)} % of what they can do, so theory has no steady state: times grow with the length of the run`;
  }
  const low = pooled * (1 - SLACK);
  const high = Math.max(split, pooled) * (1 + SLACK) + farm.network;
  if (mean + halfWidth < low)
    return `${name} is below what one queue for all servers would give: is the run too short?`;
  if (mean - halfWidth > high) {
    return `${name} is above what a queue for each Pod would give: something else than waiting for a core costs time (refusals, retries, unequal shares of keep-alive connections, the network)`;
  }
  return null;
}

/** ns and its squared coefficient of variation. @returns null where there is no closed form, or no finite one */
function momentsOf(time: Distribution): { mean: number; variation: number } | null {
  switch (time.kind) {
    case 'constant':
      return { mean: time.value, variation: 0 };
    case 'exponential':
      return { mean: time.mean, variation: 1 };
    case 'uniform': {
      const mean = (time.min + time.max) / 2;
      return { mean, variation: (time.max - time.min) ** 2 / 12 / mean ** 2 };
    }
    case 'gamma':
      return { mean: time.mean, variation: 1 / time.shape };
    case 'lognormal': {
      // σ²/2 - z σ + ln(p99 / mean) = 0, the smaller root
      const z = 2.3263478740408408;
      const sigma = z - Math.sqrt(Math.max(0, z * z - 2 * Math.log(time.p99 / time.mean)));
      return { mean: time.mean, variation: Math.expm1(sigma * sigma) };
    }
    case 'hyperexponential': {
      const weight = time.branches.reduce((sum, branch) => sum + branch.weight, 0);
      const moment = (k: number) => time.branches.reduce((sum, b) => sum + (b.weight / weight) * b.mean ** k, 0);
      return { mean: moment(1), variation: (2 * moment(2)) / moment(1) ** 2 - 1 };
    }
    default:
      return null;
  }
}
