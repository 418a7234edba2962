import { mix, uniform } from '../../engine/hash.ts';
import type { Sampler } from '../../engine/samplers/sampler.ts';
import type { Degradation, WorkloadBehaviour } from '../../input/scenario.ts';
import { samplerOf } from '../sampler-of.ts';
import type { Server } from '../server.ts';

/** Purposes of draws. */
const FAILS = 0x53;
const HITS = 0x54;

/**
 * What makes a request take longer than its service time says, or fail: how much a Pod does at once, how long it has been
 * up, what ails it or its node; and what a cache saves it.
 */
export class Conditions {
  readonly #clock: Float64Array;
  /** By Pod slot: since when it listens, ns; and what ails it. */
  readonly #listeningSince: number[] = [];
  readonly #ailments: (Degradation | undefined)[] = [];
  /** The same of its release, for all its life. */
  readonly #releases: (Degradation | undefined)[] = [];
  /** By node slot: how many times as long everything takes there. */
  readonly #slowNodes = new Map<number, number>();
  /** By workload: when its caches were last emptied, ns. */
  readonly #flushedAt = new Map<string, number>();
  /** By workload and caller. */
  readonly #samplers = new Map<string, Sampler>();

  constructor(clock: Float64Array) {
    this.#clock = clock;
  }

  listens(pod: number): void {
    this.#listeningSince[pod] = this.#clock[0]!;
  }

  /** @param ailment undefined: it is well again */
  ails(pod: number, ailment: Degradation | undefined): void {
    this.#ailments[pod] = ailment ?? this.#releases[pod];
  }

  /** What is wrong with the release that the Pod is of. A fault of its own hides it. */
  isReleased(pod: number, fault: Degradation): void {
    this.#releases[pod] = fault;
    this.#ailments[pod] = fault;
  }

  /** @param slower 1: it is as fast as ever */
  nodeIs(node: number, slower: number): void {
    if (slower === 1) this.#slowNodes.delete(node);
    else this.#slowNodes.set(node, slower);
  }

  isAffected(pod: number, node: number): boolean {
    return this.#ailments[pod] !== undefined || this.#slowNodes.has(node);
  }

  /** The Pod accepts everything and answers nothing. */
  hangs(pod: number): boolean {
    return this.#ailments[pod]?.hangs ?? false;
  }

  /**
   * How many times as long as alone on a warm Pod a request takes that starts now.
   * @param busy requests that are worked on, this one too
   * @source contention: the Universal Scalability Law, N. J. Gunther, “Guerrilla Capacity Planning” (2007), 1 + alpha (n-1) + beta n (n-1)
   */
  slowness({ pod, node, behaviour }: Server, busy: number): number {
    const { contention, warmup } = behaviour;
    let factor = (this.#ailments[pod]?.slower ?? 1) * (this.#slowNodes.get(node) ?? 1);
    if (contention !== null) factor *= 1 + (busy - 1) * (contention.alpha + contention.beta * busy);
    if (warmup !== null && this.#listeningSince[pod]! > 0) {
      const age = this.#clock[0]! - this.#listeningSince[pod]!;
      factor *= 1 + (warmup.slower - 1) * Math.exp(-age / warmup.time);
    }
    return factor;
  }

  /** @param id 32 bits of the job @returns the status of the error that it ends with; 0: it does not fail */
  failure({ pod, behaviour }: Server, id: number): number {
    const ailment = this.#ailments[pod];
    const draw = uniform(mix(id, FAILS));
    if (ailment !== undefined && draw < ailment.errors) return ailment.status;
    const { errors } = behaviour;
    return errors !== null && draw < errors.share ? errors.status : 0;
  }

  /** Whether failures of the Pod come without any work done. */
  failsFast({ pod, behaviour }: Server): boolean {
    return this.#ailments[pod]?.fast ?? behaviour.errors?.fast ?? false;
  }

  /** The service time of requests of this caller, where the workload has one of its own for them. */
  samplerFor({ workload, serviceTimeOf }: WorkloadBehaviour, caller: string): Sampler | null {
    const distribution = serviceTimeOf[caller];
    if (distribution === undefined) return null;
    const key = `${workload} < ${caller}`;
    let sampler = this.#samplers.get(key);
    if (sampler === undefined) {
      sampler = samplerOf(distribution);
      this.#samplers.set(key, sampler);
    }
    return sampler;
  }

  flush(workload: string): void {
    this.#flushedAt.set(workload, this.#clock[0]!);
  }

  /**
   * Does a cache answer in place of the call? After a flush it fills again: the share of hits comes back exponentially.
   * @param id 32 bits of the call that it would be
   */
  hits({ workload, calls }: WorkloadBehaviour, step: number, id: number): boolean {
    const cache = calls[step]?.cache;
    if (cache == null) return false;
    const flushedAt = this.#flushedAt.get(workload);
    const warm = flushedAt === undefined ? 1 : 1 - Math.exp(-(this.#clock[0]! - flushedAt) / cache.refill);
    return uniform(mix(id, HITS)) < cache.hitRatio * warm;
  }
}
