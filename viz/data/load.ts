import { Pyramid } from '../../sim/trace/pyramid.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { groupedBy } from './grouped.ts';
import type { Pod } from './world.ts';

/** How busy each Pod was, and what dead addresses still got, over time. Built on first use. */
export class PodLoad {
  readonly #trace: Trace;
  readonly #seriesBy: ReadonlyMap<string, readonly { readonly id: number }[]>;
  readonly #utilisation = new Map<number, Pyramid>();
  readonly #ghosts = new Map<number, Pyramid>();

  constructor(trace: Trace) {
    this.#trace = trace;
    const keyed = trace.tables.series.map(({ metric, labels }, id) => {
      const about = metric === 'attempt.sent' ? labels.target : labels.pod;
      return { id, key: `${metric} ${about}` };
    });
    this.#seriesBy = groupedBy(keyed, ({ key }) => key);
  }

  /** Busy CPU ÷ CPU that it has, 0 to 1; with no figure for its CPU, one core. */
  utilisation(pod: Pod): Pyramid {
    let pyramid = this.#utilisation.get(pod.id);
    if (pyramid === undefined) {
      const busy = this.series('pod.busy', pod.id);
      const cores = this.series('pod.cores', pod.id);
      const { bucket } = this.#trace.header;
      pyramid = new Pyramid(busy.map((ns, b) => Math.min(1, ns / bucket / (cores[b]! > 0 ? cores[b]! / 1000 : 1))));
      this.#utilisation.set(pod.id, pyramid);
    }
    return pyramid;
  }

  /** Attempts that went to the addresses of the Pod after it was gone, per bucket. */
  ghostHits(pod: Pod): Pyramid {
    let pyramid = this.#ghosts.get(pod.id);
    if (pyramid === undefined) {
      const hits = new Float64Array(this.#trace.bucketCount);
      for (const address of pod.ghosts) {
        const sent = this.series('attempt.sent', address);
        for (let b = 0; b < hits.length; b++) hits[b] = hits[b]! + sent[b]!;
      }
      pyramid = new Pyramid(hits);
      this.#ghosts.set(pod.id, pyramid);
    }
    return pyramid;
  }

  /** A metric of a Pod, or of what was sent to a target, by bucket; all 0 when the trace has none. */
  series(metric: string, about: number): Float64Array {
    const sum = new Float64Array(this.#trace.bucketCount);
    for (const { id } of this.#seriesBy.get(`${metric} ${about}`) ?? []) {
      this.#trace.dense(id).forEach((value, b) => {
        sum[b] = sum[b]! + value;
      });
    }
    return sum;
  }

  /** The value of a dense series in the bucket that `time` is in. */
  bucketOf(time: number): number {
    return Math.min(this.#trace.bucketCount - 1, Math.max(0, Math.ceil(time / this.#trace.header.bucket) - 1));
  }
}
