import type { Kinds } from '../engine/kinds.ts';
import type { ControlContext } from './context.ts';

const kinds = {
  'work-queue.sync': { a: 'key', b: '-', run: (queue, key) => queue.run(key) },
  'work-queue.later': { a: 'key', b: '-', run: (queue, key) => queue.runLater(key) },
} satisfies Kinds<WorkQueue>;

type QueueContext = Pick<ControlContext, 'engine' | 'settling' | 'disturbances'>;

/**
 * Keys to reconcile, as a controller's work queue holds them: a key that waits is not added twice, and is synced once,
 * `delay` ns after it was added.
 * @source client-go util/workqueue (workqueue.go, delaying_queue.go)
 */
export class WorkQueue {
  readonly #context: QueueContext;
  readonly #kind;
  readonly #delay: number;
  readonly #lag: 'controllers' | 'endpointSlices';
  readonly #sync: (key: string) => void;
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #waiting: boolean[] = [];
  /** By key: when it is to be synced by `addAfter`, ns; Infinity: never. */
  readonly #laterAt: number[] = [];

  /** @param lag which of the delays that disturbances add is this queue's */
  constructor(
    context: QueueContext,
    delay: number,
    sync: (key: string) => void,
    lag: 'controllers' | 'endpointSlices' = 'controllers',
  ) {
    this.#context = context;
    this.#kind = context.engine.define<WorkQueue, typeof kinds>(this, kinds);
    this.#delay = delay;
    this.#lag = lag;
    this.#sync = sync;
  }

  add(key: string): void {
    const number = this.#numberOf(key);
    if (this.#waiting[number]) return;
    this.#waiting[number] = true;
    const { engine, settling, disturbances } = this.#context;
    const delay = settling ? 0 : this.#delay + disturbances[this.#lag];
    this.#schedule('work-queue.sync', number, engine.clock[0]! + delay);
  }

  /** Syncs the key after `delay` ns, besides what `add` asked for. Of several such wishes the earliest counts. */
  addAfter(key: string, delay: number): void {
    const number = this.#numberOf(key);
    const at = this.#context.engine.clock[0]! + delay;
    if (at >= this.#laterAt[number]!) return;
    this.#laterAt[number] = at;
    this.#schedule('work-queue.later', number, at);
  }

  run(number: number): void {
    this.#waiting[number] = false;
    this.#reconcile(number);
  }

  runLater(number: number): void {
    if (this.#laterAt[number] !== this.#context.engine.clock[0]) return; // an earlier one has come since
    this.#laterAt[number] = Infinity;
    this.#reconcile(number);
  }

  /** Without an API server a sync fails and is tried again, as anything else that waits. */
  #reconcile(number: number): void {
    const { disturbances } = this.#context;
    const key = this.#keys[number]!;
    if (disturbances.isDown) disturbances.whenUp(() => this.add(key));
    else this.#sync(key);
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
    const { engine } = this.#context;
    engine.due[0] = at;
    engine.schedule(this.#kind[kind], number, 0);
  }
}
