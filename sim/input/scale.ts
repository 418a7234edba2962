import type { KubernetesObject, Quantities, Quantity } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Container, Pod } from '../cluster/api/pod.ts';
import type { Deployment, ReplicaSet } from '../cluster/api/workloads.ts';
import { parseQuantityMilli } from '../cluster/quantity.ts';
import type { ClientPolicy, RetryBudget } from './client-policy.ts';
import type { ArrivalProcess, Distribution, NodeGroup, Scenario, WorkloadBehaviour } from './scenario.ts';

/**
 * The same world at `k` times the size: k times the requests meet k times the capacity of every Pod (places, cores,
 * backlog), pool, retry budget, CPU request and machine, and each stands for 1/k as many real ones. Utilisation, queues
 * relative to their limits, autoscaling and business figures keep their shape; noise shrinks as k grows.
 * @param k more than 0. Cores stay fractional; places and CPU requests are rounded, pools rounded up
 * @simplifies relative fluctuations of a queue fall with the square root of k, so a smaller world fails a little earlier
 */
export function scaleScenario(scenario: Scenario, k: number): Scenario {
  if (!(k > 0 && k < Number.POSITIVE_INFINITY)) throw new RangeError(`a scenario cannot be scaled by ${k}`);
  const { cluster, representing, clients, workloads, traffic, timeline, objects } = scenario;
  return {
    ...scenario,
    representing: representing / k,
    objects: objects.map((object) => scaleObject(object, k)),
    cluster: {
      ...cluster,
      nodeGroups: cluster.nodeGroups.map((group): NodeGroup => ({ ...group, cpuMilli: whole(group.cpuMilli, k) })),
    },
    clients: Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, scaleClient(client, k)])),
    workloads: workloads.map((workload) => scaleWorkload(workload, k)),
    timeline: timeline.map((entry) =>
      entry.action === 'apply' ? { ...entry, objects: entry.objects.map((object) => scaleObject(object, k)) } : entry,
    ),
    traffic: traffic.map((source) => ({
      ...source,
      arrivals: scaleArrivals(source.arrivals, k),
    })),
  };
}

/** k times the load, of everybody or of one source, on the same capacity. @param k more than 0 */
export function scaleLoad(scenario: Scenario, k: number, source: string | null = null): Scenario {
  if (!(k > 0 && k < Number.POSITIVE_INFINITY)) throw new RangeError(`a load cannot be multiplied by ${k}`);
  const traffic = scenario.traffic.map((each) =>
    source === null || each.name === source ? { ...each, arrivals: scaleArrivals(each.arrivals, k) } : each,
  );
  return { ...scenario, traffic };
}

/** k times as many. Gaps shrink, and of given times each comes k times, on average where k is no whole number. */
function scaleArrivals(arrivals: ArrivalProcess, k: number): ArrivalProcess {
  switch (arrivals.kind) {
    case 'poisson':
      return { ...arrivals, rate: arrivals.rate.map(([time, rate]): [number, number] => [time, rate * k]) };
    case 'bursts':
      return { ...arrivals, rate: arrivals.rate * k };
    case 'mmpp':
      return { ...arrivals, phases: arrivals.phases.map((phase) => ({ ...phase, rate: phase.rate * k })) };
    case 'renewal':
      return { ...arrivals, gap: stretch(arrivals.gap, 1 / k) };
    case 'periodic':
      return { ...arrivals, callers: whole(arrivals.callers, k) };
    case 'users':
      return { ...arrivals, count: arrivals.count.map(([time, users]): [number, number] => [time, users * k]) };
    case 'batch':
      return { ...arrivals, requests: whole(arrivals.requests, k), workers: whole(arrivals.workers, k) };
    case 'replay':
      return {
        ...arrivals,
        times: arrivals.times.flatMap((time, i) => Array(Math.floor((i + 1) * k) - Math.floor(i * k)).fill(time)),
      };
  }
}

/** Every length times `factor`. */
function stretch(distribution: Distribution, factor: number): Distribution {
  if (distribution.kind === 'hyperexponential') {
    const branches = distribution.branches.map(({ weight, mean }) => ({ weight, mean: mean * factor }));
    return { ...distribution, branches };
  }
  if (distribution.kind === 'discrete') {
    return {
      ...distribution,
      values: distribution.values.map(({ value, weight }) => ({ weight, value: value * factor })),
    };
  }
  const { kind, ...lengths } = distribution;
  const isShape = kind === 'gamma' || kind === 'weibull' || kind === 'pareto';
  const scaled = Object.entries(lengths).map(([name, value]) => [
    name,
    isShape && name === 'shape' ? value : value * factor,
  ]);
  return { kind, ...Object.fromEntries(scaled) } as Distribution;
}

function scaleClient(client: ClientPolicy, k: number): ClientPolicy {
  const { pool, retries, concurrencyLimit } = client;
  const limit = concurrencyLimit && {
    ...concurrencyLimit,
    initial: whole(concurrencyLimit.initial, k),
    min: whole(concurrencyLimit.min, k),
    max: whole(concurrencyLimit.max, k),
  };
  const isShared = client.protocol === 'http2';
  return {
    ...client,
    // Of connections that requests share there are as many as before, with room for less.
    pool: isShared ? pool : Math.ceil(pool * k),
    maxStreams: isShared ? whole(client.maxStreams, k) : client.maxStreams,
    maxWaiting: Math.ceil(client.maxWaiting * k),
    concurrencyLimit: limit,
    retries: { ...retries, budget: retries.budget && scaleBudget(retries.budget, k) },
  };
}

function scaleBudget(budget: RetryBudget, k: number): RetryBudget {
  if (budget.kind === 'tokens') return { ...budget, burst: budget.burst * k };
  if (budget.kind === 'window') return { ...budget, minPerSecond: budget.minPerSecond * k };
  if (budget.kind === 'active') return { ...budget, minimum: whole(budget.minimum, k) };
  return { ...budget, tokens: Math.max(2, budget.tokens * k) };
}

function scaleWorkload(workload: WorkloadBehaviour, k: number): WorkloadBehaviour {
  const { concurrency, cores, backlog, cpuQuota, contention, memory } = workload;
  return {
    ...workload,
    concurrency: whole(concurrency, k),
    cores: cores * k,
    backlog: Math.round(backlog * k),
    maxConnections: Math.ceil(workload.maxConnections * k),
    cpuQuota: cpuQuota && { ...cpuQuota, quota: cpuQuota.quota * k },
    contention: contention && { alpha: contention.alpha / k, beta: contention.beta / k ** 2 },
    memory: memory && { ...memory, perRequest: memory.perRequest / k },
  };
}

/** CPU requests grow with the CPU use, so that autoscaling and scheduling see the same shares; memory stays. */
function scaleObject(object: KubernetesObject, k: number): KubernetesObject {
  if (object.kind === 'Pod') {
    const pod = object as Pod;
    return { ...pod, spec: { ...pod.spec, containers: scaleContainers(pod.spec.containers, k) } } as Pod;
  }
  if (object.kind === 'Deployment' || object.kind === 'ReplicaSet') {
    const { spec } = object as Deployment | ReplicaSet;
    const template = {
      ...spec.template,
      spec: { ...spec.template.spec, containers: scaleContainers(spec.template.spec.containers, k) },
    };
    return { ...object, spec: { ...spec, template } } as Deployment | ReplicaSet;
  }
  if (object.kind === 'Node') {
    const { status } = object as Node;
    const allocatable = { ...status.allocatable, cpu: scaleCpu(status.allocatable.cpu!, k) };
    return { ...object, status: { ...status, allocatable } } as KubernetesObject;
  }
  return object;
}

function scaleContainers(containers: Container[], k: number): Container[] {
  return containers.map((container) => ({
    ...container,
    ...(container.resources && {
      resources: {
        ...container.resources,
        ...(container.resources.requests && { requests: scaleQuantities(container.resources.requests, k) }),
        ...(container.resources.limits && { limits: scaleQuantities(container.resources.limits, k) }),
      },
    }),
  }));
}

function scaleQuantities(quantities: Quantities, k: number): Quantities {
  const { cpu } = quantities;
  return cpu === undefined ? quantities : { ...quantities, cpu: scaleCpu(cpu, k) };
}

function scaleCpu(cpu: Quantity, k: number): Quantity {
  const milli = parseQuantityMilli(String(cpu));
  if (milli === 0) return 0;
  const scaled = whole(milli, k);
  return scaled % 1000 === 0 ? String(scaled / 1000) : `${scaled}m`;
}

function whole(value: number, k: number): number {
  return Math.max(1, Math.round(value * k));
}
