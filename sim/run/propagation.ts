import type { EndpointSlice } from '../cluster/api/endpoint-slice.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { parseTime } from '../cluster/time.ts';
import { TRIGGER_TIME_ANNOTATION } from '../control/endpoints/trigger-times.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import type { NodeProxies } from '../dataplane/node-proxies.ts';
import { keyOf } from '../engine/hash.ts';
import type { TraceWriter } from '../trace/writer.ts';

/** So many nodes are looked at whether or not they carry traffic. */
const SAMPLE = 50;

/**
 * The network programming latency: of every endpoint change, the time from what caused it (a Pod became ready, began to
 * terminate, is gone; its Service was written) to the write of the slice, and to the rules of each node that carries
 * traffic and of fifty others, always the same.
 * @source Kubernetes SLO network_programming_latency: kube-proxy's kubeproxy_network_programming_duration_seconds
 * @simplifies a node that is down counts as if its proxy lived; a change of a hand-made slice begins with its write
 */
export class Propagation {
  readonly #trace: TraceWriter;
  readonly #dataPlane: DataPlane;
  readonly #nodes: Registry<'Node'>;
  readonly #proxies: NodeProxies;
  readonly #sample = new Set<number>();
  readonly #gone = new Set<number>();
  /** By entry of the change log: when it was decided and published, ns; NaN: before the run began. */
  readonly #decidedAt: number[] = [];
  readonly #publishedAt: number[] = [];
  readonly #series: { changes: number; publishedMax: number; programmedMax: number };
  readonly #histograms: { published: number; programmed: number };

  /** To be made when the cluster has settled: it is told of each slice after the data plane is. */
  constructor(trace: TraceWriter, store: ObjectStore, dataPlane: DataPlane, nodes: Registry<'Node'>) {
    this.#trace = trace;
    this.#dataPlane = dataPlane;
    this.#nodes = nodes;
    this.#proxies = dataPlane.observedProxies();
    this.#proxies.onProgrammed = (node, from, to, at) => this.#programmed(node, from, to, at);
    this.#series = {
      changes: trace.series('propagation.changes', 'sum', {}),
      publishedMax: trace.series('propagation.publishedMax', 'max', {}),
      programmedMax: trace.series('propagation.programmedMax', 'max', {}),
    };
    this.#histograms = {
      published: trace.histogram('propagation.published', {}),
      programmed: trace.histogram('propagation.programmed', {}),
    };
    for (const node of sampleOf([...store.list('Node')])) this.#sample.add(nodes.slotOf(node));
    store.watch('EndpointSlice', (_, slice) => this.#published(slice, store.now));
    store.watch('Node', (change, node) => {
      if (change === 'deleted') this.#gone.add(nodes.slotOf(node));
    });
  }

  /** Counts what was programmed up to now: at each time bucket's end. */
  read(): void {
    for (let node = 0; node < this.#nodes.count; node++) {
      if (this.#gone.has(node) || !(this.#sample.has(node) || this.#dataPlane.proxies.wasAsked(node))) continue;
      this.#proxies.cursor(node);
    }
  }

  #published(slice: EndpointSlice, now: number): void {
    const entry = this.#dataPlane.changeCount - 1;
    // The data plane passes over a slice without a Service.
    if (entry < 0 || this.#publishedAt[entry] !== undefined) return;
    const decided = parseTime(slice.metadata.annotations[TRIGGER_TIME_ANNOTATION] ?? '') ?? now;
    this.#decidedAt[entry] = decided;
    this.#publishedAt[entry] = now;
    this.#trace.values[this.#series.changes]!++;
    this.#count(this.#histograms.published, this.#series.publishedMax, now - decided);
  }

  #programmed(node: number, from: number, to: number, at: number): void {
    const born = this.#nodes.at(node).metadata.creationTimestamp;
    for (let entry = from; entry < to; entry++) {
      // What was there before the node was is not news to it.
      if (this.#publishedAt[entry] === undefined || this.#publishedAt[entry]! < born) continue;
      this.#count(this.#histograms.programmed, this.#series.programmedMax, at - this.#decidedAt[entry]!);
    }
  }

  #count(histogram: number, max: number, time: number): void {
    this.#trace.record(histogram, time);
    const { values } = this.#trace;
    if (time > values[max]!) values[max] = time;
  }
}

/** The same nodes in every run: those whose names have the smallest hashes. */
function sampleOf(nodes: readonly Node[]): Node[] {
  return nodes
    .map((node) => ({ node, key: keyOf(node.metadata.name) }))
    .sort((a, b) => a.key - b.key)
    .slice(0, SAMPLE)
    .map(({ node }) => node);
}
