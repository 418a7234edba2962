import type { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';

const kinds = {
  'work-queue.sync': { a: 'key', b: '-', run: (queue, key) => queue.run(key) },
  'work-queue.later': { a: 'key', b: '-', run: (queue, key) => queue.runLater(key) },
} satisfies Kinds<WorkQueue>;

/**
 * Keys to reconcile, as a controller's work queue holds them: a key that waits is not added twice, and is synced once,
 * `delay` ns after it was added.
 * @source client-go util/workqueue (workqueue.go, delaying_queue.go)
 */
export class WorkQueue {
  readonly #engine: Engine;
  readonly #kind;
  readonly #delay: number;
  readonly #sync: (key: string) => void;
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #waiting: boolean[] = [];
  /** By key: when it is to be synced by `addAfter`, ns; Infinity: never. */
  readonly #laterAt: number[] = [];

  constructor(engine: Engine, delay: number, sync: (key: string) => void) {
    this.#engine = engine;
    this.#kind = engine.define<WorkQueue, typeof kinds>(this, kinds);
    this.#delay = delay;
    this.#sync = sync;
  }

  add(key: string): void {
    const number = this.#numberOf(key);
    if (this.#waiting[number]) return;
    this.#waiting[number] = true;
    // At time 0 the cluster settles: what is there from the start is not delayed.
    const delay = this.#engine.clock[0] === 0 ? 0 : this.#delay;
    this.#schedule('work-queue.sync', number, this.#engine.clock[0]! + delay);
  }

  /** Syncs the key after `delay` ns, besides what `add` asked for. Of several such wishes the earliest counts. */
  addAfter(key: string, delay: number): void {
    const number = this.#numberOf(key);
    const at = this.#engine.clock[0]! + delay;
    if (at >= this.#laterAt[number]!) return;
    this.#laterAt[number] = at;
    this.#schedule('work-queue.later', number, at);
  }

  run(number: number): void {
    this.#waiting[number] = false;
    this.#sync(this.#keys[number]!);
  }

  runLater(number: number): void {
    if (this.#laterAt[number] !== this.#engine.clock[0]) return; // an earlier one has come since
    this.#laterAt[number] = Infinity;
    this.#sync(this.#keys[number]!);
  }

  #numberOf(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.push(key) - 1;
      this.#numbers.set(key, number);
      this.#waiting.push(false);
      this.#laterAt.push(Infinity);
    }
    return number;
  }

  #schedule(kind: keyof typeof kinds, number: number, at: number): void {
    this.#engine.due[0] = at;
    this.#engine.schedule(this.#kind[kind], number, 0);
  }
}
