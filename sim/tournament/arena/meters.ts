import { Histogram } from '../../stats/histogram.ts';
import type { Workload } from '../workload/workload.ts';
import type { Fleet } from './fleet.ts';
import { OK, OUTCOMES } from './requests.ts';

/** Latencies of one window: 8 bins an octave are enough to see whether a tail is back to what it was. */
const COARSE = 3;

/** What one window of a run was like. */
export interface WindowFigures {
  /** Its end, ns. */
  readonly at: number;
  /** Requests that ended in it; share of them that failed; their 99th percentile, ns, NaN without any. */
  readonly ended: number;
  readonly failed: number;
  readonly p99: number;
  /** Over the Pods that were members at its end: of requests taken in, by what each can serve. */
  readonly maxOverMean: number;
  readonly variation: number;
  readonly jain: number;
  /** Requests at a Pod at its end: mean, and at the fullest. */
  readonly queueMean: number;
  readonly queueMax: number;
}

/** Counts what happens in one run. */
export class Meters {
  /** Latencies of all requests that count, ns; a request that failed took the whole timeout, however quickly it failed. */
  readonly latency = new Histogram();
  readonly outcomes = new Float64Array(OUTCOMES.length);
  readonly windows: WindowFigures[] = [];
  /** Probes, their answers, and servers that announced themselves. */
  messages = 0;
  /** First requests of clients after members changed: all, those that went elsewhere, those whose Pod was gone. */
  asked = 0;
  moved = 0;
  forced = 0;
  /** Requests that counted; the most at one Pod. */
  sent = 0;
  fullest = 0;
  readonly #warmUp: number;
  readonly #timeout: number;
  readonly #recent = new Histogram(COARSE);
  #ended = 0;
  #failed = 0;

  constructor({ warmUp, timeout }: Workload) {
    this.#warmUp = warmUp;
    this.#timeout = timeout;
  }

  /** A request has ended. @param took ns @param counts it came after the warm-up */
  ended(outcome: number, took: number, counts: boolean): void {
    const latency = outcome === OK ? took : this.#timeout;
    this.#ended++;
    if (outcome !== OK) this.#failed++;
    this.#recent.record(latency);
    if (!counts) return;
    this.outcomes[outcome] = this.outcomes[outcome]! + 1;
    this.latency.record(latency);
  }

  /** Closes a window. */
  window(now: number, { backends, pods }: Fleet): void {
    const { count, members } = backends;
    let [sum, squares, most, queues, fullest] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const pod = members[i]!;
      const taken = pods.taken[pod]! / (pods.speed[pod]! * pods.cores[pod]!);
      sum += taken;
      squares += taken * taken;
      most = Math.max(most, taken);
      const queue = pods.busy[pod]! + pods.waiting[pod]!;
      queues += queue;
      fullest = Math.max(fullest, queue);
    }
    pods.taken.fill(0);
    const mean = sum / count;
    if (now > this.#warmUp && sum > 0) {
      this.windows.push({
        at: now,
        ended: this.#ended,
        failed: this.#ended === 0 ? 0 : this.#failed / this.#ended,
        p99: this.#recent.quantile(0.99),
        maxOverMean: most / mean,
        variation: Math.sqrt(Math.max(0, squares / count - mean * mean)) / mean,
        jain: (sum * sum) / (count * squares),
        queueMean: queues / count,
        queueMax: fullest,
      });
    }
    this.#ended = 0;
    this.#failed = 0;
    this.#recent.clear();
  }
}
