import type { Pods } from './pods.ts';

/**
 * When each Pod could begin with one request more, if all that was sent there takes as long as it says: what only an ideal
 * strategy knows.
 */
export class OpenCores {
  readonly #pods: Pods;
  readonly #startsAt: Float64Array;
  /** By Pod: when each of its cores is through with what it was given, ns. */
  readonly #freeAt: Float64Array[];

  /** @param startsAt by Pod, kept up to date here */
  constructor(pods: Pods, startsAt: Float64Array) {
    this.#pods = pods;
    this.#startsAt = startsAt;
    this.#freeAt = Array.from(pods.cores, () => new Float64Array(0));
  }

  /** A Pod gets a request. @param request [0]: when it comes there; [1]: how long it takes, ns */
  takes(pod: number, request: Float64Array): void {
    const cores = this.#pods.cores[pod]!;
    let freeAt = this.#freeAt[pod]!;
    if (freeAt.length !== cores) {
      freeAt = new Float64Array(cores);
      this.#freeAt[pod] = freeAt;
    }
    let first = 0;
    for (let core = 1; core < cores; core++) if (freeAt[core]! < freeAt[first]!) first = core;
    freeAt[first] = Math.max(freeAt[first]!, request[0]!) + request[1]!;
    let next = freeAt[0]!;
    for (let core = 1; core < cores; core++) next = Math.min(next, freeAt[core]!);
    this.#startsAt[pod] = next;
  }
}
