import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';

const kinds = {
  'work-queue.sync': { a: 'key', b: '-', run: (queue, key) => queue.run(key) },
} satisfies Kinds<WorkQueue>;

/**
 * Keys to reconcile, as a controller's work queue holds them: a key that waits is not added twice, and is synced once,
 * `delay` ns after it was added.
 * @source client-go util/workqueue
 */
export class WorkQueue {
  readonly #engine: Engine;
  readonly #kind: number;
  readonly #delay: number;
  readonly #sync: (key: string) => void;
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #waiting: boolean[] = [];

  constructor(engine: Engine, delay: number, sync: (key: string) => void) {
    this.#engine = engine;
    this.#kind = engine.define<WorkQueue, typeof kinds>(this, kinds)['work-queue.sync'];
    this.#delay = delay;
    this.#sync = sync;
  }

  add(key: string): void {
    const number = this.#numberOf(key);
    if (this.#waiting[number]) return;
    this.#waiting[number] = true;
    // At time 0 the cluster settles: what is there from the start is not delayed.
    this.#scheduleIn(number, this.#engine.clock[0] === 0 ? 0 : this.#delay);
  }

  /** Syncs the key after `delay` ns, besides any sync that waits already. */
  addAfter(key: string, delay: number): void {
    this.#scheduleIn(this.#numberOf(key), delay);
  }

  run(number: number): void {
    this.#waiting[number] = false;
    this.#sync(this.#keys[number]!);
  }

  #numberOf(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.push(key) - 1;
      this.#numbers.set(key, number);
      this.#waiting.push(false);
    }
    return number;
  }

  #scheduleIn(number: number, delay: number): void {
    this.#engine.due[0] = this.#engine.clock[0]! + delay;
    this.#engine.schedule(this.#kind, number, 0);
  }
}
