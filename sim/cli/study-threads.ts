import type { Executor, Job } from '../study/executor.ts';
import type { RunRecord } from '../study/record.ts';
import { ThreadPool } from './thread-pool.ts';

/** In threads, one per core as a rule. */
export class ThreadExecutor implements Executor {
  readonly #pool: ThreadPool<Job, RunRecord[]>;

  /** @param stop shared: [0] not 0 ends all runs */
  constructor(threads: number, stop: Int32Array) {
    this.#pool = new ThreadPool('study-worker', threads, stop);
  }

  get width(): number {
    return this.#pool.threads;
  }

  run(job: Job): Promise<RunRecord[]> {
    return this.#pool.run(job);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
