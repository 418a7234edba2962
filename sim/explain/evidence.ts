import type { Trace } from '../trace/trace.ts';
import { type Buckets, peakWithin, quantileWithin, sumOf, sumWithin, totalsBy } from './buckets.ts';
import { type History, POD_GONE, POD_READY } from './history.ts';

/** Attempts of one client policy to one target within the span. */
export interface Flow {
  /** Trace object: a Pod, an Address, or -1 when none was picked. */
  readonly target: number;
  readonly kind: 'Pod' | 'Address' | 'none';
  readonly attempts: number;
  readonly failed: number;
  /** By name of outcome. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** What one client policy did within a span. */
export interface EdgeEvidence {
  readonly client: number;
  readonly from: string;
  /** Of a user: the traffic's name. */
  readonly isUser: boolean;
  /** Service object, and its name without the namespace. */
  readonly service: number;
  readonly serviceName: string;
  readonly discovery: string;
  readonly attempts: number;
  readonly failed: number;
  readonly flows: readonly Flow[];
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Not failures of the target: answered, still open, or not wanted any more. */
const NOT_FAILED = new Set(['ok', 'inFlight', 'cancelled']);

export function edgesOf(trace: Trace, within: Buckets): EdgeEvidence[] {
  const { objects } = trace.tables;
  const edges: EdgeEvidence[] = [];
  objects.forEach((object, client) => {
    if (object.kind !== 'Client') return;
    const flows = flowsOf(trace, client, within);
    const outcomes = totalsBy<string>(trace, 'attempt.ended', { client }, 'outcome', within);
    const service = Number(object.attributes.target);
    const from = object.attributes.workload ?? object.attributes.traffic;
    edges.push({
      client,
      from: String(from).replace(/^.*\//, ''),
      isUser: object.attributes.traffic !== undefined,
      service,
      serviceName: objects[service]!.name,
      discovery: String(object.attributes.discovery),
      attempts: flows.reduce((sum, flow) => sum + flow.attempts, 0),
      failed: flows.reduce((sum, flow) => sum + flow.failed, 0),
      flows,
      outcomes,
    });
  });
  return edges;
}

function flowsOf(trace: Trace, client: number, within: Buckets): Flow[] {
  const flows: Flow[] = [];
  const sent = totalsBy<number>(trace, 'attempt.sent', { client }, 'target', within);
  // What met silence ends long after it was sent.
  const ended = totalsBy<number>(trace, 'attempt.ended', { client }, 'target', within);
  for (const target of new Set([...sent.keys(), ...ended.keys()])) {
    const outcomes =
      target < 0
        ? untargeted(trace, client, within)
        : totalsBy<string>(trace, 'attempt.ended', { client, target }, 'outcome', within);
    let failed = 0;
    for (const [outcome, n] of outcomes) if (!NOT_FAILED.has(outcome)) failed += n;
    const kind = target < 0 ? 'none' : trace.tables.objects[target]!.kind === 'Pod' ? 'Pod' : 'Address';
    flows.push({ target, kind, attempts: sent.get(target) ?? failed, failed, outcomes });
  }
  return flows.sort((a, b) => b.attempts - a.attempts);
}

function untargeted(trace: Trace, client: number, within: Buckets): Map<string, number> {
  const outcomes = new Map<string, number>();
  for (const id of trace.seriesOf('attempt.ended', { client })) {
    const { labels } = trace.tables.series[id]!;
    if (labels.target !== undefined) continue;
    const total = sumWithin(trace.dense(id), within);
    if (total > 0) outcomes.set(String(labels.outcome), total);
  }
  return outcomes;
}

/**
 * Where the trouble began: the failing edge whose target's own calls do not fail; what is above it only passes the
 * failure on. Undefined when no edge fails more than 1 % of its attempts.
 */
export function rootEdge(edges: readonly EdgeEvidence[]): EdgeEvidence | undefined {
  const failing = edges.filter((edge) => edge.failed > 0.01 * edge.attempts);
  const deepest = failing.filter((edge) => !failing.some((other) => other.from === edge.serviceName));
  return (deepest.length > 0 ? deepest : failing).toSorted((a, b) => b.failed - a.failed)[0];
}

export interface PoolEvidence {
  readonly size: number;
  readonly peakInUse: number;
  readonly peakWaiting: number;
  readonly peakAt: number;
  /** p99 of the waits for a connection, ns; NaN: nobody waited. */
  readonly waitP99: number;
}

export function poolOf(trace: Trace, client: number, within: Buckets): PoolEvidence {
  const gauge = (metric: string) => sumOf(trace, trace.seriesOf(metric, { client }));
  const waiting = peakWithin(gauge('pool.waiting'), within);
  return {
    size: peakWithin(gauge('pool.size'), within).value,
    peakInUse: peakWithin(gauge('pool.inUse'), within).value,
    peakWaiting: waiting.value,
    peakAt: waiting.bucket,
    waitP99: quantileWithin(trace, 'pool.wait', { client }, 0.99, within),
  };
}

/** Retries per call of a client policy in the worst minute of the span, and the first minute that came close to it. */
export function peakRetries(trace: Trace, client: number, within: Buckets): { value: number; bucket: number } {
  const calls = sumOf(trace, trace.seriesOf('call.sent', { client }));
  const retries = sumOf(trace, trace.seriesOf('retries', { client }));
  const width = Math.max(1, Math.round(60e9 / trace.header.bucket));
  const minutes: { value: number; bucket: number }[] = [];
  for (let from = within.from; from < within.to; from += width) {
    const minute = { from, to: Math.min(within.to, from + width) };
    const sent = sumWithin(calls, minute);
    minutes.push({ value: sent > 0 ? sumWithin(retries, minute) / sent : 0, bucket: from });
  }
  const value = Math.max(0, ...minutes.map((minute) => minute.value));
  return { value, bucket: minutes.find((minute) => minute.value >= 0.95 * value)?.bucket ?? within.from };
}

export interface CapacityEvidence {
  /** Ready Pods that the Service published, at the least and at the most. */
  readonly readyMin: number;
  readonly readyMax: number;
  /** Share of the time during which there was none. */
  readonly emptyShare: number;
  /** Of the CPU time of the Pods while they were published, the share that was idle. */
  readonly idle: number;
  /** Of those, Pods that became ready after time 0. */
  readonly freshPods: number;
  readonly freshIdle: number;
  /** Published Pods that were at least 90 % busy, and the idlest one's share of idle time. */
  readonly hotPods: readonly number[];
  readonly coldestIdle: number;
}

/** What the Service had to offer within the span. */
export function capacityOf(
  trace: Trace,
  history: History,
  workload: string,
  service: number,
  within: Buckets,
): CapacityEvidence {
  const { bucket } = trace.header;
  const ready = history.range('Service.readyEndpoints', service, within.from * bucket, within.to * bucket);
  let empty = 0;
  for (let b = within.from; b < within.to; b++) {
    if ((history.at('Service.readyEndpoints', service, b * bucket) ?? 0) === 0) empty++;
  }
  let busy = 0;
  let cores = 0;
  let freshBusy = 0;
  let freshCores = 0;
  let freshPods = 0;
  const hotPods: number[] = [];
  let coldestIdle = 0;
  trace.tables.objects.forEach((object, pod) => {
    if (object.kind !== 'Pod' || object.attributes.workload !== workload) return;
    const fresh = (history.firstTime('Pod.published', pod, 1) ?? 0) > 0;
    const used = sumOf(trace, trace.seriesOf('pod.busy', { pod }));
    const size = sumOf(trace, trace.seriesOf('pod.cores', { pod }));
    let counted = false;
    let ownBusy = 0;
    let ownCores = 0;
    for (let b = within.from; b < within.to; b++) {
      if (history.at('Pod.published', pod, b * bucket) !== 1) continue;
      ownBusy += used[b]!;
      ownCores += (size[b]! / 1000) * bucket;
      if (!fresh) continue;
      counted = true;
      freshBusy += used[b]!;
      freshCores += (size[b]! / 1000) * bucket;
    }
    if (counted) freshPods++;
    busy += ownBusy;
    cores += ownCores;
    if (ownCores === 0) return;
    if (ownBusy >= 0.9 * ownCores) hotPods.push(pod);
    coldestIdle = Math.max(coldestIdle, 1 - ownBusy / ownCores);
  });
  return {
    readyMin: ready?.min ?? 0,
    readyMax: ready?.max ?? 0,
    emptyShare: empty / Math.max(1, within.to - within.from),
    idle: cores > 0 ? 1 - busy / cores : 0,
    freshPods,
    freshIdle: freshCores > 0 ? 1 - freshBusy / freshCores : 0,
    hotPods,
    coldestIdle,
  };
}

/** A Pod that ended. */
export interface PodEnd {
  readonly pod: number;
  readonly at: number;
  /** Reason of the event that began it: `Evicted`, `TaintManagerEviction`; empty when none tells. */
  readonly reason: string;
}

/** The Pods of a workload that were gone by `until` (ns), in order, with why. */
export function podEnds(trace: Trace, history: History, workload: string, until: number): PodEnd[] {
  const { objects, events, texts } = trace.tables;
  const reasons = new Map<number, string>();
  for (let i = 0; i < events.time.length; i++) {
    const reason = texts[events.reason[i]!]!;
    if (reason === 'Evicted' || reason === 'TaintManagerEviction') {
      reasons.set(events.object[i]!, reason);
    }
  }
  const ends: PodEnd[] = [];
  objects.forEach((object, pod) => {
    if (object.kind !== 'Pod' || object.attributes.workload !== workload) return;
    const at = history.firstTime('Pod.phase', pod, POD_GONE);
    if (at !== undefined && at <= until) ends.push({ pod, at, reason: reasons.get(pod) ?? '' });
  });
  return ends.sort((a, b) => a.at - b.at);
}

export interface EventEvidence {
  readonly at: number;
  readonly object: number;
  readonly reason: string;
  readonly message: string;
}

/** Events with one of these reasons within [from, to] ns, in order. */
export function eventsOf(trace: Trace, reasons: readonly string[], from: number, to: number): EventEvidence[] {
  const { events, texts } = trace.tables;
  const found: EventEvidence[] = [];
  for (let i = 0; i < events.time.length; i++) {
    const reason = texts[events.reason[i]!]!;
    const at = events.time[i]!;
    if (at < from || at > to || !reasons.includes(reason)) continue;
    found.push({ at, object: events.object[i]!, reason, message: texts[events.message[i]!]! });
  }
  return found;
}

/**
 * Of an edge's attempts within the span, those that were refused by Pods which counted as ready and had not served anything yet; and
 * how many Pods that were.
 */
export function refusedBeforeServing(
  trace: Trace,
  history: History,
  root: EdgeEvidence | undefined,
  within: Buckets,
): { refused: number; pods: number } {
  const { bucket } = trace.header;
  let refused = 0;
  let pods = 0;
  for (const { target, kind, outcomes } of root?.flows ?? []) {
    if (kind !== 'Pod' || !outcomes.has('refused')) continue;
    const readyAt = history.firstTime('Pod.phase', target, POD_READY);
    if (readyAt === undefined || readyAt === 0) continue;
    const served = sumOf(trace, trace.seriesOf('pod.served', { pod: target })).findIndex((count) => count > 0);
    const from = Math.max(within.from, Math.floor(readyAt / bucket));
    const to = served < 0 ? within.to : Math.min(within.to, served + 1);
    const labels = { client: root!.client, target, outcome: 'refused' };
    const own = sumWithin(sumOf(trace, trace.seriesOf('attempt.ended', labels)), { from, to });
    refused += own;
    if (own > 0) pods++;
  }
  return { refused, pods };
}

/** The whole run. */
export function wholeRun(trace: Trace): Buckets {
  return { from: 0, to: trace.bucketCount };
}
