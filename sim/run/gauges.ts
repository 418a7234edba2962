import type { Registry } from '../cluster/registry.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import type { TraceWriter } from '../trace/writer.ts';
import type { Calls } from '../traffic/calls.ts';
import type { Server } from '../traffic/server.ts';
import { DOWN } from '../traffic/server.ts';
import type { Servers } from '../traffic/servers.ts';
import type { TrackedFlows } from '../traffic/tracked-flows.ts';
import type { Recorder } from './recorder.ts';

interface PodSeries {
  busy: number;
  cores: number;
  queue: number;
  inFlight: number;
  served: number;
  busySoFar: number;
  servedSoFar: number;
}

interface PoolSeries {
  inUse: number;
  size: number;
  waiting: number;
}

/** What has a value rather than a count: read at the end of each time bucket. */
export class Gauges {
  readonly #trace: TraceWriter;
  readonly #recorder: Recorder;
  readonly #calls: Calls;
  readonly #servers: Servers;
  readonly #nodes: Registry<'Node'>;
  readonly #dataPlane: DataPlane;
  readonly #pods: PodSeries[] = [];
  readonly #pools: PoolSeries[] = [];
  readonly #flows: TrackedFlows;
  /** By node slot: the series of its table's entries. */
  readonly #tables: number[] = [];

  constructor(
    trace: TraceWriter,
    recorder: Recorder,
    world: { calls: Calls; servers: Servers; nodes: Registry<'Node'>; dataPlane: DataPlane; flows: TrackedFlows },
  ) {
    this.#trace = trace;
    this.#recorder = recorder;
    this.#calls = world.calls;
    this.#servers = world.servers;
    this.#nodes = world.nodes;
    this.#dataPlane = world.dataPlane;
    this.#flows = world.flows;
  }

  /** Pool gauges of an edge. @param client trace object */
  addPool(edge: number, client: number): void {
    this.#pools[edge] = {
      inUse: this.#trace.series('pool.inUse', 'gauge', { client }),
      size: this.#trace.series('pool.size', 'gauge', { client }),
      waiting: this.#trace.series('pool.waiting', 'gauge', { client }),
    };
  }

  read(): void {
    for (const server of this.#servers.all) if (server !== undefined) this.#readPod(server);
    this.#readPools();
    this.#readLags();
    if (this.#flows.isLimited) this.#readTables();
  }

  #readPod(server: Server): void {
    const known = this.#pods[server.pod];
    // One that has come and gone since the last reading has worked all the same.
    const isIdle = server.state === DOWN && server.busyTime === 0 && server.finished === 0;
    if (known === undefined && isIdle) return;
    const series = known ?? this.#podSeries(server);
    const { values } = this.#trace;
    values[series.busy]! += Math.round(server.busyTime - series.busySoFar);
    values[series.served]! += server.finished - series.servedSoFar;
    series.busySoFar = server.busyTime;
    series.servedSoFar = server.finished;
    values[series.cores] = server.state === DOWN ? 0 : Math.round(server.behaviour.cores * 1000);
    values[series.queue] = server.takeLongestQueue();
    values[series.inFlight] = server.busy + server.waiting;
  }

  #podSeries(server: Server): PodSeries {
    const pod = this.#recorder.pod(server.pod);
    const series = {
      busy: this.#trace.series('pod.busy', 'sum', { pod }),
      cores: this.#trace.series('pod.cores', 'gauge', { pod }),
      queue: this.#trace.series('pod.queue', 'max', { pod }),
      inFlight: this.#trace.series('pod.inFlight', 'gauge', { pod }),
      served: this.#trace.series('pod.served', 'sum', { pod }),
      busySoFar: 0,
      servedSoFar: 0,
    };
    this.#pods[server.pod] = series;
    return series;
  }

  #readPools(): void {
    const { values } = this.#trace;
    for (const pool of this.#pools) {
      if (pool === undefined) continue;
      values[pool.inUse] = 0;
      values[pool.size] = 0;
      values[pool.waiting] = 0;
    }
    for (const client of this.#calls.clients) {
      const pool = this.#pools[client.edge.index];
      if (pool === undefined || !client.alive) continue;
      values[pool.inUse]! += client.inUse;
      values[pool.waiting]! += client.waitingCount;
      if (client.edge.policy.pool < Infinity) values[pool.size]! += client.edge.policy.pool;
    }
  }

  /** Of the nodes that carry traffic: how long the newest endpoint change took to be programmed. */
  #readLags(): void {
    this.#dataPlane.proxies.lag.forEach((lag, node) => {
      if (lag > 0) this.#recorder.nodeLag(this.#nodes.at(node), lag);
    });
  }

  #readTables(): void {
    for (let slot = 0; slot < this.#nodes.count; slot++) {
      const entries = this.#flows.entries(slot);
      let series = this.#tables[slot];
      if (series === undefined) {
        if (entries === 0) continue;
        series = this.#trace.series('node.conntrack', 'gauge', { node: this.#recorder.objectOf(this.#nodes.at(slot)) });
        this.#tables[slot] = series;
      }
      this.#trace.values[series] = entries;
    }
  }
}
