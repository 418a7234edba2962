import type { Pod } from '../cluster/api/pod.ts';
import type { Registry } from '../cluster/registry.ts';
import type { Metrics } from '../control/autoscaling/hpa-controller.ts';
import type { CpuSample } from '../control/autoscaling/replica-calculator.ts';
import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { DOWN } from './server.ts';
import type { Servers } from './servers.ts';

const kinds = {
  'metrics.scrape': { a: '-', b: '-', run: (meter) => meter.scrape() },
} satisfies Kinds<ScrapedCpu>;

/**
 * CPU use as the metrics pipeline sees it: cumulative time is read at intervals, and use is the mean over a window that
 * ended at the last reading.
 * @source metrics-server: resolution 15 s, usage from the last two samples
 */
export class ScrapedCpu implements Metrics {
  readonly #engine: Engine;
  readonly #servers: Servers;
  readonly #pods: Registry<'Pod'>;
  readonly #kind: number;
  readonly #interval: number;
  readonly #kept: number;
  #scrapedAt = 0;
  /** By Pod slot: cumulative CPU time (ns) at the last readings of its present process, the newest last. */
  readonly #readings: { incarnation: number; busy: number[] }[] = [];

  constructor(engine: Engine, servers: Servers, pods: Registry<'Pod'>, settings: ClusterSettings['hpa']) {
    this.#engine = engine;
    this.#servers = servers;
    this.#pods = pods;
    this.#kind = engine.define<ScrapedCpu, typeof kinds>(this, kinds)['metrics.scrape'];
    this.#interval = Math.max(1e9, settings.metricsDelay);
    this.#kept = Math.max(1, Math.round(settings.metricsWindow / this.#interval)) + 1;
    this.#next();
  }

  scrape(): void {
    this.#scrapedAt = this.#engine.clock[0]!;
    for (const server of this.#servers.all) {
      if (server === undefined || server.state === DOWN) continue;
      let reading = this.#readings[server.pod];
      if (reading?.incarnation !== server.incarnation) {
        reading = { incarnation: server.incarnation, busy: [] };
        this.#readings[server.pod] = reading;
      }
      reading.busy.push(server.busyTime);
      if (reading.busy.length > this.#kept) reading.busy.shift();
    }
    this.#next();
  }

  /** @simplifies no other metrics are measured */
  custom(): number | null {
    return null;
  }

  cpu(pod: Pod): CpuSample | null {
    const slot = this.#pods.slotOf(pod);
    const server = this.#servers.at(slot);
    const reading = this.#readings[slot];
    if (server === undefined || reading === undefined || reading.incarnation !== server.incarnation) return null;
    const { busy } = reading;
    if (busy.length < 2) return null;
    const window = (busy.length - 1) * this.#interval;
    return { usageMilli: (1000 * (busy.at(-1)! - busy[0]!)) / window, at: this.#scrapedAt, window };
  }

  #next(): void {
    this.#engine.due[0] = this.#engine.clock[0]! + this.#interval;
    this.#engine.schedule(this.#kind, 0, 0);
  }
}
