import { Watch } from '../tournament/arena/watch.ts';
import type { CellResult, Stopping } from '../tournament/cell.ts';
import type { PickCost } from '../tournament/pick-cost.ts';
import type { Entrant, Player } from '../tournament/tournament.ts';
import type { Workload } from '../tournament/workload/workload.ts';
import { ThreadPool } from './thread-pool.ts';
import type { Answer, Described, StrategyRef, Task } from './tournament-worker.ts';

/** Pods for which costs are measured. */
const COST_PODS = 100;
/** How often a user's strategy is looked at, ms. */
const LOOK = 200;

/** Plays in threads. A call of a strategy that does not come back ends its thread, and is told. */
export class ThreadPlayer implements Player {
  readonly #pool: ThreadPool<Task, Answer>;
  readonly #patience: number;
  readonly #running = new Set<AbortController>();

  /** @param patience seconds that one call of a strategy may take */
  constructor(threads: number, patience: number) {
    this.#pool = new ThreadPool('tournament-worker', threads);
    this.#patience = patience;
  }

  get width(): number {
    return this.#pool.threads;
  }

  async describe(file: string): Promise<Described> {
    const answer = await this.#within({ do: 'describe', file });
    return (answer ?? { fault: `${file} did not load within ${this.#patience} s`, kind: null }) as Described;
  }

  async cost(entrant: Entrant): Promise<PickCost | null> {
    return (await this.#within({ do: 'cost', strategy: refOf(entrant), pods: COST_PODS })) as PickCost | null;
  }

  async play(workload: Workload, entrant: Entrant, seed: number, stopping: Stopping): Promise<CellResult> {
    const watch = new Int32Array(new SharedArrayBuffer(8));
    const task: Task = { do: 'play', strategy: refOf(entrant), workload, seed, stopping, watch };
    await this.#pool.ready();
    const abort = new AbortController();
    this.#running.add(abort);
    let [call, request, since] = [0, 0, 0];
    const look = setInterval(() => {
      const now = performance.now();
      const isSame = watch[0] !== 0 && watch[0] === call && watch[1] === request;
      if (!isSame) [call, request, since] = [watch[0]!, watch[1]!, now];
      else if (now - since > this.#patience * 1000) abort.abort();
    }, LOOK);
    try {
      return (await this.#pool.run(task, abort.signal)) as CellResult;
    } catch (error) {
      if (entrant.file === null && !abort.signal.aborted) throw error;
      const watched = new Watch(entrant.name, workload.name, watch);
      const fault = abort.signal.aborted ? watched.neverReturned(this.#patience) : watched.endedThread(wordsOf(error));
      return { cell: null, fault: fault.message };
    } finally {
      clearInterval(look);
      this.#running.delete(abort);
    }
  }

  /** Ends every cell that is played, whatever it does; what they give then says nothing. */
  interrupt(): void {
    for (const abort of this.#running) abort.abort();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** @returns null if it took too long */
  async #within(task: Task): Promise<Answer> {
    await this.#pool.ready();
    const abort = new AbortController();
    this.#running.add(abort);
    const timer = setTimeout(() => abort.abort(), this.#patience * 1000);
    try {
      return await this.#pool.run(task, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return null;
      if (task.do === 'describe') return { fault: `${task.file} ended its thread: ${wordsOf(error)}`, kind: null };
      return null; // of a cost: what it does wrong is said where it plays
    } finally {
      clearTimeout(timer);
      this.#running.delete(abort);
    }
  }
}

/** What the end of a thread says, in words. */
function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : message;
}

function refOf({ name, kind, file, options }: Entrant): StrategyRef {
  return { name, kind: kind.name, file, options };
}
