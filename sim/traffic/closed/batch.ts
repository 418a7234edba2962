import type { ClosedProcess } from '../../input/scenario.ts';
import type { Loop, LoopHost } from './closed-loops.ts';

/** A worker for whom no Pod lives that could send tries again after this, ns. */
const NOBODY = 1e9;

/** Jobs: some workers make the requests of a batch, each at once after the answer to its last. */
export class Batch implements Loop {
  readonly #host: LoopHost;
  readonly #every: number;
  readonly #requests: number;
  /** Workers that have nothing to do. */
  readonly #idle: number[];
  /** Requests that nobody has begun. */
  #left = 0;

  constructor(host: LoopHost, { at, every, requests, workers }: Extract<ClosedProcess, { kind: 'batch' }>) {
    this.#host = host;
    this.#every = every;
    this.#requests = requests;
    this.#idle = Array.from({ length: workers }, () => host.addMember());
    host.callLoop(Math.max(at, host.now));
  }

  /** A batch begins. One that is not done goes on: its workers have more to do. */
  timer(): void {
    this.#left += this.#requests;
    const { now } = this.#host;
    for (const worker of this.#idle.splice(0, this.#left)) this.#host.callMember(worker, now);
    if (this.#every < Infinity) this.#host.callLoop(now + this.#every);
  }

  next(worker: number): void {
    if (this.#left === 0) this.#idle.push(worker);
    else if (this.#host.send(worker)) this.#left--;
    else this.#host.callMember(worker, this.#host.now + NOBODY);
  }

  answered(worker: number): void {
    this.#host.callMember(worker, this.#host.now);
  }
}
