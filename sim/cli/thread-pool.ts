import { Piscina } from 'piscina';

/** What each thread of a pool is given at its start. Shared memory. */
export interface ThreadStart {
  /** [0] not 0: stop. */
  readonly stop: Int32Array;
  /** [0]: threads that have loaded their module. */
  readonly loaded: Int32Array;
}

/** ms; a module that has not loaded by then does not load. */
const LONGEST_LOAD = 60_000;

/** Threads that all run one module. None is started before there is work. */
export class ThreadPool<Work, Result> {
  readonly threads: number;
  readonly #module: string;
  readonly #start: ThreadStart;
  #pool: Piscina<Work, Result> | null = null;
  readonly #underWay = new Set<Promise<Result>>();
  /** Threads that were ended, each of which another one follows. */
  #ended = 0;

  /** @param module beside this one, without its extension; it says `threadHasLoaded` @param stop [0] not 0: stop; default: nobody says so */
  constructor(module: string, threads: number, stop: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.#module = module;
    this.threads = threads;
    this.#start = { stop, loaded: new Int32Array(new SharedArrayBuffer(4)) };
  }

  /** @param signal ends the thread that has the work, whatever it does; the promise is rejected then. Not before `ready`. */
  run(work: Work, signal?: AbortSignal): Promise<Result> {
    this.#pool ??= this.#open();
    const result = this.#pool.run(work, signal === undefined ? {} : { signal });
    this.#underWay.add(result);
    const forget = () => this.#underWay.delete(result);
    result.then(forget, forget);
    return result;
  }

  /**
   * All threads have loaded their module. Node 20 aborts the whole process when a thread is ended while it does that, so who
   * would end one waits for this.
   */
  async ready(): Promise<void> {
    this.#pool ??= this.#open();
    const patience = performance.now() + LONGEST_LOAD;
    while (Atomics.load(this.#start.loaded, 0) < this.threads + this.#ended && performance.now() < patience) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #open(): Piscina<Work, Result> {
    const pool = new Piscina<Work, Result>({
      filename: new URL(`./${this.#module}.js`, import.meta.url).href,
      minThreads: this.threads,
      maxThreads: this.threads,
      workerData: this.#start,
    });
    pool.on('workerDestroy', () => this.#ended++);
    return pool;
  }

  /** Waits for what is under way: a pool that is ended while a thread answers fails of an answer that it does not expect. */
  async close(): Promise<void> {
    if (this.#pool === null) return;
    await this.ready();
    await Promise.allSettled(this.#underWay);
    await this.#pool.destroy();
  }
}

/** Said once by the module of a thread, at its end. */
export function threadHasLoaded({ loaded }: ThreadStart): void {
  Atomics.add(loaded, 0, 1);
}
